using System.Collections.Concurrent;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Teams.Approvers;
using Governance.Teams.Connector;

namespace Governance.Teams.Cab;

/// <summary>Makes cards of deployments. Remembers what it compared a revision with, so that an answer to a pressed button needs no read for it.</summary>
internal sealed class CardComposer(TeamsOptions options, CardSigner? signer, IApproverDirectory directory)
{
    private const int MostKept = 2_000;

    private readonly ConcurrentDictionary<(CorrelationId Id, int Revision), VersionDifference> _differences = new();

    /// <summary>The review page of a deployment.</summary>
    internal Uri Review(CorrelationId id) => Address($"/review/{id}");

    /// <summary>A page of the app.</summary>
    internal Uri Address(string path) => new(options.PublicAddress, path);

    /// <summary>Notes what a revision differs in from what was approved last.</summary>
    internal void Remember(CorrelationId id, int revision, VersionDifference? difference)
    {
        if (difference is not null)
        {
            if (_differences.Count >= MostKept)
            {
                _differences.Clear();
            }

            _differences[(id, revision)] = difference;
        }
    }

    /// <summary>Whether a comparison is remembered.</summary>
    internal bool Remembers(CorrelationId id, int revision) => _differences.ContainsKey((id, revision));

    /// <summary>The card of a revision, as its deployment stands.</summary>
    /// <param name="state">As it stands.</param>
    /// <param name="revision">Which revision.</param>
    /// <param name="binding">What its buttons are bound to; null for a card that cannot decide.</param>
    /// <param name="banner">A sentence on top; null for none.</param>
    internal CardMessage Make(DeploymentState state, int revision, CardBinding? binding, string? banner = null)
    {
        var facts = CabCardFacts.Of(state, _differences.GetValueOrDefault((state.Id, revision)), directory.NameOf);
        return facts?.Revision != revision
            ? CabCard.Superseded(state.Request.AppName, state.Request.Version, revision, Review(state.Id), banner)
            : CabCard.Make(facts, Review(state.Id), binding is not null && signer is not null ? verb => signer.Sign(binding, verb) : null, banner);
    }
}

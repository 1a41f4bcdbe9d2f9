using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Storage.Streams;
using Governance.Storage.Vault;
using Governance.Storage.Views;

namespace Governance.Functions.Deployments;

/// <summary>Links an intent to the pack that it names, once that is there. Safe to repeat.</summary>
internal sealed class ArrivedEvidence(EventStreams<DeploymentState, DeploymentEvent> deployments, WaitingIntents waiting, EvidenceVault vault)
{
    /// <summary>Links a deployment that is PENDING without evidence. Noted first, looked for second: a pack that is stored in between finds the note.</summary>
    /// <param name="head">The deployment as read.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>How it stands afterwards; as it was where the pack is not there, is another submitter's, or may not be linked.</returns>
    internal async Task<StreamHead<DeploymentState>> Link(StreamHead<DeploymentState> head, CancellationToken cancellation)
    {
        var pack = head.State.Request.EvidencePackId;
        await waiting.Note(pack, head.Id, cancellation);
        var facts = (await vault.Find(pack, cancellation))?.Facts;
        if (facts is null || facts.StoredBy != head.State.Request.Submitter.Id)
        {
            return head;
        }

        var about = (facts.AppName, facts.Version);
        var linked = await deployments.Change(
            head.Id,
            head.State.Request.Submitter,
            (now, _) => DeploymentDecider.LinkEvidence(now, EvidenceLink.Of(facts), about, new Requester(Actor.System, IsAdmin: false), PublishStage.None),
            cancellation);
        if (linked.Settled is not { } settled)
        {
            return head;
        }

        await waiting.Remove(pack, head.Id, cancellation);
        return settled;
    }
}

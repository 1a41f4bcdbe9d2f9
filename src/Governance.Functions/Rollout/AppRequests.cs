using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Core.Rollout;
using Governance.Storage.Vault;

namespace Governance.Functions.Rollout;

/// <summary>Says to a plane what a deployment's app is to be.</summary>
internal sealed class AppRequests(EvidenceVault vault, ArtifactStore artifacts)
{
    /// <summary>The facts of a deployment's evidence.</summary>
    /// <exception cref="InvalidOperationException">The linked pack is not in the vault, which never forgets.</exception>
    internal async Task<EvidenceFacts> Facts(DeploymentState state, CancellationToken cancellation) => (await vault.Find(state.Evidence!.PackId, cancellation))?.Facts
        ?? throw new InvalidOperationException($"Pack {state.Evidence.PackId} of deployment {state.Id} is not in the vault.");

    /// <summary>The app as it is to be once the next ring has it.</summary>
    /// <param name="state">As it stands.</param>
    /// <param name="ring">The ring that is published.</param>
    /// <param name="claim">What earlier tries left.</param>
    /// <param name="cancellation">Ends it.</param>
    internal async Task<PublishRequest> ForRing(DeploymentState state, Ring ring, PublishClaim claim, CancellationToken cancellation)
    {
        var groups = AssignmentSet.Union([.. OwnedScopes(state), state.Request.Scope.Of(ring)!]);
        return Request(state, ring, await Facts(state, cancellation), groups, claim) with
        {
            SubjectHolds = (bytes, assigned) => assigned == groups && SubjectDigest.Of(state, state.Revision, bytes, state.Request.Scope) == claim.SubjectDigest,
        };
    }

    /// <summary>The app as the log says that it is: in the rings that have it and are still this deployment's.</summary>
    internal async Task<PublishRequest> AsLogged(DeploymentState state, PublishClaim claim, CancellationToken cancellation)
    {
        var groups = AssignmentSet.Union(OwnedScopes(state));
        return Request(state, state.Rings[^1].Ring, await Facts(state, cancellation), groups, claim) with
        {
            // Published under the revision that stood then, whose bytes these are: their own digest is what must hold.
            SubjectHolds = (bytes, assigned) => assigned == groups && bytes == state.Evidence!.Artifact!.Sha256,
        };
    }

    /// <summary>The app in the plane, as a claim knows it.</summary>
    internal static PlaneApp AppOf(DeploymentState state, PublishClaim claim) => new(state.Id, claim.Ids, claim.Approval) { Justification = Justification(state) };

    /// <summary>The app in the plane, as the log knows it.</summary>
    internal static PlaneApp AppOf(DeploymentState state) =>
        new(state.Id, state.Rings.Count == 0 ? PlaneIds.None : new(state.Rings[^1].Publication.ExternalId, state.Rings[^1].Publication.ContentVersion, null));

    /// <summary>The groups of the rings that have the app and that no newer version took.</summary>
    internal static IEnumerable<RingScope> OwnedScopes(DeploymentState state) =>
        state.Rings.Where(ring => ring.SupersededBy is null).Select(ring => state.Request.Scope.Of(ring.Ring)).OfType<RingScope>();

    /// <summary>What the tenant's own approvers read: our own decision, so that they need not look for it.</summary>
    internal static string Justification(DeploymentState state)
    {
        var by = state.Approval switch
        {
            { By: ApprovalSource.Cab } when state.Cab?.Votes.LastOrDefault(vote => vote.Ballot == Ballot.Approve) is { } vote => $"approved by the CAB ({vote.Voter}): {vote.Comments}",
            { By: ApprovalSource.Cab } => "approved by the CAB",
            { By: ApprovalSource.Emergency } => "approved in an emergency",
            _ => $"allowed by policy at risk {state.Check?.Score}",
        };
        var text = $"Governance deployment {state.Id} of {state.Request.AppName} {state.Request.Version} to {state.Request.StartRing.WireName()}–{state.Request.TargetRing.WireName()}, {by}";
        return text.Length <= 1000 ? text : $"{text[..999]}…";
    }

    private PublishRequest Request(DeploymentState state, Ring ring, EvidenceFacts facts, AssignmentSet groups, PublishClaim claim)
    {
        var artifact = state.Evidence!.Artifact!;
        return new()
        {
            CorrelationId = state.Id,
            AppName = state.Request.AppName,
            Version = state.Request.Version,
            Ring = ring,
            Artifact = new(artifact.Sha256, artifact.SizeBytes, artifact.FileName, cancellation => artifacts.Open(artifact.Sha256, cancellation)),
            Install = facts.Install ?? new InstallFacts(),
            Publisher = facts.Signature?.Publisher,
            Assignments = groups,
            Known = claim.Ids,
            Approval = claim.Approval,
            Justification = Justification(state),
            SubjectHolds = (_, _) => false,
        };
    }
}

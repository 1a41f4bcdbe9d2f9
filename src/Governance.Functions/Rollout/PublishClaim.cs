using System.Text.Json;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Functions.Orchestration;
using Governance.Storage.Streams;

namespace Governance.Functions.Rollout;

/// <summary>Who changes a deployment's app at this moment, what for, and how far it has come.</summary>
/// <param name="Ring">Which ring is published; for other purposes the last one that has the app.</param>
/// <param name="Generation">Of the orchestration that holds it; a newer one takes it over, an older one never. 0 for work that belongs to no rollout.</param>
/// <param name="Revision">Of the deployment when it was claimed.</param>
/// <param name="Gate">The verdict that lets the ring in; null for LAB as the first ring, and for other purposes.</param>
/// <param name="Incidents">As they were when that was judged; any other since voids the claim of a publish.</param>
/// <param name="SubjectDigest">What is published.</param>
/// <param name="LeaseUntil">When an operator may take it that the holder is gone, UTC.</param>
/// <param name="Ids">What the plane has given so far.</param>
/// <param name="Stage">How far a publish has come; none where it is void, and for other purposes.</param>
/// <param name="Approval">The tenant's own approval that is waited for; null where none is.</param>
internal sealed record PublishClaim(
    Ring Ring,
    int Generation,
    int Revision,
    GateVerdict? Gate,
    IncidentCounts Incidents,
    Digest SubjectDigest,
    DateTimeOffset LeaseUntil,
    PlaneIds Ids,
    PublishStage Stage,
    TenantApproval? Approval)
{
    /// <summary>What the holder does.</summary>
    public ClaimPurpose Purpose { get; init; }

    /// <summary>The claim that a row holds; null where there is none.</summary>
    internal static PublishClaim? Read(ClaimRow? row) =>
        row is null ? null : JsonSerializer.Deserialize(row.Payload, OrchestrationJson.Default.PublishClaim);

    /// <summary>The stage that a row says; none where there is no row.</summary>
    internal static PublishStage StageOf(ClaimRow? row) => Read(row)?.Stage ?? PublishStage.None;

    /// <summary>
    /// What becomes of a publish's claim with a command's change. Before any group is assigned the command wins: the claim is void, its holder stops at the next step, and
    /// what it says of an app that may be on its way stays for whoever publishes next.
    /// </summary>
    /// <param name="outcome">Of the command.</param>
    /// <param name="row">The claim as read for it.</param>
    internal static ClaimWrite After(Outcome<DeploymentEvent> outcome, ClaimRow? row) =>
        outcome is Outcome<DeploymentEvent>.Accepted { Events.IsEmpty: false } && Read(row) is { Stage: PublishStage.Claimed } held
            ? new ClaimWrite.Put((held with { Stage = PublishStage.None }).Write())
            : new ClaimWrite.Keep();

    /// <summary>As the row holds it.</summary>
    internal byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, OrchestrationJson.Default.PublishClaim);
}

/// <summary>What a claim is held for.</summary>
internal enum ClaimPurpose
{
    /// <summary>The next ring is published.</summary>
    Publish,

    /// <summary>The plane is brought back to what the log says.</summary>
    Mend,

    /// <summary>The app is taken back.</summary>
    RollBack,

    /// <summary>A newer version took a ring, or gave one back.</summary>
    HandOver,
}

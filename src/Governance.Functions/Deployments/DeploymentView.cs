using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Core.Policy;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Functions.Cab;
using Governance.Functions.Rollout;
using Governance.Storage.Streams;
using Governance.Storage.Vault;

namespace Governance.Functions.Deployments;

/// <summary>A deployment as the API shows it.</summary>
internal sealed record DeploymentView(
    CorrelationId CorrelationId,
    DeploymentStatus Status,
    IReadOnlyList<WaitReason> WaitingFor,
    string? Reason,
    int Revision,
    string AppName,
    string Version,
    Ring StartRing,
    Ring TargetRing,
    Ring? CurrentRing,
    Ring? NextRing,
    EvidencePackId EvidencePackId,
    string Connector,
    DeploymentScope Scope,
    Urgency Urgency,
    string? Justification,
    string SubmittedBy,
    IReadOnlyList<PersonId> Involved,
    int? RiskScore,
    bool? RequiresCabApproval,
    RiskView? Risk,
    PolicyView? Policy,
    ApprovalView? Approval,
    CabRequestView? Cab,
    IReadOnlyList<RingView> Rings,
    GateVerdict? GateFailure,
    ConnectorStatusView ConnectorStatus,
    OpenRemediation? Remediation,
    IReadOnlyList<KnownDrift> Drift,
    IncidentCounts Incidents,
    long Sequence,
    Digest HeadHash,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

/// <summary>The risk with its reasons and the way down; values and contributions in points, exact to the hundredth.</summary>
internal sealed record RiskView(int Score, RiskOutcome Outcome, DataVersion Model, IReadOnlyList<RiskFactorView> Factors, WayDownView? WayDown)
{
    internal static RiskView? Of(PolicyCheckResult? check) => check is null ? null : new(
        check.Score,
        check.RiskOutcome,
        check.Model,
        [.. check.Factors.Select(factor => new RiskFactorView(
            factor.Name, factor.Value / 100m, factor.Weight, factor.Contribution / 100m, factor.Reason, factor.EvidencePath))],
        check.WayDown is { } down
            ? new(down.Target, down.Reachable, down.ScoreAfter, [.. down.Steps.Select(step => new WayDownStepView(step.Factor, step.Change, step.Reduction / 100m, step.EvidencePaths))])
            : null);
}

/// <summary>The smallest set of changes that brings the score down to the target.</summary>
internal sealed record WayDownView(int Target, bool Reachable, int ScoreAfter, IReadOnlyList<WayDownStepView> Steps);

/// <summary>One change, with its points and the evidence that would have to change.</summary>
internal sealed record WayDownStepView(string Factor, string Change, decimal Points, IReadOnlyList<string> EvidencePaths);

/// <summary>One factor of the risk.</summary>
internal sealed record RiskFactorView(string Name, decimal Value, int Weight, decimal Contribution, string Reason, string EvidencePath);

/// <summary>The policy check.</summary>
internal sealed record PolicyView(
    PolicyVerdict Verdict, IReadOnlyList<string> Reasons, int Quorum, DataVersion PolicySet, IReadOnlyList<RuleResult> Rules, IReadOnlyList<CompletenessItem> Completeness)
{
    internal static PolicyView? Of(PolicyCheckResult? check) =>
        check is null ? null : new(check.Verdict, check.Reasons, check.Quorum, check.PolicySet, check.Rules, check.Completeness.Items);
}

/// <summary>What makes it publishable.</summary>
internal sealed record ApprovalView(ApprovalSource By, Digest SubjectDigest, IReadOnlyList<CabCondition> Conditions, DateTimeOffset At, DateTimeOffset? ReviewDueAt);

/// <summary>A ring that has the app.</summary>
internal sealed record RingView(
    Ring Ring, DateTimeOffset PublishedAt, string ExternalId, string? ContentVersion, GateVerdict? Gate, CorrelationId? SupersededBy, DateTimeOffset? CompletedAt);

/// <summary>How the connector stands.</summary>
/// <param name="Status">pending, success (published and assigned) or failure.</param>
internal sealed record ConnectorStatusView(string TargetPlane, string Status, string? ExternalId, ErrorClass? ErrorClass, string? Error)
{
    internal static ConnectorStatusView Of(DeploymentState state) => new(
        state.Request.Connector,
        state.PublishFailure is not null ? "failure" : state.Rings.Count > 0 ? "success" : "pending",
        state.Rings.Count > 0 ? state.Rings[^1].Publication.ExternalId : null,
        state.PublishFailure?.ErrorClass,
        state.PublishFailure?.Message);
}

/// <summary>Makes the view, with what the log alone does not say: whether the artifact is there, whether a freeze holds now, and whether another rollout has the ring.</summary>
internal sealed class DeploymentViewer(ArtifactStore artifacts, RingGate gate, RingTakeover rings, TimeProvider clock)
{
    /// <summary>Of a deployment as it was read.</summary>
    internal async Task<DeploymentView> Show(StreamHead<DeploymentState> head, CancellationToken cancellation)
    {
        var state = head.State;
        return new(
            head.Id,
            state.Status,
            await WaitingFor(state, cancellation),
            state.Reason,
            state.Revision,
            state.Request.AppName,
            state.Request.Version,
            state.Request.StartRing,
            state.Request.TargetRing,
            state.CurrentRing,
            state.Status.HasEnded() ? null : state.NextRing,
            state.Evidence?.PackId ?? state.Request.EvidencePackId,
            state.Request.Connector,
            state.Request.Scope,
            state.Request.Urgency,
            state.Request.Justification,
            state.Request.Submitter.ToString(),
            state.Involved,
            state.Check?.Score,
            state.Check is { } check ? check.Verdict == PolicyVerdict.CabRequired : null,
            RiskView.Of(state.Check),
            PolicyView.Of(state.Check),
            state.Approval is { } approval
                ? new(approval.By, approval.SubjectDigest, approval.Conditions, approval.At, state.Review is { Outcome: null } review ? review.DueAt : null)
                : null,
            CabRequestView.Of(state, clock.GetUtcNow()),
            [.. state.Rings.Select(ring => new RingView(
                ring.Ring, ring.PublishedAt, ring.Publication.ExternalId, ring.Publication.ContentVersion, ring.Gate, ring.SupersededBy, ring.CompletedAt))],
            state.GateFailure,
            ConnectorStatusView.Of(state),
            state.RunningRemediation,
            state.Drift,
            state.Incidents,
            head.Sequence,
            head.Hash,
            state.CreatedAt,
            head.At);
    }

    /// <summary>Everything the deployment waits for.</summary>
    internal async Task<IReadOnlyList<WaitReason>> WaitingFor(DeploymentState state, CancellationToken cancellation)
    {
        var seen = new List<WaitReason>(2);
        if (state is { Status: DeploymentStatus.Approved, Evidence.Artifact: { } artifact } && !await artifacts.IsThere(artifact.Sha256, cancellation))
        {
            seen.Add(WaitReason.Artifact);
        }

        if (gate.FreezeOf(state, state.NextStep, clock.GetUtcNow()) is not null)
        {
            seen.Add(WaitReason.Freeze);
        }

        if (state is { Status: DeploymentStatus.Approved or DeploymentStatus.Active, Holds.Count: 0, NextRing: { } next } && await rings.IsHeld(state, next, cancellation))
        {
            seen.Add(WaitReason.EarlierRollout);
        }

        return state.WaitingFor(seen);
    }
}

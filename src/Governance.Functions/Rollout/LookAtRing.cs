using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Durable;
using Governance.Storage.Streams;
using Governance.Storage.Vault;

namespace Governance.Functions.Rollout;

/// <summary>Looks at a rollout: judges the gate that is next, logs a failure or the completion, and says what to do.</summary>
/// <remarks>A second run judges again and appends nothing that is logged already.</remarks>
internal sealed class LookAtRing(EventStreams<DeploymentState, DeploymentEvent> deployments, RingGate gate, ArtifactStore artifacts, TimeProvider clock)
    : TaskActivity<RolloutRun, RolloutStep>
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMinutes(15);

    /// <inheritdoc/>
    public override async Task<RolloutStep> RunAsync(TaskActivityContext context, RolloutRun input)
    {
        var cancellation = context.CancellationToken;
        var head = await deployments.Read(input.CorrelationId, cancellation)
            ?? throw new InvalidOperationException($"Deployment {input.CorrelationId} has a rollout and no stream.");
        return head.State switch
        {
            { Status: not (DeploymentStatus.Approved or DeploymentStatus.Active) } => new(RolloutAction.End),
            { PublishRetry: { } retry } => new(RolloutAction.Remediate) { RemediationId = retry.Id },
            { Holds.Count: > 0 } => new(RolloutAction.Wait),
            { Approval: null } => new(RolloutAction.End),
            { Rings.Count: 0 } state when !await HasArtifact(state, cancellation) => Poll(input),
            { } state => await Look(head.Id, state, input, cancellation),
        };
    }

    private async Task<RolloutStep> Look(CorrelationId id, DeploymentState state, RolloutRun run, CancellationToken cancellation)
    {
        var verdict = await gate.Judge(state, cancellation);
        if (verdict.Promotes && state.NextRing is { } next)
        {
            return new(RolloutAction.Publish) { Ring = next };
        }

        if (verdict.Promotes)
        {
            var completed = await deployments.Change(
                id, Actor.System, (now, _) => RolloutDecider.Complete(now, verdict.Step.From!.Value, verdict), cancellation);
            return completed.Settled is null ? Poll(run) : new(RolloutAction.End);
        }

        await deployments.Change(id, Actor.System, (now, _) => RolloutDecider.RecordGate(now, verdict), cancellation);
        return new(RolloutAction.Wait)
        {
            Until = verdict.LookAgainAt ?? clock.GetUtcNow() + LongestPoll,
            Looks = verdict.PastPeriod ? run.Looks + 1 : run.Looks,
        };
    }

    private async Task<bool> HasArtifact(DeploymentState state, CancellationToken cancellation) =>
        state.Evidence?.Artifact is { } artifact && await artifacts.IsVerified(artifact.Sha256, cancellation);

    // What arrives without telling us is looked for again, less and less often.
    private RolloutStep Poll(RolloutRun run)
    {
        var pause = run.Polls >= 8 ? LongestPoll : FirstPoll * (1 << run.Polls);
        return new(RolloutAction.Wait) { Until = clock.GetUtcNow() + (pause < LongestPoll ? pause : LongestPoll), Looks = run.Looks, Polls = run.Polls + 1 };
    }
}

using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Durable;
using Governance.Functions.Observability;
using Governance.Functions.Policy;
using Governance.Functions.Remediation;
using Governance.Storage.Streams;
using Governance.Storage.Vault;

namespace Governance.Functions.Rollout;

/// <summary>Looks at a rollout: has its gate judged, logs what that comes to, and says what to do next.</summary>
/// <remarks>A second run judges again and appends nothing that is logged already; the CAB is asked under an id that a second request finds.</remarks>
internal sealed class LookAtRing(
    EventStreams<DeploymentState, DeploymentEvent> deployments,
    RingGate gate,
    RelianceWatch reliances,
    TenantWatch tenant,
    RollbackStart rollbacks,
    OverrideRequests overrides,
    ArtifactStore artifacts,
    PolicyData data,
    TimeProvider clock,
    ILogger<LookAtRing> log)
    : TaskActivity<RolloutRun, RolloutStep>
{
    private static readonly Requester System = new(Actor.System, IsAdmin: false);

    /// <inheritdoc/>
    public override async Task<RolloutStep> RunAsync(TaskActivityContext context, RolloutRun input)
    {
        var cancellation = context.CancellationToken;
        var head = await deployments.Read(input.CorrelationId, cancellation)
            ?? throw new InvalidOperationException($"Deployment {input.CorrelationId} has a rollout and no stream.");
        head = await reliances.Settle(head, cancellation);
        (head, var askAgainAt) = await tenant.Settle(head, cancellation);
        return head.State switch
        {
            { } state when state.IsHeldFor(WaitReason.Rollback) => new(RolloutAction.RollBack),
            { Status: not (DeploymentStatus.Approved or DeploymentStatus.Active) } => new(RolloutAction.End),
            { Rings.Count: 0, Holds.Count: > 0 } => new(RolloutAction.Wait) { Until = askAgainAt, Memory = input.Memory },
            { Rings.Count: 0 } state when !await HasArtifact(state, cancellation) => Poll(input),
            _ => Sooner(await Look(head, input, cancellation), askAgainAt),
        };
    }

    private async Task<RolloutStep> Look(StreamHead<DeploymentState> head, RolloutRun run, CancellationToken cancellation)
    {
        var found = await gate.Look(head.State, cancellation);
        Metrics.Looked(found.Verdict);
        var decision = RolloutLook.Decide(head.State, found, run.Memory, data.Gates);
        if (decision is { Alert: true, Memory.SilentSince: { } since })
        {
            log.PlaneSilent(head.State.Request.Connector, head.Id, since, found.Verdict.Reason);
            Metrics.PlaneSilent(head.State.Request.Connector);
        }

        switch (decision.Do)
        {
            case LookAction.Publish:
                return new(RolloutAction.Publish) { Ring = decision.Ring, Memory = decision.Memory };
            case LookAction.Complete:
                return await End(head.Id, run, now => RolloutDecider.Complete(now, decision.Ring!.Value, found.Verdict), cancellation);
            case LookAction.RollBack:
                log.Breached(head.Id, found.Breach.Reason);
                Metrics.Breached(head.State.CurrentRing!.Value);
                await rollbacks.Start(head.Id, Actor.System, System, "breach", found.Breach.Reason, cancellation);
                return new(RolloutAction.RollBack);
            default:
                await Record(head, decision, cancellation);
                return new(RolloutAction.Wait) { Until = decision.Until, Memory = decision.Memory };
        }
    }

    private async Task Record(StreamHead<DeploymentState> head, LookDecision decision, CancellationToken cancellation)
    {
        if (decision.Gate is not { } verdict)
        {
            return;
        }

        log.GateHolds(verdict.Step.From?.WireName() ?? "The first ring", head.Id, verdict.Verdict.ToString(), verdict.Reason);
        await deployments.Change(head.Id, Actor.System, (now, _) => RolloutDecider.RecordGate(now, verdict), cancellation);
        if (decision.AskCab)
        {
            await overrides.Ask(head.State, verdict, cancellation);
        }
    }

    private static RolloutStep Sooner(RolloutStep step, DateTimeOffset? at) =>
        step.Do == RolloutAction.Wait && at is { } instant && (step.Until is not { } until || instant < until) ? step with { Until = instant } : step;

    // What is refused has changed meanwhile: looked at again soon.
    private async Task<RolloutStep> End(CorrelationId id, RolloutRun run, Func<DeploymentState, Outcome<DeploymentEvent>> decide, CancellationToken cancellation)
    {
        var changed = await deployments.Change(id, Actor.System, (now, _) => decide(now), cancellation);
        return changed.Settled is null ? Poll(run) : new(RolloutAction.End);
    }

    private async Task<bool> HasArtifact(DeploymentState state, CancellationToken cancellation) =>
        state.Evidence?.Artifact is { } artifact && await artifacts.IsVerified(artifact.Sha256, cancellation);

    // What arrives without telling us is looked for again, less and less often.
    private RolloutStep Poll(RolloutRun run) =>
        new(RolloutAction.Wait) { Until = clock.GetUtcNow() + RolloutPauses.After(run.Polls), Memory = run.Memory, Polls = run.Polls + 1 };
}

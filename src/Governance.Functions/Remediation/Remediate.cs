using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Remediation;
using Governance.Durable;
using Governance.Functions.Composition;
using Governance.Storage.Streams;

namespace Governance.Functions.Remediation;

/// <summary>Makes the attempt of a remediation on devices that is due; a failed publish is tried again by its rollout.</summary>
/// <remarks>A second run finds the attempt logged, and what it mended as it should be.</remarks>
internal sealed class Remediate(
    EventStreams<DeploymentState, DeploymentEvent> deployments, AppMending mending, RollbackStart rollbacks, AppSettings settings, TimeProvider clock)
    : TaskActivity<RemediationRun, RemediationStep>
{
    // Where the attempt could not be made, because somebody else is at work on the app or the tenant's own people have to decide.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public override async Task<RemediationStep> RunAsync(TaskActivityContext context, RemediationRun input)
    {
        var cancellation = context.CancellationToken;
        var head = await deployments.Read(input.CorrelationId, cancellation)
            ?? throw new InvalidOperationException($"Deployment {input.CorrelationId} has a remediation and no stream.");
        if (Open(head, input) is { } open && clock.GetUtcNow() >= open.DueAt)
        {
            await Attempt(head, open, cancellation);
            head = await deployments.Read(input.CorrelationId, cancellation) ?? head;
        }

        var now = clock.GetUtcNow();
        return Open(head, input) is { } left
            ? new(Closed: false, left.DueAt > now ? left.DueAt : now + settings.Scaled(LookAgain))
            : new(Closed: true, NextAt: null);
    }

    private Task Attempt(StreamHead<DeploymentState> head, OpenRemediation open, CancellationToken cancellation) => open.Action == RemediationAction.Rollback
        ? rollbacks.Start(head.Id, Actor.System, new Requester(Actor.System, IsAdmin: false), "requested", open.Reason ?? "A rollback was asked for.", cancellation)
        : mending.Mend(head.Id, open, cancellation);

    private static OpenRemediation? Open(StreamHead<DeploymentState> head, RemediationRun run) => head.State switch
    {
        // The rollback's own orchestration goes on, and closes the remediation that asked for it.
        { } state when state.IsHeldFor(WaitReason.Rollback) => null,
        { Status: DeploymentStatus.Active or DeploymentStatus.Completed, Remediation: { } open } when open.Id == run.RemediationId => open,
        _ => null,
    };
}

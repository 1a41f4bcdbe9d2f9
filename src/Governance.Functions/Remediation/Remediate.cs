using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Durable;
using Governance.Functions.Rollout;
using Governance.Storage.Streams;

namespace Governance.Functions.Remediation;

/// <summary>Makes the attempt of a remediation on devices that is due; a failed publish is tried again by its rollout.</summary>
/// <remarks>A second run finds the attempt logged, and what it mended as it should be.</remarks>
internal sealed class Remediate(EventStreams<DeploymentState, DeploymentEvent> deployments, RingPublisher publisher, TimeProvider clock)
    : TaskActivity<RemediationRun, RemediationStep>
{
    /// <inheritdoc/>
    public override async Task<RemediationStep> RunAsync(TaskActivityContext context, RemediationRun input)
    {
        var cancellation = context.CancellationToken;
        var head = await deployments.Read(input.CorrelationId, cancellation)
            ?? throw new InvalidOperationException($"Deployment {input.CorrelationId} has a remediation and no stream.");
        if (Open(head, input) is { } open && clock.GetUtcNow() >= open.DueAt)
        {
            await Mend(head, open, cancellation);
            head = await deployments.Read(input.CorrelationId, cancellation) ?? head;
        }

        return Open(head, input) is { } left ? new(Closed: false, left.DueAt > clock.GetUtcNow() ? left.DueAt : clock.GetUtcNow().AddMinutes(1)) : new(Closed: true, NextAt: null);
    }

    private async Task Mend(StreamHead<DeploymentState> head, OpenRemediation open, CancellationToken cancellation)
    {
        var failure = open.Action == RemediationAction.Remove
            ? await publisher.Unassign(head.State, cancellation) switch
            {
                PlaneChange.Done => null,
                PlaneChange.Failed failed => failed.Failure,
                var other => Stopped(other.GetType().Name),
            }
            : await publisher.Restore(head.State, cancellation) switch
            {
                PublishOutcome.Published => null,
                PublishOutcome.Failed failed => failed.Failure,
                var other => Stopped(other.GetType().Name),
            };
        await deployments.Change(
            head.Id,
            Actor.System,
            (state, at) => failure is null
                ? RemediationDecider.Succeeded(state, open.Id, $"{open.Action.ToString().ToUpperInvariant()} done.")
                : RemediationDecider.AttemptFailed(state, open.Id, open.Attempt, failure, at),
            cancellation);
    }

    private static PlaneFailure Stopped(string outcome) =>
        new() { Class = ErrorClass.PolicyViolation, Code = outcome, Message = $"The plane did not carry it out: {outcome}." };

    private static OpenRemediation? Open(StreamHead<DeploymentState> head, RemediationRun run) => head.State switch
    {
        { Status: DeploymentStatus.Active or DeploymentStatus.Completed, Remediation: { } open } when open.Id == run.RemediationId => open,
        _ => null,
    };
}

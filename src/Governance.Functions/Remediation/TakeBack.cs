using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Durable;
using Governance.Functions.Composition;
using Governance.Functions.Rollout;
using Governance.Storage.Streams;

namespace Governance.Functions.Remediation;

/// <summary>Goes on with a rollback: tells devices, gives rings back, looks at what they report, and ends it.</summary>
/// <remarks>Every step looks first at what is there, so a second run does only what is left.</remarks>
internal sealed class TakeBack(
    EventStreams<DeploymentState, DeploymentEvent> deployments, Rollbacks rollbacks, TenantDecisions tenants, AppSettings settings, TimeProvider clock)
    : TaskActivity<RolloutRun, RolloutStep>
{
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    // With trouble that does not end; a rollback by itself may take weeks, until the last device has followed.
    private static readonly TimeSpan Patience = TimeSpan.FromHours(24);

    /// <inheritdoc/>
    public override async Task<RolloutStep> RunAsync(TaskActivityContext context, RolloutRun input)
    {
        var cancellation = context.CancellationToken;
        if (await deployments.Read(input.CorrelationId, cancellation) is not { } head || !IsUnderWay(head.State))
        {
            return Again(TimeSpan.Zero, 0);
        }

        if (await AppFence.Take(deployments, head.Id, ClaimPurpose.RollBack, input.Generation, IsUnderWay, clock, cancellation) is not { } fence)
        {
            return Again(Pause(input.Polls), input.Polls + 1) with { TroubleSince = input.TroubleSince };
        }

        var progress = await Approved(head.State, fence, cancellation) ?? await rollbacks.GoOn(head.State, fence, cancellation);
        switch (progress)
        {
            case RollbackProgress.Done done:
                await fence.Finish((state, _) => RemediationDecider.RolledBack(state, done.What), cancellation);
                return Again(TimeSpan.Zero, 0);
            case RollbackProgress.Watched watched:
                var soonest = clock.GetUtcNow() + settings.Scaled(TimeSpan.Zero);
                return new(RolloutAction.Wait) { Until = watched.LookAgainAt > soonest ? watched.LookAgainAt : soonest };
            case RollbackProgress.Asked asked:
                await fence.Ask(asked.Approval, cancellation);
                return Again(Pause(input.Polls), input.Polls + 1);
            case RollbackProgress.Stopped { Failure.Code: "TENANT_APPROVAL_PENDING" }:
                // The tenant's people have something else about this app before them, which ends by itself.
                return Again(Pause(input.Polls), input.Polls + 1);
            case RollbackProgress.Stopped { Failure: { Class: ErrorClass.Transient } trouble } when clock.GetUtcNow() - (input.TroubleSince ?? clock.GetUtcNow()) < Patience / settings.Speed:
                return Again(trouble.RetryAfter is { } wait && wait > Pause(input.Polls) ? wait : Pause(input.Polls), input.Polls + 1) with { TroubleSince = input.TroubleSince ?? clock.GetUtcNow() };
            case RollbackProgress.Stopped stopped:
                await fence.Finish((state, _) => RemediationDecider.RollbackFailed(state, stopped.Failure.Message), cancellation);
                return Again(TimeSpan.Zero, 0);
            default:
                throw new InvalidOperationException($"A rollback does not stand at {progress}.");
        }
    }

    private static bool IsUnderWay(DeploymentState state) => state.Status.IsOnDevices() && state.IsHeldFor(WaitReason.Rollback);

    // Null to go on.
    private async Task<RollbackProgress?> Approved(DeploymentState state, AppFence fence, CancellationToken cancellation)
    {
        if (fence.Claim.Approval is not { } asked)
        {
            return null;
        }

        switch (await tenants.Ask(state, asked, cancellation))
        {
            case TenantAnswer.Wait:
                return new RollbackProgress.Asked(asked);
            case TenantAnswer.Refused:
                await fence.Ask(null, cancellation);
                return new RollbackProgress.Stopped(TenantDecisions.Refusal(asked));
            case TenantAnswer.FileAgain:
                await fence.Ask(null, cancellation);
                return null;
            default:
                return null;
        }
    }

    private TimeSpan Pause(int polls) => settings.Scaled(polls >= 6 || First * (1 << polls) > Longest ? Longest : First * (1 << polls));

    private RolloutStep Again(TimeSpan pause, int polls) => new(RolloutAction.Wait) { Until = clock.GetUtcNow() + pause, Polls = polls };
}

/// <summary>How far a rollback has come.</summary>
internal abstract record RollbackProgress
{
    private RollbackProgress()
    {
    }

    /// <summary>Verified.</summary>
    /// <param name="What">What was done, step by step.</param>
    internal sealed record Done(EquatableArray<string> What) : RollbackProgress;

    /// <summary>Devices have been told and have time to follow.</summary>
    /// <param name="LookAgainAt">UTC.</param>
    internal sealed record Watched(DateTimeOffset LookAgainAt) : RollbackProgress;

    /// <summary>The tenant's own people have to decide.</summary>
    /// <param name="Approval">On what.</param>
    internal sealed record Asked(TenantApproval Approval) : RollbackProgress;

    /// <summary>It goes no further now, or at all.</summary>
    /// <param name="Failure">Why, with its class.</param>
    internal sealed record Stopped(PlaneFailure Failure) : RollbackProgress;
}

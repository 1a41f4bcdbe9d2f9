using Governance.Core;
using Governance.Core.Rollout;
using Governance.Durable;
using Governance.Functions.Orchestration;
using Governance.Functions.Remediation;

namespace Governance.Functions.Rollout;

/// <summary>The rollout of one deployment, between two looks.</summary>
/// <param name="CorrelationId">Which deployment.</param>
/// <param name="Generation">Of its orchestration; fences the claim.</param>
internal sealed record RolloutRun(CorrelationId CorrelationId, int Generation)
{
    /// <summary>What earlier looks left.</summary>
    public LookMemory Memory { get; init; } = LookMemory.None;

    /// <summary>How often a wait outside gates was looked at in a row, for its growing pause.</summary>
    public int Polls { get; init; }

    /// <summary>Since when a rollback has met with trouble each time, UTC; null where it has not.</summary>
    public DateTimeOffset? TroubleSince { get; init; }
}

/// <summary>Takes a deployment through its rings: look, publish, wait, and look again, until a look says that it is over. One look per history, so that months stay short.</summary>
internal sealed class RingRolloutOrchestrator : TaskOrchestrator<RolloutRun, bool>
{
    /// <returns>True once there is nothing to roll out any more; false when it goes on with a fresh history.</returns>
    public override async Task<bool> RunAsync(TaskOrchestrationContext context, RolloutRun run)
    {
        context.SetCustomStatus(new RolloutProgress(RolloutDoing.Looking));
        var step = await context.CallActivityAsync<RolloutStep>(nameof(LookAtRing), run, Retries.Steady);
        var polls = step.Polls;
        DateTimeOffset? troubleSince = null;
        switch (step.Do)
        {
            case RolloutAction.Publish:
                context.SetCustomStatus(new RolloutProgress(RolloutDoing.Publishing) { Ring = step.Ring });
                var order = new PublishOrder(run.CorrelationId, run.Generation, step.Ring!.Value);
                switch (await context.CallActivityAsync<PublishStep>(nameof(PublishRing), order, Retries.Steady))
                {
                    case PublishStep.NotNow:
                        polls = run.Polls + 1;
                        await Wait(context, context.CurrentUtcDateTime + RolloutPauses.After(run.Polls));
                        break;
                    case PublishStep.EarlierRollout:
                        // Woken when the other one ends; looked at now and then in case nobody could tell.
                        await Wait(context, context.CurrentUtcDateTime + RolloutPauses.Longest);
                        break;
                    default:
                        break;
                }

                break;
            case RolloutAction.RollBack:
                context.SetCustomStatus(new RolloutProgress(RolloutDoing.RollingBack));
                var back = await context.CallActivityAsync<RolloutStep>(nameof(TakeBack), run, Retries.Steady);
                (polls, troubleSince) = (back.Polls, back.TroubleSince);
                await Wait(context, back.Until);
                break;
            case RolloutAction.Wait:
                await Wait(context, step.Until);
                break;
            default:
                return true;
        }

        context.ContinueAsNew(run with { Memory = step.Memory, Polls = polls, TroubleSince = troubleSince });
        return false;
    }

    private static Task Wait(TaskOrchestrationContext context, DateTimeOffset? until)
    {
        context.SetCustomStatus(new RolloutProgress(RolloutDoing.Waiting) { Until = until });
        return Waiting.ForChangeUntil(context, until);
    }
}

/// <summary>What a rollout is doing, for whoever looks at its instance.</summary>
/// <param name="Doing">Looking, publishing, rolling back or waiting.</param>
internal sealed record RolloutProgress(RolloutDoing Doing)
{
    /// <summary>Which ring is being published.</summary>
    public Ring? Ring { get; init; }

    /// <summary>Until when it waits at most, UTC; null for as long as nothing changes.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>What a rollout is doing.</summary>
internal enum RolloutDoing
{
    /// <summary>It asks the plane and judges.</summary>
    Looking,

    /// <summary>It publishes a ring.</summary>
    Publishing,

    /// <summary>It takes the app back.</summary>
    RollingBack,

    /// <summary>It waits for an instant or a change.</summary>
    Waiting,
}

/// <summary>The pauses of waits for what nobody tells of: longer and longer, to a quarter of an hour.</summary>
internal static class RolloutPauses
{
    /// <summary>The longest.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    /// <summary>The pause after so many before it.</summary>
    internal static TimeSpan After(int polls) => polls >= 8 || First * (1 << polls) > Longest ? Longest : First * (1 << polls);
}

/// <summary>What a look at a rollout found to do.</summary>
internal sealed record RolloutStep(RolloutAction Do)
{
    /// <summary>For <see cref="RolloutAction.Publish"/>: which ring.</summary>
    public Ring? Ring { get; init; }

    /// <summary>For <see cref="RolloutAction.Wait"/>: until when at most, UTC; null for as long as it takes.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>What to remember.</summary>
    public LookMemory Memory { get; init; } = LookMemory.None;

    /// <summary>The count to go on with.</summary>
    public int Polls { get; init; }

    /// <summary>Since when there has been trouble each time, UTC; null where there is none.</summary>
    public DateTimeOffset? TroubleSince { get; init; }
}

/// <summary>What a rollout does next.</summary>
internal enum RolloutAction
{
    /// <summary>Nothing: it is done, or not this orchestration's any more.</summary>
    End,

    /// <summary>Publish a ring.</summary>
    Publish,

    /// <summary>Take the app back.</summary>
    RollBack,

    /// <summary>Look again later, or when something changes.</summary>
    Wait,
}

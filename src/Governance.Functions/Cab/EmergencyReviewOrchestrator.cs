using Governance.Core;
using Governance.Durable;
using Governance.Functions.Orchestration;

namespace Governance.Functions.Cab;

/// <summary>The wait for the review of one emergency approval.</summary>
/// <param name="CorrelationId">Which deployment.</param>
/// <param name="Revision">Which revision was approved so.</param>
internal sealed record ReviewRun(CorrelationId CorrelationId, int Revision);

/// <summary>Asks for the review of an emergency approval, at once and once a day, until it is done: whatever becomes of the deployment meanwhile.</summary>
internal sealed class EmergencyReviewOrchestrator : TaskOrchestrator<ReviewRun, bool>
{
    private static readonly TimeSpan Pause = TimeSpan.FromDays(1);

    /// <returns>True once the review is done; false when it goes on with a fresh history.</returns>
    public override async Task<bool> RunAsync(TaskOrchestrationContext context, ReviewRun run)
    {
        bool open;
        try
        {
            open = await context.CallActivityAsync<bool>(nameof(AskForReview), run, Retries.Steady);
        }
        catch (TaskFailedException)
        {
            // Half a day of attempts came to nothing; a mandatory review is not forgotten for that.
            open = true;
        }

        if (!open)
        {
            return true;
        }

        await context.CreateTimer(context.CurrentUtcDateTime + Pause, CancellationToken.None);
        context.ContinueAsNew(run);
        return false;
    }
}

using Governance.Core;
using Governance.Durable;
using Governance.Functions.Orchestration;

namespace Governance.Functions.Cab;

/// <summary>The wait for one decision.</summary>
/// <param name="CorrelationId">Which deployment.</param>
/// <param name="Revision">Which revision is decided on.</param>
/// <param name="Reminded">Whether the approvers were reminded.</param>
internal sealed record CabRun(CorrelationId CorrelationId, int Revision, bool Reminded);

/// <summary>Waits for the CAB: reminds at half time, escalates at the deadline, expires after as long again. Votes are decided and logged elsewhere; here they only end the wait.</summary>
internal sealed class CabApprovalOrchestrator : TaskOrchestrator<CabRun, bool>
{
    /// <returns>True once nothing is open any more for this revision; false when it goes on with a fresh history.</returns>
    public override async Task<bool> RunAsync(TaskOrchestrationContext context, CabRun run)
    {
        var watch = await context.CallActivityAsync<CabWatch>(nameof(KeepCabDeadlines), run, Retries.Steady);
        if (watch.Settled)
        {
            return true;
        }

        await Waiting.ForChangeUntil(context, watch.NextAt);
        context.ContinueAsNew(run with { Reminded = watch.Reminded });
        return false;
    }
}

/// <summary>How the wait for a decision stands.</summary>
/// <param name="Settled">Nothing is open any more for the revision.</param>
/// <param name="Reminded">Whether the approvers were reminded.</param>
/// <param name="NextAt">The next deadline, UTC; null where settled.</param>
internal sealed record CabWatch(bool Settled, bool Reminded, DateTimeOffset? NextAt);

using Governance.Durable;
using Governance.Functions.Orchestration;

namespace Governance.Functions.Cab;

/// <summary>The wait for the end of one exception.</summary>
/// <param name="ExceptionId">Which exception.</param>
/// <param name="Warned">Whether people were told that it ends soon.</param>
internal sealed record ExceptionRun(Guid ExceptionId, bool Warned);

/// <summary>Warns before an approved exception ends, and ends it on time. The sweep ends what this has missed.</summary>
internal sealed class ExceptionTermOrchestrator : TaskOrchestrator<ExceptionRun, bool>
{
    /// <returns>True once the exception has ended; false when it goes on with a fresh history.</returns>
    public override async Task<bool> RunAsync(TaskOrchestrationContext context, ExceptionRun run)
    {
        var watch = await context.CallActivityAsync<ExceptionWatch>(nameof(KeepExceptionTerm), run, Retries.Steady);
        if (watch.NextAt is not { } next)
        {
            return true;
        }

        await context.CreateTimer(next.UtcDateTime, CancellationToken.None);
        context.ContinueAsNew(run with { Warned = watch.Warned });
        return false;
    }
}

/// <summary>How the wait for an exception's end stands.</summary>
/// <param name="Warned">Whether people were told.</param>
/// <param name="NextAt">When to look again, UTC; null where it has ended.</param>
internal sealed record ExceptionWatch(bool Warned, DateTimeOffset? NextAt);

using Governance.Durable;

namespace Governance.Functions.Orchestration;

/// <summary>How orchestrations wait: for a change from outside, or until an instant, whichever comes first.</summary>
internal static class Waiting
{
    /// <summary>The event that tells an orchestration that its deployment changed; it then looks again, so the event carries nothing to decide on.</summary>
    internal const string Changed = "changed";

    /// <summary>Waits for a change.</summary>
    internal static Task ForChange(TaskOrchestrationContext context) => context.WaitForExternalEvent<object?>(Changed);

    /// <summary>Waits for a change, until an instant at most.</summary>
    internal static async Task ForChangeUntil(TaskOrchestrationContext context, DateTimeOffset? until)
    {
        if (until is not { } instant)
        {
            await ForChange(context);
            return;
        }

        using var cancelled = new CancellationTokenSource();
        var timer = context.CreateTimer(instant.UtcDateTime, cancelled.Token);
        var change = context.WaitForExternalEvent<object?>(Changed, cancelled.Token);
        await Task.WhenAny(timer, change);
        cancelled.Cancel();
    }
}

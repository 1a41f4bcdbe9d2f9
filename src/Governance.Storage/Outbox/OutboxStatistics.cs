namespace Governance.Storage.Outbox;

/// <summary>How the outbox goes.</summary>
/// <param name="Pending">Changes that wait, are under way, or are dispatched and not deleted yet.</param>
/// <param name="OldestAge">The age of the oldest of these.</param>
/// <param name="Delivered">Changes dispatched since the start.</param>
/// <param name="Left">Changes left to the sweep after repeated failures since the start.</param>
public sealed record OutboxStatistics(int Pending, TimeSpan OldestAge, long Delivered, long Left);

/// <summary>Follow-up work that failed again and again; its row is kept.</summary>
/// <param name="Id">The stream.</param>
/// <param name="Sequence">The change's last event.</param>
/// <param name="Kind">The message that fails; those before it are done.</param>
/// <param name="Reason">What its handler said last.</param>
/// <param name="At">When it was given up, UTC.</param>
public sealed record FailingWork(Core.CorrelationId Id, long Sequence, string Kind, string Reason, DateTimeOffset At);

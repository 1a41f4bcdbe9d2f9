namespace Governance.Storage.Outbox;

/// <summary>How the outbox is dispatched.</summary>
public sealed record OutboxOptions
{
    /// <summary>
    /// False: dispatched in this process right after each commit, and swept by it. True: each commit sends a message to <see cref="Queue"/>, and
    /// somebody else calls <see cref="OutboxPickup"/>; the other options then mean nothing.
    /// </summary>
    public bool ThroughQueue { get; init; }

    /// <summary>The storage queue of <see cref="ThroughQueue"/>, without the prefix.</summary>
    public const string Queue = "outbox";

    /// <summary>Changes dispatched side by side, 1 to 1,024.</summary>
    public int Parallelism { get; init; } = 64;

    /// <summary>Changes waiting in memory, 1 or more; beyond it their rows are read again once half of it is free.</summary>
    public int Capacity { get; init; } = 20_000;

    /// <summary>How often dispatched rows are deleted, many in one transaction.</summary>
    public TimeSpan DeleteEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The wait before the first repeat of a failed delivery; it doubles.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Attempts before a row is left to the sweep.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>The pause before another look through all shards at start, where storage did not answer.</summary>
    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromSeconds(15);
}

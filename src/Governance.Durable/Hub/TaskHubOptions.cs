namespace Governance.Durable.Hub;

/// <summary>How the embedded task hub works. The defaults suit a laptop and one small machine.</summary>
public sealed record TaskHubOptions
{
    /// <summary>Orchestrator turns under way at once. 1 to 256.</summary>
    public int ConcurrentTurns { get; init; } = 16;

    /// <summary>Activities under way at once. 1 to 1,024.</summary>
    public int ConcurrentActivities { get; init; } = 32;

    /// <summary>Messages that one turn takes at most; the rest waits for the instance's next turn, so that no instance holds up the others. 1 to 80.</summary>
    public int MessagesPerTurn { get; init; } = 64;

    /// <summary>Instances ready for a turn above which starting instances and raising events wait. 1 or more.</summary>
    public int Backlog { get; init; } = 10_000;

    /// <summary>
    /// Activities waiting for their run above which starting instances waits; what is under way goes on, and so does an activity that starts an instance. 1 or more.
    /// </summary>
    public int ActivityBacklog { get; init; } = 2_000;

    /// <summary>Histories of live instances kept in memory, in bytes of their stored form; as objects they take about four times that. 0 reads a history for every turn.</summary>
    public long HistoryCacheBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>How long the owner's lease outlives its last renewal. 15 to 60 s.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>File that keeps the lease id for the next start; null takes a new id at every start and so waits for an old lease to end.</summary>
    public string? LeaseFile { get; init; }

    /// <summary>First wait after storage failed; doubles up to <see cref="LongestRetryDelay"/>.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait between two attempts at a failing storage.</summary>
    public TimeSpan LongestRetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a stop waits for activities under way before it cancels them; they run again at the next start.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Lists every value that is out of its range.</summary>
    /// <returns>Sentences that name option and range; empty when all is well.</returns>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        Check(ConcurrentTurns is >= 1 and <= 256, $"{nameof(ConcurrentTurns)} is 1 to 256.");
        Check(ConcurrentActivities is >= 1 and <= 1024, $"{nameof(ConcurrentActivities)} is 1 to 1,024.");
        Check(MessagesPerTurn is >= 1 and <= 80, $"{nameof(MessagesPerTurn)} is 1 to 80.");
        Check(Backlog >= 1, $"{nameof(Backlog)} is 1 or more.");
        Check(ActivityBacklog >= 1, $"{nameof(ActivityBacklog)} is 1 or more.");
        Check(HistoryCacheBytes >= 0, $"{nameof(HistoryCacheBytes)} is 0 or more.");
        Check(LeaseDuration >= TimeSpan.FromSeconds(15) && LeaseDuration <= TimeSpan.FromSeconds(60), $"{nameof(LeaseDuration)} is 15 to 60 s.");
        Check(FirstRetryDelay > TimeSpan.Zero && LongestRetryDelay >= FirstRetryDelay, $"{nameof(FirstRetryDelay)} is above zero and at most {nameof(LongestRetryDelay)}.");
        Check(StopTimeout >= TimeSpan.Zero, $"{nameof(StopTimeout)} is zero or more.");
        return problems;

        void Check(bool holds, string otherwise)
        {
            if (!holds)
            {
                problems.Add(otherwise);
            }
        }
    }
}

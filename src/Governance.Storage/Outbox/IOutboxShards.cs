namespace Governance.Storage.Outbox;

/// <summary>Looks for follow-up work that was left in its rows, a few shards at a time, and has it done.</summary>
public interface IOutboxShards
{
    /// <summary>The shards of all tables.</summary>
    int Shards { get; }

    /// <summary>How many shards a minute may take: each is one range query.</summary>
    int AtOnce { get; }

    /// <summary>Goes through some shards.</summary>
    /// <param name="first">Where to begin, 0 to <see cref="Shards"/> less 1.</param>
    /// <param name="count">How many; behind the last comes the first.</param>
    /// <param name="cancellation">Ends it.</param>
    Task<OutboxLeftovers> Sweep(int first, int count, CancellationToken cancellation);
}

/// <summary>What a look through some shards found.</summary>
/// <param name="Found">Rows that nobody was dispatching; they are done or under way now.</param>
/// <param name="Failed">Rows whose work failed again; they stay.</param>
/// <param name="OldestAge">The age of the oldest of these; zero where there was none.</param>
public sealed record OutboxLeftovers(int Found, int Failed, TimeSpan OldestAge);

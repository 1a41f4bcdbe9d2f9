using System.Globalization;
using Governance.Storage.Outbox;
using Governance.Storage.Sweeps;

namespace Governance.Functions.Sweeps;

/// <summary>Finds follow-up work that was left in its rows: a few shards a run, round and round. A process that starts goes through all of them once by itself.</summary>
internal sealed class SweepOutbox(IOutboxShards outbox) : ISweep
{
    /// <summary>One step a run: in the emulator a query passes every row of the table.</summary>
    public TimeSpan Budget => TimeSpan.Zero;

    /// <inheritdoc/>
    public async Task<SweepStep> Step(string? cursor, CancellationToken cancellation)
    {
        var first = cursor is null ? 0 : int.Parse(cursor, CultureInfo.InvariantCulture) % outbox.Shards;
        var count = Math.Min(outbox.AtOnce, outbox.Shards - first);
        var left = await outbox.Sweep(first, count, cancellation);
        var next = first + count < outbox.Shards ? (first + count).ToString(CultureInfo.InvariantCulture) : null;
        return new(next, count, left.Found, left.Failed, left.OldestAge);
    }
}

using System.Collections.Concurrent;

namespace Governance.LoadTests.Load;

/// <summary>What this run has made, and how each of it must have ended: what the store is compared with afterwards.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<Guid, Made> _made = new();
    private readonly ConcurrentDictionary<int, Guid> _order = new();
    private int _count;

    internal IReadOnlyDictionary<Guid, Made> All => _made;

    internal int Count => Volatile.Read(ref _count);

    /// <summary>A deployment was answered for.</summary>
    /// <param name="id">Its correlation id.</param>
    /// <param name="app">Its app.</param>
    /// <param name="status">What it comes to when nobody does anything more.</param>
    internal void Created(Guid id, string app, string status)
    {
        if (_made.TryAdd(id, new(app, status)))
        {
            var place = Interlocked.Increment(ref _count) - 1;
            _order[place] = id;
        }
    }

    /// <summary>A deployment was brought to another status.</summary>
    internal void Became(Guid id, string status) => _made.AddOrUpdate(id, new Made(string.Empty, status), (_, before) => before with { Status = status });

    /// <summary>Any of them.</summary>
    internal (Guid Id, Made Made)? Any(Random random) =>
        Count is > 0 and var count && _order.TryGetValue(random.Next(count), out var id) && _made.TryGetValue(id, out var made) ? (id, made) : null;
}

/// <summary>A deployment that this run has made.</summary>
/// <param name="App">Its app.</param>
/// <param name="Status">What it must come to.</param>
internal sealed record Made(string App, string Status);

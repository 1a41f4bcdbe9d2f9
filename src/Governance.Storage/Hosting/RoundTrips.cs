namespace Governance.Storage.Hosting;

/// <summary>
/// The storage operations that one flow of control has made, retries not counted apart. What a request causes off its own path, such as
/// dispatching, is not counted.
/// </summary>
public sealed class RoundTrips : IDisposable
{
    private static readonly AsyncLocal<RoundTrips?> Current = new();
    private readonly RoundTrips? _outer;
    private int _reads;
    private int _queries;
    private int _writes;

    private RoundTrips(RoundTrips? outer) => _outer = outer;

    /// <summary>Point reads of rows and blobs.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Range queries and listings.</summary>
    public int Queries => Volatile.Read(ref _queries);

    /// <summary>Writes and deletes; a transaction is one.</summary>
    public int Writes => Volatile.Read(ref _writes);

    /// <summary>Begins to count what this flow of control does from here on, until it is disposed. Counters nest: the outer one counts on.</summary>
    public static RoundTrips Count() => Current.Value = new(Current.Value);

    /// <inheritdoc/>
    public void Dispose() => Current.Value = _outer;

    /// <inheritdoc/>
    public override string ToString() => $"{Reads} reads, {Queries} queries, {Writes} writes";

    internal static void Add(OperationKind kind)
    {
        for (var counter = Current.Value; counter is not null; counter = counter._outer)
        {
            Interlocked.Increment(ref kind == OperationKind.Read ? ref counter._reads : ref kind == OperationKind.Query ? ref counter._queries : ref counter._writes);
        }
    }
}

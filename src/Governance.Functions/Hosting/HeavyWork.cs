namespace Governance.Functions.Hosting;

/// <summary>
/// Long computing on threads of its own, of which at most half the processors are busy: on the pool's few threads a handful of large documents would hold up every other call, health among them.
/// </summary>
/// <param name="atOnce">1 or more.</param>
internal sealed class HeavyWork(int atOnce) : IDisposable
{
    /// <summary>Bytes from which reading a document counts as long: about a millisecond of computing. A thread costs a tenth of that.</summary>
    public const int Threshold = 256 * 1024;

    private readonly SemaphoreSlim _free = new(atOnce, atOnce);

    /// <summary>For this machine.</summary>
    public HeavyWork()
        : this(Math.Max(1, Environment.ProcessorCount / 2))
    {
    }

    /// <summary>Computes something: at once where it is short, otherwise when its turn comes. Who waits is bounded by the places of their group.</summary>
    /// <param name="bytes">How much there is to go through.</param>
    /// <param name="work">Does no I/O and waits for nothing.</param>
    /// <param name="cancellation">Ends the wait; the work itself has to look at it.</param>
    public async Task<T> Run<T>(long bytes, Func<T> work, CancellationToken cancellation)
    {
        if (bytes < Threshold)
        {
            return work();
        }

        await _free.WaitAsync(cancellation);
        try
        {
            return await Task.Factory.StartNew(work, cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();
}

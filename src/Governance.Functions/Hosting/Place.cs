namespace Governance.Functions.Hosting;

/// <summary>A place under a concurrency limit; given back once, however often it is disposed.</summary>
/// <param name="gate">Null for a place that no limit counts.</param>
/// <param name="since">When it was taken, a timestamp of the gate's clock.</param>
internal sealed class Place(GroupGate? gate, long since) : IDisposable
{
    private const int Held = 0;
    private const int SteppedOut = 1;
    private const int GivenBack = 2;

    private LongPolls? _polls;
    private int _state;

    /// <summary>Gives the place to another call and goes on as one of those that only wait.</summary>
    /// <returns>False where too many do that: the place is kept.</returns>
    public bool StepOut(LongPolls polls)
    {
        if (Volatile.Read(ref _state) != Held)
        {
            return true;
        }

        if (!polls.TryBegin())
        {
            return false;
        }

        _polls = polls;
        if (Interlocked.CompareExchange(ref _state, SteppedOut, Held) == Held)
        {
            gate?.Leave(since);
        }
        else
        {
            polls.End();
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        switch (Interlocked.Exchange(ref _state, GivenBack))
        {
            case Held:
                gate?.Leave(since);
                break;
            case SteppedOut:
                _polls!.End();
                break;
        }
    }
}

/// <summary>Calls that hold no place and wait for something to happen, as <c>Prefer: wait</c> asks for. Each costs a connection and a look now and then, so there is a limit.</summary>
/// <param name="atOnce">0 or more.</param>
internal sealed class LongPolls(int atOnce)
{
    private int _count;

    /// <summary>How many wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Begins to wait.</summary>
    /// <returns>False where too many do.</returns>
    public bool TryBegin()
    {
        if (Interlocked.Increment(ref _count) <= atOnce)
        {
            return true;
        }

        Interlocked.Decrement(ref _count);
        return false;
    }

    /// <summary>Waits no longer.</summary>
    public void End() => Interlocked.Decrement(ref _count);
}

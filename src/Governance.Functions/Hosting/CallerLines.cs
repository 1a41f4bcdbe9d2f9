using System.Diagnostics.CodeAnalysis;

namespace Governance.Functions.Hosting;

/// <summary>Those who wait, in a line for each caller; the lines take turns, so a caller with a thousand calls holds up nobody else's first. Not safe for several threads at once.</summary>
/// <typeparam name="T">Who waits.</typeparam>
internal sealed class CallerLines<T>
    where T : class
{
    private readonly Dictionary<Guid, LinkedListNode<Line>> _lines = [];
    private readonly LinkedList<Line> _turns = new();

    /// <summary>All who wait.</summary>
    public int Count { get; private set; }

    /// <summary>Callers who wait.</summary>
    public int Lines => _turns.Count;

    /// <summary>How many wait in the longest line; 0 where nobody waits.</summary>
    public int Longest => _turns.Count == 0 ? 0 : _turns.Max(line => line.Waiting.Count);

    /// <summary>How many of a caller wait.</summary>
    public int Of(Guid caller) => _lines.TryGetValue(caller, out var line) ? line.Value.Waiting.Count : 0;

    /// <summary>Puts somebody at the end of the caller's line.</summary>
    public void Add(Guid caller, T waiting)
    {
        if (!_lines.TryGetValue(caller, out var line))
        {
            _lines.Add(caller, line = _turns.AddLast(new Line(caller)));
        }

        line.Value.Waiting.AddLast(waiting);
        Count++;
    }

    /// <summary>Takes the first of the line whose turn it is.</summary>
    /// <returns>False where nobody waits.</returns>
    public bool TryTakeNext([NotNullWhen(true)] out T? next)
    {
        next = null;
        if (_turns.First is not { } line)
        {
            return false;
        }

        next = line.Value.Waiting.First!.Value;
        line.Value.Waiting.RemoveFirst();
        Count--;
        _turns.Remove(line);
        if (line.Value.Waiting.Count > 0)
        {
            _turns.AddLast(line);
        }
        else
        {
            _lines.Remove(line.Value.Caller);
        }

        return true;
    }

    /// <summary>Takes whoever came last in the longest line.</summary>
    /// <returns>Null where nobody waits.</returns>
    public T? TakeNewestOfLongest()
    {
        var line = _turns.MaxBy(line => line.Waiting.Count);
        var newest = line?.Waiting.Last?.Value;
        return newest is not null && Remove(line!.Caller, newest) ? newest : null;
    }

    /// <summary>Takes somebody out who waits no longer.</summary>
    /// <returns>False where they are not in the line any more.</returns>
    public bool Remove(Guid caller, T waiting)
    {
        if (!_lines.TryGetValue(caller, out var line) || line.Value.Waiting.FindLast(waiting) is not { } found)
        {
            return false;
        }

        line.Value.Waiting.Remove(found);
        Count--;
        if (line.Value.Waiting.Count == 0)
        {
            _turns.Remove(line);
            _lines.Remove(caller);
        }

        return true;
    }

    private sealed record Line(Guid Caller)
    {
        public LinkedList<T> Waiting { get; } = new();
    }
}

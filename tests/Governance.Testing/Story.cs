using System.Collections.Immutable;
using Governance.Core;
using Governance.Core.Events;

namespace Governance.Testing;

/// <summary>A stream's past, as events with their time and actor, and the state that they leave. Immutable: each step gives a new story.</summary>
/// <typeparam name="TState">The stream's state.</typeparam>
/// <typeparam name="TEvent">The stream's events.</typeparam>
public sealed class Story<TState, TEvent>
    where TState : class
{
    private readonly IStreamCodec<TState, TEvent> _codec;
    private readonly TState? _state;

    private Story(IStreamCodec<TState, TEvent> codec, ImmutableArray<Recorded<TEvent>> log, TState? state, DateTimeOffset now) =>
        (_codec, Log, _state, Now) = (codec, log, state, now);

    /// <summary>Every event so far.</summary>
    public ImmutableArray<Recorded<TEvent>> Log { get; }

    /// <summary>When the next event happens.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>Every event's type so far.</summary>
    public IEnumerable<string> Types => Log.Select(each => _codec.TypeOf(each.Event));

    /// <summary>What the events leave.</summary>
    public TState State => _state ?? throw new InvalidOperationException("Nothing has happened yet.");

    /// <summary>The sequence that the next event takes.</summary>
    public long NextSequence => Log.Length + 1;

    /// <summary>A story in which nothing has happened yet.</summary>
    public static Story<TState, TEvent> Begin(IStreamCodec<TState, TEvent> codec, DateTimeOffset now) => new(codec, [], null, now);

    /// <summary>The same past, later.</summary>
    public Story<TState, TEvent> After(TimeSpan time) => new(_codec, Log, _state, Now + time);

    /// <summary>One or more facts, whether a decider would have let them happen or not.</summary>
    public Story<TState, TEvent> Happened(Actor by, params IEnumerable<TEvent> events)
    {
        var (log, state) = (Log, _state);
        foreach (var happened in events)
        {
            var recorded = new Recorded<TEvent>(log.Length + 1, Now, by, happened);
            log = log.Add(recorded);
            state = _codec.Evolve(state, recorded);
        }

        return new(_codec, log, state, Now);
    }

    /// <summary>What a command leads to.</summary>
    /// <exception cref="InvalidOperationException">It is refused; the message says why.</exception>
    public Story<TState, TEvent> Does(Actor by, Func<Story<TState, TEvent>, Outcome<TEvent>> decide) => decide(this) switch
    {
        Outcome<TEvent>.Accepted accepted => Happened(by, accepted.Events),
        Outcome<TEvent>.Refused refused => throw new InvalidOperationException($"{refused.Reason.Code}: {refused.Reason.Message}"),
        _ => throw new InvalidOperationException("A decider accepts or refuses."),
    };
}

using Governance.Testing;

namespace Governance.Core.Tests;

/// <summary>Given a story, when a command comes, then exactly these events, or exactly this refusal.</summary>
internal static class Answers
{
    public static Outcome<TEvent> When<TState, TEvent>(this Story<TState, TEvent> given, Func<TState, Outcome<TEvent>> command)
        where TState : class => command(given.State);

    public static Outcome<TEvent> When<TState, TEvent>(this Story<TState, TEvent> given, Func<TState, DateTimeOffset, Outcome<TEvent>> command)
        where TState : class => command(given.State, given.Now);

    public static void Then<TEvent>(this Outcome<TEvent> outcome, params TEvent[] events) =>
        Assert.Equal(events, Assert.IsType<Outcome<TEvent>.Accepted>(outcome).Events);

    /// <summary>It was carried out before.</summary>
    public static void ThenNothing<TEvent>(this Outcome<TEvent> outcome) =>
        Assert.Empty(Assert.IsType<Outcome<TEvent>.Accepted>(outcome).Events);

    public static void ThenRefused<TEvent>(this Outcome<TEvent> outcome, Refusal reason) =>
        Assert.Equal(reason, Assert.IsType<Outcome<TEvent>.Refused>(outcome).Reason);
}

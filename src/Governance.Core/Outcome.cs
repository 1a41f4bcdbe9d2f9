using System.Collections.Immutable;

namespace Governance.Core;

/// <summary>A command that was understood and is not allowed. A value, never an exception; clients depend on the code.</summary>
/// <param name="Code">Stable, UPPER_SNAKE.</param>
/// <param name="Message">One sentence that says what to do next.</param>
/// <param name="Status">The HTTP status that fits: 403, 404, 409, 412 or 422.</param>
public abstract record Refusal(string Code, string Message, int Status);

/// <summary>The answer of a decider: the events to append, or why not.</summary>
/// <typeparam name="TEvent">The stream's event type.</typeparam>
public abstract record Outcome<TEvent>
{
    private Outcome()
    {
    }

    /// <summary>The command stands.</summary>
    /// <param name="Events">In order; empty where the command was carried out before and nothing has to be appended.</param>
    public sealed record Accepted(ImmutableArray<TEvent> Events) : Outcome<TEvent>;

    /// <summary>The command is refused and nothing changes.</summary>
    /// <param name="Reason">Why, for the caller.</param>
    public sealed record Refused(Refusal Reason) : Outcome<TEvent>;

    /// <summary>Lets a rule return its refusal as it stands.</summary>
    public static implicit operator Outcome<TEvent>(Refusal reason) => new Refused(reason);

    /// <summary>Accepts with these events; none means "done already".</summary>
    public static Outcome<TEvent> Accept(params ReadOnlySpan<TEvent> events) => new Accepted([.. events]);
}

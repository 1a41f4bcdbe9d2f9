using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Governance.Core.Events;

/// <summary>Who caused an event: a person, an application, or Governance itself.</summary>
/// <remarks>In text <c>user:{object id}</c>, <c>app:{object id}</c> or <c>system</c>; so it stands in the log and is hashed.</remarks>
[JsonConverter(typeof(WireStringConverter<Actor>))]
public readonly record struct Actor : IParsable<Actor>
{
    private Actor(ActorKind kind, PersonId? id) => (Kind, Id) = (kind, id);

    /// <summary>Governance itself: timers, sweeps and orchestrations.</summary>
    public static Actor System { get; } = new(ActorKind.System, null);

    /// <summary>What it is.</summary>
    public ActorKind Kind { get; }

    /// <summary>The Entra object id; null only for the system.</summary>
    public PersonId? Id { get; }

    /// <summary>A person.</summary>
    public static Actor User(PersonId id) => new(ActorKind.User, id);

    /// <summary>A service principal that acts with no person.</summary>
    public static Actor App(PersonId id) => new(ActorKind.App, id);

    /// <inheritdoc cref="TryParse"/>
    /// <exception cref="FormatException">Not an actor's text.</exception>
    public static Actor Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var actor) ? actor : throw new FormatException($"'{s}' names no actor.");

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Actor result)
    {
        result = System;
        if (s == "system")
        {
            return true;
        }

        var colon = s?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon < 0 || !PersonId.TryParse(s![(colon + 1)..], provider, out var id))
        {
            return false;
        }

        var kind = s[..colon] switch { "user" => ActorKind.User, "app" => ActorKind.App, _ => (ActorKind?)null };
        result = kind is { } known ? new(known, id) : System;
        return kind is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        ActorKind.User => $"user:{Id}",
        ActorKind.App => $"app:{Id}",
        _ => "system",
    };
}

/// <summary>What an actor is.</summary>
public enum ActorKind
{
    /// <summary>Governance itself.</summary>
    System,

    /// <summary>A person.</summary>
    User,

    /// <summary>A service principal.</summary>
    App,
}

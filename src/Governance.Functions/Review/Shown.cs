using System.Globalization;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Policy;
using Governance.Functions.Pages;

namespace Governance.Functions.Review;

/// <summary>How values look on the review pages. Everything from outside is kept apart from the text around it, whatever direction it is written in.</summary>
internal static class Shown
{
    private static readonly string[] Abbreviations = ["CAB", "SBOM"];

    /// <summary>A text from outside.</summary>
    public static Html Text(string? text) => text is null ? Html.Empty : Html.Of($"<bdi>{text}</bdi>");

    /// <summary>An instant, for people and machines.</summary>
    public static Html At(DateTimeOffset at) => Html.Of($"""<time datetime="{at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}">{Utc(at)}</time>""");

    /// <summary>An instant as text.</summary>
    public static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>How long until an instant, or since it.</summary>
    public static string Until(DateTimeOffset at, DateTimeOffset now) => at >= now ? $"in {Span(at - now)}" : $"{Span(now - at)} ago";

    /// <summary>Somebody, by object id.</summary>
    public static Html Person(PersonId? person) => person is null ? Html.Of($"nobody") : Html.Of($"<code>{person.Value}</code>");

    /// <summary>Whoever acted.</summary>
    public static Html Actor(Actor actor) => actor.Kind switch
    {
        ActorKind.System => Html.Of($"Governance"),
        ActorKind.User => Html.Of($"<code>{actor.Id}</code>"),
        _ => Html.Of($"application <code>{actor.Id}</code>"),
    };

    /// <summary>Hundredths of a point.</summary>
    public static string Points(int hundredths) => (hundredths / 100m).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>The same with its sign.</summary>
    public static string Change(int hundredths) => (hundredths / 100m).ToString("+0.##;−0.##;0", CultureInfo.InvariantCulture);

    /// <summary>A snake_case word for people.</summary>
    public static string Words(string name)
    {
        var words = name.Split('_').Select(word => Abbreviations.Contains(word, StringComparer.OrdinalIgnoreCase) ? word.ToUpperInvariant() : word.ToLowerInvariant());
        return string.Join(' ', words) is { Length: > 0 } text ? char.ToUpperInvariant(text[0]) + text[1..] : name;
    }

    /// <summary>The rings from start to target.</summary>
    public static string Rings(Ring start, Ring target) => start == target ? target.WireName() : $"{start.WireName()} to {target.WireName()}";

    /// <summary>What an approval is tied to.</summary>
    public static Html Condition(CabCondition condition) => condition.Kind switch
    {
        CabConditionKind.MaxRing => Html.Of($"Only up to {condition.Ring?.WireName()}"),
        CabConditionKind.MinSuccessRate => Html.Of($"A success rate of at least {Points(condition.BasisPoints ?? 0)} %"),
        CabConditionKind.ObserveHours => Html.Of($"Every ring is observed for {condition.Hours} h"),
        CabConditionKind.NotBefore => Html.Of($"Not before {At(condition.At!.Value)}"),
        CabConditionKind.NotAfter => Html.Of($"Not after {At(condition.At!.Value)}"),
        _ => Text(condition.Text),
    };

    /// <summary>What a severity looks like: never by colour alone.</summary>
    public static string SeverityClass(Core.Evidence.Severity severity) => severity switch
    {
        Core.Evidence.Severity.Critical or Core.Evidence.Severity.High => "bad",
        Core.Evidence.Severity.Medium => "warn",
        _ => "muted",
    };

    private static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalDays} days"),
        { TotalHours: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (int)span.TotalMinutes)} minutes"),
    };
}

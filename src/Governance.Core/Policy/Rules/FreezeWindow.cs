using System.Collections.Immutable;
using System.Globalization;
using Governance.Core.Deployments;

namespace Governance.Core.Policy.Rules;

/// <summary>Periods in which nothing is published or promoted to some rings. At the check it only warns; publish and promotion ask for it apart.</summary>
internal sealed class FreezeWindow(TimeZoneInfo zone, ImmutableArray<FreezeRange> ranges, EquatableArray<Ring> rings, EquatableArray<Urgency> passes) : Condition
{
    private static readonly Dictionary<string, Urgency> Urgencies = new() { ["standard"] = Urgency.Standard, ["urgent"] = Urgency.Urgent };
    private static readonly Dictionary<string, Ring> RingNames = Rings.All.ToDictionary(ring => ring.WireName());

    /// <summary>
    /// Reads the parameters: <c>time_zone</c> (IANA), <c>ranges</c> (<c>from</c>, <c>to</c> in local time, as
    /// <c>2026-12-19T00:00</c> or weekly as <c>FRI 16:00</c>), <c>rings</c> and <c>passes</c> (urgencies; none passes by default).
    /// </summary>
    public static FreezeWindow Read(DataNode parameters)
    {
        parameters.Only("time_zone", "ranges", "rings", "passes");
        var name = parameters.Text("time_zone");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && name.Length > 0)
        {
            parameters.Problem($"'{name}' is no time zone that this machine knows.");
        }

        return new(
            zone ?? TimeZoneInfo.Utc,
            [.. parameters.Objects("ranges").Select(FreezeRange.Read).OfType<FreezeRange>()],
            [.. parameters.Items("rings", optional: true).Select(item => item.Word(RingNames))],
            [.. parameters.Items("passes", optional: true).Select(item => item.Word(Urgencies))]);
    }

    /// <inheritdoc/>
    public override Answer Ask(PolicyInputs inputs, string ruleId)
    {
        if (!Concerns(inputs.TargetRing, inputs.Urgency))
        {
            return Answer.NotApplicable("does not concern this ring or urgency", Paths.TargetRing);
        }

        return EndOf(inputs.At) is { } until
            ? Answer.Fail($"frozen until {until.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}", Paths.TargetRing)
            : Answer.Pass("no freeze now", Paths.TargetRing);
    }

    /// <summary>Whether the window says anything about this ring and urgency.</summary>
    public bool Concerns(Ring ring, Urgency urgency) =>
        (rings.Count == 0 || rings.AsSpan().Contains(ring)) && !passes.AsSpan().Contains(urgency);

    /// <summary>The first instant, UTC, at which none of the ranges that hold at this instant holds; null where none does.</summary>
    public DateTimeOffset? EndOf(DateTimeOffset instant)
    {
        DateTimeOffset? end = null;
        foreach (var range in ranges)
        {
            if (range.EndOf(instant, zone) is { } until && (end is null || until > end))
            {
                end = until;
            }
        }

        return end;
    }
}

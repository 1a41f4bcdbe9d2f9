using System.Collections.Immutable;
using System.Globalization;
using Governance.Core.Deployments;
using Governance.Core.Remediation;

namespace Governance.Functions.Remediation;

/// <summary>One pass of the drift sweep over the live deployments: those of one criticality, or what devices report in all of them.</summary>
internal enum DriftLane
{
    /// <summary>Critical ones, every 15 minutes.</summary>
    Critical,

    /// <summary>High, every 30 minutes.</summary>
    High,

    /// <summary>Standard, every hour.</summary>
    Standard,

    /// <summary>Low, every four hours.</summary>
    Low,

    /// <summary>What devices of all of them report, once a day: reading that costs up to some hundred calls a deployment.</summary>
    Compliance,
}

/// <summary>Where a round of the drift sweep stands: which passes are under way or over, the most critical first. Immutable; its text is the sweep's cursor.</summary>
/// <param name="Passes">By lane; a lane that is not due in this round is missing.</param>
internal sealed record DriftLanes(ImmutableSortedDictionary<DriftLane, DriftPass> Passes)
{
    private const string Done = "-";

    // However fast time runs in a demonstration, other lanes get their turn.
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    /// <summary>How long one pass is good for.</summary>
    internal static TimeSpan Every(DriftLane lane) => lane switch
    {
        DriftLane.Critical => DriftRules.SweepEvery(Criticality.Critical),
        DriftLane.High => DriftRules.SweepEvery(Criticality.High),
        DriftLane.Standard => DriftRules.SweepEvery(Criticality.Standard),
        DriftLane.Low => DriftRules.SweepEvery(Criticality.Low),
        _ => TimeSpan.FromHours(24),
    };

    /// <summary>Whether a deployment is looked at in a lane.</summary>
    internal static bool Includes(DriftLane lane, Criticality criticality) => lane == DriftLane.Compliance || criticality == lane switch
    {
        DriftLane.Critical => Criticality.Critical,
        DriftLane.High => Criticality.High,
        DriftLane.Standard => Criticality.Standard,
        _ => Criticality.Low,
    };

    /// <summary>A new round: what has come due since the last one began.</summary>
    /// <param name="lastRoundAt">When that was, UTC; null where there was none, and everything is due.</param>
    /// <param name="now">UTC.</param>
    /// <param name="speed">How many times shorter the intervals are.</param>
    internal static DriftLanes Begin(DateTimeOffset? lastRoundAt, DateTimeOffset now, int speed) => new(Enum.GetValues<DriftLane>()
        .Where(lane => IsDue(lane, lastRoundAt, now, speed))
        .ToImmutableSortedDictionary(lane => lane, _ => new DriftPass(now, null, IsOver: false)));

    /// <summary>The same round, where a lane that was over has come due again: what is critical does not wait for a long pass over what is not.</summary>
    internal DriftLanes At(DateTimeOffset now, int speed) => AllOver ? this : new(Passes.ToImmutableSortedDictionary(
        pass => pass.Key,
        pass => pass.Value is { IsOver: true } over && now - over.StartedAt >= Rest && IsDue(pass.Key, over.StartedAt, now, speed) ? new DriftPass(now, null, IsOver: false) : pass.Value));

    /// <summary>The lane whose turn it is; null where all are over.</summary>
    internal DriftLane? Turn => AllOver ? null : Passes.First(pass => !pass.Value.IsOver).Key;

    private bool AllOver => Passes.Values.All(pass => pass.IsOver);

    /// <summary>One page further in a lane.</summary>
    /// <param name="lane">Which.</param>
    /// <param name="place">Where its next page begins; null where that was the last.</param>
    internal DriftLanes Further(DriftLane lane, string? place) => new(Passes.SetItem(lane, Passes[lane] with { Place = place, IsOver = place is null }));

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    internal static DriftLanes Parse(string cursor) => new(cursor.Split(';', StringSplitOptions.RemoveEmptyEntries)
        .Select(each => each.Split('=', ':'))
        .ToImmutableSortedDictionary(
            parts => Enum.Parse<DriftLane>(parts[0]),
            parts => new DriftPass(new DateTimeOffset(long.Parse(parts[1], CultureInfo.InvariantCulture), TimeSpan.Zero), parts[2] is "" or Done ? null : parts[2], parts[2] == Done)));

    /// <inheritdoc/>
    public override string ToString() => string.Join(
        ';', Passes.Select(pass => string.Create(CultureInfo.InvariantCulture, $"{pass.Key}={pass.Value.StartedAt.UtcTicks}:{(pass.Value.IsOver ? Done : pass.Value.Place)}")));

    // By the clock's own quarters of an hour and hours, so that a round that begins late puts off nothing.
    private static bool IsDue(DriftLane lane, DateTimeOffset? lastAt, DateTimeOffset now, int speed)
    {
        var every = Math.Max(1, Every(lane).Ticks / speed);
        return lastAt is not { } last || now.UtcTicks / every > last.UtcTicks / every;
    }
}

/// <summary>One pass.</summary>
/// <param name="StartedAt">When it began, UTC.</param>
/// <param name="Place">Where it goes on in the list; null at its beginning.</param>
/// <param name="IsOver">Whether it is over.</param>
internal sealed record DriftPass(DateTimeOffset StartedAt, string? Place, bool IsOver);

using System.Collections.Immutable;
using Governance.Core.Deployments;

namespace Governance.Core.Rollout;

/// <summary>The versioned figures of the promotion gates: rates, periods, coverage, looks and the breach rule.</summary>
public sealed class PromotionGates
{
    private readonly ImmutableArray<GateRow> _rows;
    private readonly ImmutableArray<TimeSpan> _compliance;

    internal PromotionGates(
        DataVersion identity, ReadOnlyMemory<byte> source, ImmutableArray<GateRow> rows, ImmutableArray<TimeSpan> compliance, GateFigureRules figures, int speed)
    {
        (Identity, Source, Speed, Figures) = (identity, source, speed, figures);
        (_rows, _compliance) = (rows, compliance);
    }

    /// <summary>The gates that are part of this program.</summary>
    public static PromotionGates V1 { get; } = Load(DataFile.Embedded("gates-v1.0.json")).OrThrow("gates-v1.0.json");

    /// <summary>Version and digest, as every verdict records them.</summary>
    public DataVersion Identity { get; }

    /// <summary>The file as it was read, UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Source { get; }

    /// <summary>How many times faster than the file's periods the gates run, 1 or more.</summary>
    public int Speed { get; }

    /// <summary>How long the plane may stay unavailable before somebody is alerted.</summary>
    public TimeSpan AlertAfter => Scaled(Figures.AlertAfter);

    internal GateFigureRules Figures { get; }

    /// <summary>Reads the gates.</summary>
    /// <param name="json">UTF-8 JSON; the caller leaves the bytes unchanged.</param>
    /// <returns>The gates, or every problem of the file.</returns>
    public static Loaded<PromotionGates> Load(ReadOnlyMemory<byte> json) => PromotionGatesFile.Read(json);

    /// <summary>The same gates with all periods so many times shorter, so that a month's rollout can be shown in seconds; verdicts say so.</summary>
    /// <param name="times">1 to 10,000,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1 or more than 10,000,000.</exception>
    public PromotionGates SpedUp(int times)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(times, 10_000_000);
        return new(Identity, Source, _rows, _compliance, Figures, times);
    }

    /// <summary>How long devices have to comply, counted from the ring's publish event.</summary>
    public TimeSpan ComplianceTime(Connectivity connectivity) => Scaled(_compliance[(int)connectivity]);

    /// <summary>How long a ring is observed: the larger of its row's period, its compliance time and what the CAB asks for.</summary>
    public TimeSpan ObservationPeriod(Ring ring, Connectivity connectivity, EquatableArray<Cab.CabCondition> conditions)
    {
        var asked = Conditions.ObserveHours(conditions) is { } hours ? TimeSpan.FromHours(hours) : TimeSpan.Zero;
        return Scaled(Longest(Row(ring).Observe, Longest(_compliance[(int)connectivity], asked)));
    }

    /// <summary>When to look at a ring again: every max(15 min, observation / 12), and at the observation's end.</summary>
    /// <param name="start">When the observation began; null where it has not.</param>
    /// <param name="observation">How long it lasts.</param>
    /// <param name="now">UTC.</param>
    public DateTimeOffset NextLook(DateTimeOffset? start, TimeSpan observation, DateTimeOffset now)
    {
        var next = now + Longest(Scaled(Figures.MinInterval), TimeSpan.FromTicks(observation.Ticks / Figures.LooksPerObservation));
        return start + observation is { } end && now < end && end < next ? end : next;
    }

    /// <summary>When to ask again after the plane could not be asked.</summary>
    public DateTimeOffset NextRetry(DateTimeOffset now) => now + Scaled(Figures.Retry);

    internal GateRow Row(Ring leaving) => _rows[(int)leaving];

    // In ticks: dividing a TimeSpan itself goes through a floating-point number.
    internal TimeSpan Scaled(TimeSpan period) => TimeSpan.FromTicks(period.Ticks / Speed);

    private static TimeSpan Longest(TimeSpan left, TimeSpan right) => left > right ? left : right;
}

/// <summary>A row of the gates' table.</summary>
internal sealed record GateRow(int BasisPoints, TimeSpan Observe, Ring? CompleteEvidenceFor, bool RollbackPlanValidated);

/// <summary>The figures that all gates share.</summary>
internal sealed record GateFigureRules(
    int CoveragePercent,
    int AllBelowDevices,
    ImmutableArray<string> FailingIncidents,
    int LooksPerObservation,
    TimeSpan MinInterval,
    TimeSpan Retry,
    TimeSpan AlertAfter,
    int AskAfterLooks,
    int BreachMinDevices,
    int BreachBasisPoints);

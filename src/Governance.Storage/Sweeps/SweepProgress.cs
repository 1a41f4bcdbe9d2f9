using System.Text.Json.Serialization;
using Governance.Core;

namespace Governance.Storage.Sweeps;

/// <summary>What one step of a sweep did.</summary>
/// <param name="Next">Where the next step begins, at most some hundred characters; null where the round is complete and the next step begins a new one.</param>
/// <param name="Looked">How many things were looked at, 0 or more.</param>
/// <param name="Acted">For how many of these something was done.</param>
/// <param name="Failed">For how many of these a fault stood in the way; they are looked at again in the next round.</param>
/// <param name="Lag">How late the latest of these was when its turn came; zero where nothing was due at a certain time.</param>
public sealed record SweepStep(string? Next, int Looked, int Acted, int Failed, TimeSpan Lag = default);

/// <summary>How far a sweep has come and who is at it, whichever process looks.</summary>
public sealed record SweepProgress
{
    /// <summary>Where the next step begins; null at the beginning of a round.</summary>
    public string? Cursor { get; init; }

    /// <summary>Who is at it: machine, process and start of the run; null where nobody is.</summary>
    public string? Holder { get; init; }

    /// <summary>First instant, UTC, at which another may take over; null where nobody is at it.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>When the round that goes on began, UTC; null between two rounds.</summary>
    public DateTimeOffset? RoundStartedAt { get; init; }

    /// <summary>Looked at in the round that goes on.</summary>
    public long Looked { get; init; }

    /// <summary>Acted on in the round that goes on.</summary>
    public long Acted { get; init; }

    /// <summary>Failed in the round that goes on.</summary>
    public long Failed { get; init; }

    /// <summary>The greatest lag of the round that goes on, whole seconds.</summary>
    public long LagSeconds { get; init; }

    /// <summary>The last complete round; null before the first.</summary>
    public SweepRound? LastRound { get; init; }

    /// <summary>The progress after a step. Pure.</summary>
    /// <param name="step">What it did.</param>
    /// <param name="now">When it ended, UTC.</param>
    public SweepProgress After(SweepStep step, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(step);
        var on = this with
        {
            Cursor = step.Next,
            RoundStartedAt = RoundStartedAt ?? now,
            Looked = Looked + step.Looked,
            Acted = Acted + step.Acted,
            Failed = Failed + step.Failed,
            LagSeconds = Math.Max(LagSeconds, (long)step.Lag.TotalSeconds),
        };
        return step.Next is not null ? on : on with
        {
            RoundStartedAt = null,
            Looked = 0,
            Acted = 0,
            Failed = 0,
            LagSeconds = 0,
            LastRound = new(on.RoundStartedAt!.Value, now, on.Looked, on.Acted, on.Failed, on.LagSeconds),
        };
    }
}

/// <summary>A complete round of a sweep.</summary>
/// <param name="StartedAt">UTC.</param>
/// <param name="EndedAt">UTC.</param>
/// <param name="Looked">How many things were looked at.</param>
/// <param name="Acted">For how many of these something was done.</param>
/// <param name="Failed">For how many of these a fault stood in the way.</param>
/// <param name="LagSeconds">How late the latest of these was, whole seconds.</param>
public sealed record SweepRound(DateTimeOffset StartedAt, DateTimeOffset EndedAt, long Looked, long Acted, long Failed, long LagSeconds);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTimestampConverter)])]
[JsonSerializable(typeof(SweepProgress))]
internal sealed partial class SweepJson : JsonSerializerContext;

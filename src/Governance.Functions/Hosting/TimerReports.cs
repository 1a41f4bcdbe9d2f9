using System.Collections.Immutable;

namespace Governance.Functions.Hosting;

/// <summary>What the timers of this process did lately.</summary>
internal sealed class TimerReports
{
    /// <summary>How many runs of a timer are kept.</summary>
    public const int Kept = 20;

    private ImmutableSortedDictionary<string, TimerReport> _reports = ImmutableSortedDictionary.Create<string, TimerReport>(StringComparer.Ordinal);

    /// <summary>All timers, by name.</summary>
    public IReadOnlyCollection<TimerReport> All => [.. _reports.Values];

    /// <summary>Notes when a timer is due next.</summary>
    public void Due(string name, string schedule, DateTimeOffset? nextAt) => Change(name, report => report with { Schedule = schedule, NextAt = nextAt });

    /// <summary>Notes that a run has begun.</summary>
    public void Began(string name, DateTimeOffset at) => Change(name, report => report with { RunningSince = at });

    /// <summary>Notes that a run has ended.</summary>
    public void Ended(string name, TimerRunReport run) => Change(name, report => report with { RunningSince = null, Runs = [run, .. report.Runs.Take(Kept - 1)] });

    /// <summary>Notes that a run was due while the one before still went on.</summary>
    public void Skipped(string name) => Change(name, report => report with { Skipped = report.Skipped + 1 });

    private void Change(string name, Func<TimerReport, TimerReport> change) => ImmutableInterlocked.Update(
        ref _reports, reports => reports.SetItem(name, change(reports.GetValueOrDefault(name) ?? new TimerReport(name, string.Empty, null, null, 0, []))));
}

/// <summary>What a timer did lately.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Schedule">NCRONTAB, or <c>off</c>.</param>
/// <param name="NextAt">When it is due next, UTC; null where it is off.</param>
/// <param name="RunningSince">When the run that goes on began, UTC; null where none does.</param>
/// <param name="Skipped">How often it was due while the run before still went on, since the process started.</param>
/// <param name="Runs">Newest first, at most <see cref="TimerReports.Kept"/>.</param>
internal sealed record TimerReport(
    string Name, string Schedule, DateTimeOffset? NextAt, DateTimeOffset? RunningSince, long Skipped, ImmutableArray<TimerRunReport> Runs);

/// <summary>One run of a timer.</summary>
/// <param name="StartedAt">UTC.</param>
/// <param name="EndedAt">UTC.</param>
/// <param name="Succeeded">False after a fault; the log has it.</param>
/// <param name="Summary">What was found and done.</param>
internal sealed record TimerRunReport(DateTimeOffset StartedAt, DateTimeOffset EndedAt, bool Succeeded, string Summary);

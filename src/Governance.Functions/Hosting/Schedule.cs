using NCrontab;

namespace Governance.Functions.Hosting;

/// <summary>When a timer is due: NCRONTAB of six fields, seconds first, in UTC; read by the parser that Azure Functions itself uses.</summary>
internal sealed class Schedule
{
    private static readonly CrontabSchedule.ParseOptions SixFields = new() { IncludingSeconds = true };

    private readonly CrontabSchedule _cron;

    private Schedule(string text, CrontabSchedule cron) => (Text, _cron) = (text, cron);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a schedule.</summary>
    /// <returns>Null where it is none.</returns>
    public static Schedule? TryParse(string text) => CrontabSchedule.TryParse(text, SixFields) is { } cron ? new(text, cron) : null;

    /// <summary>The first moment after another, UTC.</summary>
    public DateTimeOffset After(DateTimeOffset moment) => new(_cron.GetNextOccurrence(moment.UtcDateTime), TimeSpan.Zero);
}

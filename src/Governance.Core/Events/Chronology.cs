namespace Governance.Core.Events;

/// <summary>When an event happens, as its stream says: clocks go back, a log does not.</summary>
public static class Chronology
{
    /// <summary>The instant of the next event.</summary>
    /// <param name="now">What the clock says, UTC.</param>
    /// <param name="last">The instant of the last event.</param>
    /// <returns>Now, or the last event's instant where the clock is behind it.</returns>
    public static DateTimeOffset Next(DateTimeOffset now, DateTimeOffset last) => now > last ? now : last;
}

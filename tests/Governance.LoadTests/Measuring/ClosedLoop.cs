using System.Diagnostics;

namespace Governance.LoadTests.Measuring;

/// <summary>So many callers, each of which calls again as soon as it was answered.</summary>
internal static class ClosedLoop
{
    /// <summary>Calls until the time is over or there is no work left.</summary>
    /// <param name="callers">How many at once.</param>
    /// <param name="time">For how long calls are begun.</param>
    /// <param name="call">One call of one caller; false where there was nothing left to do.</param>
    internal static async Task<Latencies> Run(int callers, TimeSpan time, Func<int, Task<bool>> call)
    {
        var watch = Stopwatch.StartNew();
        var all = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var taken = new List<double>();
            while (watch.Elapsed < time)
            {
                var begun = Stopwatch.GetTimestamp();
                if (!await call(caller))
                {
                    break;
                }

                taken.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            return taken;
        })));
        return Latencies.Of(all.SelectMany(taken => taken), watch.Elapsed);
    }
}

using System.Globalization;
using Governance.LoadTests.Measuring;

namespace Governance.LoadTests.Load;

/// <summary>Shows how a run goes: in place each second on a terminal, else a line every ten.</summary>
internal sealed class LiveProgress(TextWriter output, bool terminal)
{
    /// <summary>Says what is being done.</summary>
    internal void Say(string what) => output.WriteLine(what);

    /// <summary>Shows a recorder's figures until cancelled.</summary>
    internal async Task Watch(Recorder recorder, TimeProvider clock, CancellationToken cancellation)
    {
        var (known, refusedBefore, last) = (0, 0, TimeSpan.Zero);
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(terminal ? 1 : 10), clock);
        try
        {
            while (await tick.WaitForNextTickAsync(cancellation))
            {
                var (since, served, refused) = recorder.From(known);
                var now = clock.GetElapsedTime(recorder.Began);
                var line = Line(now, since, (now - last).TotalSeconds, refused - refusedBefore, recorder.Failed);
                (known, refusedBefore, last) = (served, refused, now);
                if (terminal)
                {
                    output.Write($"\r{line,-100}");
                }
                else
                {
                    output.WriteLine(line);
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            if (terminal)
            {
                output.WriteLine();
            }
        }
    }

    private static string Line(TimeSpan now, Sample[] since, double seconds, int refused, int failed)
    {
        var times = since.Length == 0 ? null : Latencies.Of(since.Select(sample => sample.Milliseconds), TimeSpan.FromSeconds(seconds));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{now.TotalSeconds,5:0} s  {since.Length / seconds,7:0.0}/s  p50 {times?.P50 ?? 0,6:0.0} ms  p99 {times?.P99 ?? 0,7:0.0} ms  refused {refused / seconds,6:0.0}/s  failed {failed}");
    }
}

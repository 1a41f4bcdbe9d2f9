namespace Governance.LoadTests.Measuring;

/// <summary>How long calls took, and how many were made in which time.</summary>
/// <param name="Sorted">Milliseconds, ascending.</param>
/// <param name="Elapsed">From the first call's start to the last one's end.</param>
internal sealed record Latencies(double[] Sorted, TimeSpan Elapsed)
{
    internal int Count => Sorted.Length;

    internal double PerSecond => Count / Elapsed.TotalSeconds;

    internal double P50 => At(0.50);

    internal double P95 => At(0.95);

    internal double P99 => At(0.99);

    internal double Max => Sorted[^1];

    internal static Latencies Of(IEnumerable<double> milliseconds, TimeSpan elapsed)
    {
        double[] sorted = [.. milliseconds];
        Array.Sort(sorted);
        return sorted.Length > 0 ? new(sorted, elapsed) : throw new InvalidOperationException("Nothing was measured.");
    }

    /// <summary>Several runs as one.</summary>
    internal static Latencies Together(params Latencies[] runs) =>
        Of(runs.SelectMany(run => run.Sorted), TimeSpan.FromTicks(runs.Sum(run => run.Elapsed.Ticks)));

    // The nearest rank: a value that was really measured.
    private double At(double share) => Sorted[Math.Max(0, (int)Math.Ceiling(share * Sorted.Length) - 1)];
}

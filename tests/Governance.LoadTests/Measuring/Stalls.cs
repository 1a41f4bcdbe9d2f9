namespace Governance.LoadTests.Measuring;

/// <summary>
/// What a closed loop leaves out: while one answer is awaited its user sends nothing, so a stall is seen once where an open system would have seen it by every request that came meanwhile.
/// </summary>
internal static class Stalls
{
    /// <summary>Adds the requests that users would have made while they waited: for each one that took longer than a round, those that would have been due in each further round.</summary>
    /// <param name="milliseconds">As measured.</param>
    /// <param name="round">Milliseconds from one request of a user to the next where answers take no time; more than 0.</param>
    internal static IEnumerable<double> Filled(IEnumerable<double> milliseconds, double round)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(round, 0);
        foreach (var taken in milliseconds)
        {
            for (var left = taken; left > 0; left -= round)
            {
                yield return left;
            }

            if (taken <= 0)
            {
                yield return taken;
            }
        }
    }
}

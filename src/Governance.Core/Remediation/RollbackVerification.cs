using Governance.Core.Evidence;
using Governance.Core.Rollout;

namespace Governance.Core.Remediation;

/// <summary>How far devices of one ring have followed a rollback.</summary>
/// <param name="Verdict">Whether it is over.</param>
/// <param name="Reason">The arithmetic.</param>
/// <param name="LookAgainAt">When to look again, UTC; null once it is over.</param>
public sealed record RollbackCheck(RollbackVerdict Verdict, string Reason, DateTimeOffset? LookAgainAt);

/// <summary>Whether a rollback is over in one ring.</summary>
public enum RollbackVerdict
{
    /// <summary>Enough devices have followed.</summary>
    Verified,

    /// <summary>They still have time.</summary>
    NotYet,

    /// <summary>Their time is over.</summary>
    Failed,
}

/// <summary>
/// Judges a rollback by what devices report: with the rate and coverage of the gate that leaves the ring, pending devices counted from the
/// beginning, within the ring's compliance time. Pure.
/// </summary>
public static class RollbackVerification
{
    // The plane may be away for a while; a rollback is not given up before it has had this many compliance times to answer.
    private const int UnreadTimes = 2;

    /// <param name="gates">The figures.</param>
    /// <param name="ring">The ring.</param>
    /// <param name="asked">When devices were told, how they reach the network, and what they report now.</param>
    /// <param name="what">What is counted, such as "uninstalled".</param>
    /// <param name="now">UTC.</param>
    public static RollbackCheck Judge(PromotionGates gates, Ring ring, RingMeasurement asked, string what, DateTimeOffset now)
    {
        var compliance = gates.ComplianceTime(asked.Connectivity);
        var again = gates.NextLook(asked.PublishedAt, compliance, now);
        if (asked.Results is not { } results || !Measuring.IsPlausible(results))
        {
            return now - asked.PublishedAt >= compliance * UnreadTimes
                ? new(RollbackVerdict.Failed, $"what devices of {ring.WireName()} report could not be read: {Shown.Text(asked.Unavailable ?? "no results", 300)}", null)
                : new(RollbackVerdict.NotYet, "what devices report could not be read yet", again);
        }

        var counted = Measuring.Counted(results, compliance: true);
        var needed = Measuring.Needed(counted, gates.Row(ring).BasisPoints);
        var reported = counted + results.NotApplicable;
        var covered = Measuring.NeededReported(gates, results.Targeted);
        var reason = $"{ring.WireName()}: {results.Succeeded} of {counted} devices {what}, {needed} needed; {reported} of {results.Targeted} reported, {covered} needed";
        return results.Succeeded >= needed && reported >= covered ? new(RollbackVerdict.Verified, reason, null)
            : now - asked.PublishedAt >= compliance ? new(RollbackVerdict.Failed, reason, null)
            : new(RollbackVerdict.NotYet, reason, again);
    }
}

using System.Globalization;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Core.Policy;

namespace Governance.Teams.Cab;

/// <summary>What is different from what was approved last of the same app.</summary>
/// <param name="From">What was approved last: its version and when.</param>
/// <param name="Lines">The differences, weightiest first; empty where there are none that a check looks at.</param>
public sealed record VersionDifference(string From, EquatableArray<string> Lines)
{
    private const int MostFactors = 4;

    /// <summary>Compares two checked deployments of one app. Pure.</summary>
    /// <returns>Null where one of them was never checked.</returns>
    public static VersionDifference? Between(DeploymentState approved, DeploymentState now) =>
        approved.Check is not { } before || now.Check is not { } after ? null : new(
            approved.Approval is { } approval ? $"{approved.Request.Version}, approved {CabCardFacts.Utc(approval.At)}" : approved.Request.Version,
            [.. Scores(before, after), .. Findings(before, after), .. Contents(before, after), .. Reach(approved.Request, now.Request)]);

    private static IEnumerable<string> Scores(PolicyCheckResult before, PolicyCheckResult after)
    {
        if (before.Score != after.Score)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Risk {before.Score} → {after.Score}");
        }

        var known = before.Factors.ToDictionary(factor => factor.Name, StringComparer.Ordinal);
        var changed = after.Factors
            .Select(factor => (Factor: factor, By: factor.Contribution - (known.TryGetValue(factor.Name, out var old) ? old.Contribution : 0)))
            .Where(change => change.By != 0)
            .OrderByDescending(change => Math.Abs(change.By));
        foreach (var (factor, by) in changed.Take(MostFactors))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{factor.Name} {by / 100m:+0.0;−0.0}: {factor.Reason}");
        }
    }

    private static IEnumerable<string> Findings(PolicyCheckResult before, PolicyCheckResult after)
    {
        var (old, counts) = (before.Inputs.Evidence?.Scan?.Counts, after.Inputs.Evidence?.Scan?.Counts);
        if (counts != old)
        {
            yield return $"Findings {Counts(old)} → {Counts(counts)}";
        }
    }

    private static IEnumerable<string> Contents(PolicyCheckResult before, PolicyCheckResult after)
    {
        var (old, now) = (before.Inputs.Evidence, after.Inputs.Evidence);
        if (old?.Sbom?.Components != now?.Sbom?.Components)
        {
            yield return $"Components {Number(old?.Sbom?.Components)} → {Number(now?.Sbom?.Components)}";
        }

        if (old?.Signature != now?.Signature)
        {
            yield return $"Signature {Signed(old?.Signature)} → {Signed(now?.Signature)}";
        }

        if (old?.Provenance?.Verdict != now?.Provenance?.Verdict)
        {
            yield return $"Provenance {old?.Provenance?.Verdict.ToString() ?? "none"} → {now?.Provenance?.Verdict.ToString() ?? "none"}";
        }

        if (old?.RollbackPlan != now?.RollbackPlan)
        {
            yield return $"Rollback plan to {old?.RollbackPlan?.TargetVersion ?? "nothing"} → to {now?.RollbackPlan?.TargetVersion ?? "nothing"}";
        }

        if (old?.ArtifactSha256 is { } same && same == now?.ArtifactSha256)
        {
            yield return "The package is the same, byte for byte";
        }
    }

    private static IEnumerable<string> Reach(DeploymentRequest before, DeploymentRequest now)
    {
        if (before.TargetRing != now.TargetRing)
        {
            yield return $"Last ring {before.TargetRing.WireName()} → {now.TargetRing.WireName()}";
        }

        foreach (var scope in now.Scope.Rings)
        {
            if (before.Scope.Of(scope.Ring) is { } old && (old.GroupIds != scope.GroupIds || old.ExcludedGroupIds != scope.ExcludedGroupIds))
            {
                yield return $"Other groups in {scope.Ring.WireName()}";
            }
        }
    }

    private static string Counts(SeverityCounts? counts) => counts is null ? "not scanned" : string.Create(
        CultureInfo.InvariantCulture, $"{counts.Critical} critical, {counts.High} high, {counts.Medium} medium, {counts.Low} low");

    private static string Number(int? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "not listed";

    private static string Signed(SignatureFacts? signature) => signature is null ? "not stated" : $"{signature.Status} by {signature.Publisher ?? "nobody named"}";
}

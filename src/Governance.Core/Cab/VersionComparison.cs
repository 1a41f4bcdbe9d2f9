using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Core.Policy;

namespace Governance.Core.Cab;

/// <summary>What is different between a deployment and the one of the same app that was approved before it: what an approver looks at first.</summary>
/// <param name="Before">What was approved before: which deployment, of which version, approved when.</param>
/// <param name="ScoreBefore">Its score.</param>
/// <param name="Score">The score now.</param>
/// <param name="Factors">Factors whose contribution changed, the largest change first.</param>
/// <param name="Components">What the SBOMs list differently; null where one of the two lists nothing.</param>
/// <param name="Findings">What the scans found differently; null where one of the two has no list of findings.</param>
/// <param name="Scope">What reaches other devices, a sentence each.</param>
/// <param name="SamePackage">Whether it is the same package, byte for byte.</param>
public sealed record VersionComparison(
    ApprovedBefore Before,
    int ScoreBefore,
    int Score,
    EquatableArray<FactorChange> Factors,
    ComponentChanges? Components,
    FindingChanges? Findings,
    EquatableArray<string> Scope,
    bool SamePackage)
{
    /// <summary>Compares two checked deployments of one app. Pure.</summary>
    /// <param name="now">What is to be decided.</param>
    /// <param name="facts">Its evidence; null where it cannot be had.</param>
    /// <param name="before">What was approved before.</param>
    /// <param name="factsBefore">Its evidence; null where it cannot be had.</param>
    /// <returns>Null where one of them was never checked or the earlier one is not approved.</returns>
    public static VersionComparison? Of(DeploymentState now, EvidenceFacts? facts, DeploymentState before, EvidenceFacts? factsBefore) =>
        now.Check is not { } check || before is not { Check: { } checkBefore, Approval: { } approval } ? null : new(
            new(before.Id, before.Request.Version, approval.At),
            checkBefore.Score,
            check.Score,
            FactorsOf(check, checkBefore),
            facts?.Sbom is { } sbom && factsBefore?.Sbom is { } sbomBefore ? ComponentChanges.Between(sbomBefore.Components.AsSpan(), sbom.Components.AsSpan()) : null,
            Listed(facts) is { } findings && Listed(factsBefore) is { } findingsBefore ? FindingChanges.Between(findingsBefore, findings) : null,
            ScopeChanges.Between(before.Request, now.Request),
            now.Evidence?.Artifact?.Sha256 is { } artifact && artifact == before.Evidence?.Artifact?.Sha256);

    private static EquatableArray<FactorChange> FactorsOf(PolicyCheckResult check, PolicyCheckResult before)
    {
        var known = before.Factors.ToDictionary(factor => factor.Name, factor => factor.Contribution, StringComparer.Ordinal);
        var changes = check.Factors
            .Select(factor => new FactorChange(factor.Name, known.GetValueOrDefault(factor.Name), factor.Contribution, factor.Reason))
            .Where(change => change.Now != change.Before);
        return [.. changes.OrderByDescending(change => Math.Abs(change.Now - change.Before)).ThenBy(change => change.Name, StringComparer.Ordinal)];
    }

    // Plain counts name no finding; two lists can be compared, a count and a list cannot.
    private static ScanFacts? Listed(EvidenceFacts? facts) =>
        facts?.Scan is { } scan && (scan.Open.Length > 0 || scan.Suppressed.Length > 0 || scan.Counts.Total == 0) ? scan : null;
}

/// <summary>What was approved before.</summary>
/// <param name="Id">Its deployment.</param>
/// <param name="Version">Its version.</param>
/// <param name="At">When it was approved, UTC.</param>
public sealed record ApprovedBefore(CorrelationId Id, string Version, DateTimeOffset At);

/// <summary>A factor of the risk that contributes more or less than before.</summary>
/// <param name="Name">The factor.</param>
/// <param name="Before">Hundredths of a point; 0 where the earlier model did not have it.</param>
/// <param name="Now">Hundredths of a point.</param>
/// <param name="Reason">Why it is what it is now.</param>
public sealed record FactorChange(string Name, int Before, int Now, string Reason);

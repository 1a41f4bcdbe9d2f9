namespace Governance.Core.Policy;

/// <summary>An item of evidence that a ring may need.</summary>
internal enum EvidenceItem
{
    Artifact,
    Install,
    Sbom,
    Scan,
    Uninstall,
    Detection,
    RolloutPlan,
    RollbackPlan,
    TestEvidence,
}

/// <summary>From which ring on an item is needed.</summary>
internal sealed record NeededEvidence(EvidenceItem Item, Ring NeededFor, int? MaxAgeDays);

/// <summary>The items' names and how each is recognised.</summary>
internal static class EvidenceItems
{
    /// <summary>By name.</summary>
    public static IReadOnlyDictionary<string, EvidenceItem> ByName { get; } = new Dictionary<string, EvidenceItem>
    {
        ["artifact"] = EvidenceItem.Artifact,
        ["install"] = EvidenceItem.Install,
        ["sbom"] = EvidenceItem.Sbom,
        ["scan"] = EvidenceItem.Scan,
        ["uninstall"] = EvidenceItem.Uninstall,
        ["detection"] = EvidenceItem.Detection,
        ["rollout_plan"] = EvidenceItem.RolloutPlan,
        ["rollback_plan"] = EvidenceItem.RollbackPlan,
        ["test_evidence"] = EvidenceItem.TestEvidence,
    };

    /// <summary>Looks for one item.</summary>
    public static CompletenessItem Find(NeededEvidence needed, CheckedEvidence? evidence, DateTimeOffset now)
    {
        var (state, reason, path) = needed.Item switch
        {
            EvidenceItem.Artifact => Is(evidence?.ArtifactSha256 is not null, "an artifact is named", "no artifact is named", Paths.Artifact),
            EvidenceItem.Install => Is(evidence?.Install?.HasCommand, "an install command is stated", "no install command is stated", Paths.Install),
            EvidenceItem.Uninstall => Is(evidence?.Install?.HasUninstallCommand, "an uninstall command is stated", "no uninstall command is stated", Paths.Uninstall),
            EvidenceItem.Detection => Is(evidence?.Install?.DetectionRules > 0, "detection rules are stated", "no detection rule is stated", Paths.Detection),
            EvidenceItem.Sbom => Is(evidence?.Sbom is not null, "an SBOM is stored", "no SBOM is stored", Paths.Sbom),
            EvidenceItem.Scan => Scan(evidence?.Scan, now, needed.MaxAgeDays),
            EvidenceItem.RolloutPlan => Is(evidence?.HasRolloutPlan, "a rollout plan is stored", "no rollout plan is stored", Paths.RolloutPlan),
            EvidenceItem.RollbackPlan => Rollback(evidence?.RollbackPlan),
            _ => Is(evidence?.Tests is { Passed: > 0 } or { Failed: > 0 }, "test results are stored", "no results of a test run are stored", Paths.Tests),
        };
        return new(ByName.First(pair => pair.Value == needed.Item).Key, needed.NeededFor, state, reason, path);
    }

    private static (EvidenceState State, string Reason, string Path) Is(bool? there, string yes, string no, string path) =>
        there == true ? (EvidenceState.Present, yes, path) : (EvidenceState.Missing, no, path);

    private static (EvidenceState State, string Reason, string Path) Scan(CheckedScan? scan, DateTimeOffset now, int? maxDays) => scan switch
    {
        null => (EvidenceState.Missing, "no scan is stored", Paths.Scan),
        _ when maxDays is { } days => (ScanAge.IsFresh(scan, now, days) ? EvidenceState.Present : EvidenceState.Stale, ScanAge.Describe(scan, now, days), Paths.Scan),
        _ => (EvidenceState.Present, "a scan is stored", Paths.Scan),
    };

    private static (EvidenceState State, string Reason, string Path) Rollback(CheckedRollbackPlan? plan) => plan switch
    {
        null => (EvidenceState.Missing, "no rollback plan is stored", Paths.RollbackPlan),
        { Validated: true } => (EvidenceState.Present, "the rollback plan was tried with success", Paths.RollbackPlan),
        _ => (EvidenceState.NotValidated, "the rollback plan was not tried with success", Paths.RollbackPlan),
    };
}

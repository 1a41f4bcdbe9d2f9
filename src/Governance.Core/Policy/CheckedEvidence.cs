using Governance.Core.Evidence;

namespace Governance.Core.Policy;

/// <summary>What a policy check read of an evidence pack. Null and zero members were not stated.</summary>
/// <remarks>Bounded: long lists of the pack appear as counts, components only where a rule named them, so it fits an event.</remarks>
public sealed record CheckedEvidence
{
    /// <summary>The pack's id.</summary>
    public required EvidencePackId PackId { get; init; }

    /// <summary>The pack's digest: whoever doubts a count below recomputes it from the pack.</summary>
    public required Digest PackDigest { get; init; }

    /// <summary>When the pack was stored, UTC.</summary>
    public required DateTimeOffset StoredAt { get; init; }

    /// <summary>The artifact's digest.</summary>
    public Digest? ArtifactSha256 { get; init; }

    /// <summary>How it installs.</summary>
    public CheckedInstall? Install { get; init; }

    /// <summary>The pipeline's claim about the signature; the publisher's name is cut at 200 characters.</summary>
    public SignatureFacts? Signature { get; init; }

    /// <summary>What it does on a device.</summary>
    public BehaviourFacts? Behaviour { get; init; }

    /// <summary>What it is made of.</summary>
    public CheckedSbom? Sbom { get; init; }

    /// <summary>Known vulnerabilities.</summary>
    public CheckedScan? Scan { get; init; }

    /// <summary>Where and how it was built.</summary>
    public CheckedProvenance? Provenance { get; init; }

    /// <summary>Test results.</summary>
    public TestFacts? Tests { get; init; }

    /// <summary>Whether a rollout plan was handed in.</summary>
    public bool HasRolloutPlan { get; init; }

    /// <summary>How to go back.</summary>
    public CheckedRollbackPlan? RollbackPlan { get; init; }

    /// <summary>The human on whose behalf the pipeline submits.</summary>
    public PersonId? RequestedBy { get; init; }
}

/// <summary>How an app installs, without its command lines.</summary>
public sealed record CheckedInstall
{
    /// <summary>Whether an install command is stated.</summary>
    public bool HasCommand { get; init; }

    /// <summary>Whether an uninstall command is stated.</summary>
    public bool HasUninstallCommand { get; init; }

    /// <summary>Whose rights it runs with.</summary>
    public InstallContext? Context { get; init; }

    /// <summary>Whether it needs an administrator's rights.</summary>
    public Elevation? Elevation { get; init; }

    /// <summary>Whether it installs a service.</summary>
    public bool? Service { get; init; }

    /// <summary>Whether it installs a kernel driver or system extension.</summary>
    public bool? KernelDriver { get; init; }

    /// <summary>Whether devices restart.</summary>
    public RebootKind? Reboot { get; init; }

    /// <summary>Expected duration, minutes.</summary>
    public int? Minutes { get; init; }

    /// <summary>Whether content must be carried to devices by hand.</summary>
    public bool? OfflineImport { get; init; }

    /// <summary>Whether other installations must come before or after it.</summary>
    public bool? Sequenced { get; init; }

    /// <summary>How many detection rules are stated.</summary>
    public int DetectionRules { get; init; }
}

/// <summary>An SBOM's size and what rules found in it.</summary>
/// <param name="Format">cyclonedx, spdx or plain.</param>
/// <param name="Components">How many components it lists.</param>
/// <param name="Denied">Per rule that denies components or licences, what it found; rules that found nothing are left out.</param>
public sealed record CheckedSbom(string Format, int Components, EquatableArray<DeniedComponents> Denied);

/// <summary>Components that a rule denies.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="Count">How many, 1 or more.</param>
/// <param name="First">The first five with the reason, in the SBOM's order, each at most 300 characters.</param>
public sealed record DeniedComponents(string RuleId, int Count, EquatableArray<string> First);

/// <summary>Findings that count, and those of them that an approved exception covers.</summary>
/// <param name="Counts">Every finding that no VEX statement sets aside, by severity.</param>
/// <param name="Covered">Those of them that approved exceptions cover, per exception, sorted by id; a finding counts for one exception.</param>
/// <param name="ScannedAt">The date its age counts from, UTC.</param>
/// <param name="DateStated">Whether the reports stated that date; else it is the pack's.</param>
public sealed record CheckedScan(
    SeverityCounts Counts, EquatableArray<CoveredFindings> Covered, DateTimeOffset ScannedAt, bool DateStated);

/// <summary>Findings that an approved exception covers.</summary>
/// <param name="ExceptionId">The exception.</param>
/// <param name="Counts">How many, by severity; at least one.</param>
public sealed record CoveredFindings(Guid ExceptionId, SeverityCounts Counts);

/// <summary>What verification of the provenance found.</summary>
/// <param name="Verdict">Only verified is worth trust.</param>
/// <param name="BuilderId">The SLSA builder id.</param>
public sealed record CheckedProvenance(ProvenanceVerdict Verdict, string? BuilderId);

/// <summary>A rollback plan.</summary>
/// <param name="TargetVersion">The version to go back to.</param>
/// <param name="Validated">Whether it was tried with success.</param>
public sealed record CheckedRollbackPlan(string? TargetVersion, bool Validated);

using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Governance.Core.Evidence;

/// <summary>
/// Everything that decisions may read of one stored evidence pack, already parsed and validated.
/// A null part was not handed in; policy gives it the worst value. Immutable, as the pack is.
/// </summary>
public sealed record EvidenceFacts
{
    /// <summary>The pack's id.</summary>
    public required EvidencePackId PackId { get; init; }

    /// <summary>SHA-256 over the canonical list of the pack's files, with app and version.</summary>
    public required Digest PackDigest { get; init; }

    /// <summary>The app that the evidence is about.</summary>
    public required string AppName { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>When the pack was stored, UTC.</summary>
    public required DateTimeOffset StoredAt { get; init; }

    /// <summary>Who stored the pack; involved in every deployment that names it.</summary>
    public required PersonId StoredBy { get; init; }

    /// <summary>
    /// SHA-256 of these facts as the store has them; what rests on them logs it, so that nobody can change unseen what was read out of the evidence.
    /// Null before they are stored.
    /// </summary>
    [JsonIgnore]
    public Digest? StoredSha256 { get; init; }

    /// <summary>The installer package that would be published.</summary>
    public ArtifactFacts? Artifact { get; init; }

    /// <summary>How it installs.</summary>
    public InstallFacts? Install { get; init; }

    /// <summary>What the pipeline claims about its signature.</summary>
    public SignatureFacts? Signature { get; init; }

    /// <summary>What it does on a device.</summary>
    public BehaviourFacts? Behaviour { get; init; }

    /// <summary>What it is made of.</summary>
    public SbomFacts? Sbom { get; init; }

    /// <summary>Known vulnerabilities, merged over all reports.</summary>
    public ScanFacts? Scan { get; init; }

    /// <summary>Where and how it was built, verified.</summary>
    public ProvenanceFacts? Provenance { get; init; }

    /// <summary>Test results.</summary>
    public TestFacts? Tests { get; init; }

    /// <summary>Results of a lab run before submission.</summary>
    public LabResults? LabResults { get; init; }

    /// <summary>Whether a rollout plan was handed in.</summary>
    public bool HasRolloutPlan { get; init; }

    /// <summary>How to go back.</summary>
    public RollbackPlanFacts? RollbackPlan { get; init; }

    /// <summary>What the pipeline says about the build.</summary>
    public BuildInfoFacts? BuildInfo { get; init; }
}

/// <summary>The artifact a pack names; its bytes count only once an upload of this digest is verified.</summary>
/// <param name="Sha256">Digest of the .intunewin file.</param>
/// <param name="SizeBytes">Its length, 1 or more.</param>
/// <param name="FileName">Its name without a folder.</param>
public sealed record ArtifactFacts(Digest Sha256, long SizeBytes, string FileName);

/// <summary>How an app installs; from <c>$.install</c>. Null means not stated.</summary>
public sealed record InstallFacts
{
    /// <summary>The install command line.</summary>
    public string? Command { get; init; }

    /// <summary>The uninstall command line.</summary>
    public string? UninstallCommand { get; init; }

    /// <summary>Whose rights it runs with once installed.</summary>
    public InstallContext? Context { get; init; }

    /// <summary>Whether it needs an administrator's rights.</summary>
    public Elevation? Elevation { get; init; }

    /// <summary>Whether it installs a service.</summary>
    public bool? Service { get; init; }

    /// <summary>Whether it installs a kernel driver or system extension.</summary>
    public bool? KernelDriver { get; init; }

    /// <summary>Whether devices restart.</summary>
    public RebootKind? Reboot { get; init; }

    /// <summary>Expected duration, minutes, 0 to 1,440.</summary>
    public int? Minutes { get; init; }

    /// <summary>Whether content must be carried to devices by hand.</summary>
    public bool? OfflineImport { get; init; }

    /// <summary>Whether other installations must come before or after it.</summary>
    public bool? Sequenced { get; init; }

    /// <summary>How Intune recognises it as installed.</summary>
    public ImmutableArray<DetectionRule> Detection { get; init; } = [];
}

/// <summary>One detection rule, as Intune's win32LobApp rules have it.</summary>
/// <param name="Type">Which kind of rule.</param>
/// <param name="Path">Folder, registry key or MSI product code; null for a script.</param>
/// <param name="Name">File, folder or value name, where the kind has one.</param>
/// <param name="Operator">equal, notEqual, greaterThan, greaterThanOrEqual, lessThan, lessThanOrEqual or null for "exists".</param>
/// <param name="Value">What to compare with; for a script its base64 text.</param>
public sealed record DetectionRule(DetectionType Type, string? Path, string? Name, string? Operator, string? Value);

/// <summary>The kinds of detection rules.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DetectionType>))]
public enum DetectionType
{
    /// <summary>A file or folder.</summary>
    [JsonStringEnumMemberName("file")] File,

    /// <summary>A registry key or value.</summary>
    [JsonStringEnumMemberName("registry")] Registry,

    /// <summary>An MSI product code.</summary>
    [JsonStringEnumMemberName("msi")] Msi,

    /// <summary>A PowerShell script.</summary>
    [JsonStringEnumMemberName("script")] Script,
}

/// <summary>Whose rights an app runs with.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InstallContext>))]
public enum InstallContext
{
    /// <summary>The signed-in user's.</summary>
    [JsonStringEnumMemberName("user")] User,

    /// <summary>The system's.</summary>
    [JsonStringEnumMemberName("system")] System,
}

/// <summary>Whether an app asks for an administrator's rights.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Elevation>))]
public enum Elevation
{
    /// <summary>Never.</summary>
    [JsonStringEnumMemberName("none")] None,

    /// <summary>For optional features.</summary>
    [JsonStringEnumMemberName("optional")] Optional,

    /// <summary>Always.</summary>
    [JsonStringEnumMemberName("required")] Required,
}

/// <summary>Whether an installation restarts the device.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RebootKind>))]
public enum RebootKind
{
    /// <summary>No restart.</summary>
    [JsonStringEnumMemberName("none")] None,

    /// <summary>The user chooses when.</summary>
    [JsonStringEnumMemberName("user")] User,

    /// <summary>At once.</summary>
    [JsonStringEnumMemberName("forced")] Forced,
}

/// <summary>An Authenticode signature as the pipeline reports it: a claim, marked so wherever it is shown.</summary>
/// <param name="Status">What the signature is.</param>
/// <param name="Publisher">The certificate's subject.</param>
/// <param name="KnownVendor">Whether the organisation knows the vendor.</param>
/// <param name="Timestamped">Whether a time-stamping authority counter-signed.</param>
public sealed record SignatureFacts(SignatureStatus? Status, string? Publisher, bool? KnownVendor, bool? Timestamped);

/// <summary>What a signature is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SignatureStatus>))]
public enum SignatureStatus
{
    /// <summary>Chains to a trusted root.</summary>
    [JsonStringEnumMemberName("valid")] Valid,

    /// <summary>Self-signed.</summary>
    [JsonStringEnumMemberName("self_signed")] SelfSigned,

    /// <summary>Not signed.</summary>
    [JsonStringEnumMemberName("none")] None,
}

/// <summary>What an app does on a device; from <c>$.behaviour</c>.</summary>
public sealed record BehaviourFacts(ListenerKind? Listener, bool? Scripting, DataAccess? DataAccess, ToolCategory? ToolCategory);

/// <summary>Whether an app listens on the network.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ListenerKind>))]
public enum ListenerKind
{
    /// <summary>It does not.</summary>
    [JsonStringEnumMemberName("none")] None,

    /// <summary>On a port of 1024 or above.</summary>
    [JsonStringEnumMemberName("unprivileged")] Unprivileged,

    /// <summary>On a port below 1024.</summary>
    [JsonStringEnumMemberName("privileged")] Privileged,
}

/// <summary>Which data an app reaches.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DataAccess>))]
public enum DataAccess
{
    /// <summary>Its own.</summary>
    [JsonStringEnumMemberName("own")] Own,

    /// <summary>Reads user documents.</summary>
    [JsonStringEnumMemberName("documents")] Documents,

    /// <summary>Reads and writes the profile.</summary>
    [JsonStringEnumMemberName("profile")] Profile,

    /// <summary>The credential store.</summary>
    [JsonStringEnumMemberName("credentials")] Credentials,

    /// <summary>The file system and credentials at large.</summary>
    [JsonStringEnumMemberName("wide")] Wide,
}

/// <summary>What kind of tool an app is; the last two always go to the CAB.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ToolCategory>))]
public enum ToolCategory
{
    /// <summary>Anything else.</summary>
    [JsonStringEnumMemberName("standard")] Standard,

    /// <summary>A security tool.</summary>
    [JsonStringEnumMemberName("security")] Security,

    /// <summary>An administration tool.</summary>
    [JsonStringEnumMemberName("administration")] Administration,
}

/// <summary>Verified build provenance.</summary>
/// <param name="Verdict">What verification found; only <see cref="ProvenanceVerdict.Verified"/> is worth trust.</param>
/// <param name="BuilderId">The SLSA builder id.</param>
/// <param name="BuildType">The SLSA build type.</param>
/// <param name="KeyId">Which configured key verified it.</param>
/// <param name="Reason">Why the verdict is what it is.</param>
public sealed record ProvenanceFacts(ProvenanceVerdict Verdict, string? BuilderId, string? BuildType, string? KeyId, string Reason);

/// <summary>What verification of a provenance statement found.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ProvenanceVerdict>))]
public enum ProvenanceVerdict
{
    /// <summary>Well-formed and its subject is the artifact, but no configured key signed it.</summary>
    [JsonStringEnumMemberName("unverified")] Unverified,

    /// <summary>A configured key signed it and its subject is the artifact.</summary>
    [JsonStringEnumMemberName("verified")] Verified,

    /// <summary>Its subject is another file.</summary>
    [JsonStringEnumMemberName("subject_mismatch")] SubjectMismatch,

    /// <summary>A configured key is named and its signature is wrong.</summary>
    [JsonStringEnumMemberName("bad_signature")] BadSignature,
}

/// <summary>Test results summed over all reports.</summary>
public sealed record TestFacts(int Total, int Passed, int Failed, int Skipped);

/// <summary>Devices of a lab run before submission; from <c>$.lab_results</c>. Counts are 0 or more.</summary>
public sealed record LabResults(long Targeted, long Succeeded, long Failed, long Pending, long NotApplicable, int ObservedHours);

/// <summary>A rollback plan.</summary>
/// <param name="TargetVersion">The version to go back to.</param>
/// <param name="ValidatedAt">When it was tried.</param>
/// <param name="ValidatedBy">Who tried it.</param>
/// <param name="Result">passed or failed; the plan is validated only when passed.</param>
public sealed record RollbackPlanFacts(string? TargetVersion, DateTimeOffset? ValidatedAt, string? ValidatedBy, string? Result)
{
    /// <summary>Tried, with success.</summary>
    [JsonIgnore]
    public bool IsValidated => ValidatedAt is not null && Result == "passed";
}

/// <summary>What the pipeline says about the build.</summary>
/// <param name="RequestedBy">The human on whose behalf it submits; involved, so never votes.</param>
public sealed record BuildInfoFacts(string? Builder, string? Commit, string? RunUrl, DateTimeOffset? Timestamp, PersonId? RequestedBy);

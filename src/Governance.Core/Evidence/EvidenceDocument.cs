using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Governance.Core.Evidence.Attestations;
using Governance.Core.Evidence.Document;
using Governance.Core.Evidence.Sboms;
using Governance.Core.Evidence.Scans;

namespace Governance.Core.Evidence;

/// <summary>
/// The <c>evidence</c> object of a stored pack, read and validated. Every part is optional; what is missing is null or empty.
/// The files it only names are read by <see cref="EvidenceAssembly"/>.
/// </summary>
public sealed record EvidenceDocument
{
    /// <summary>From <c>$.artifact</c>.</summary>
    public ArtifactFacts? Artifact { get; init; }

    /// <summary>From <c>$.install</c>.</summary>
    public InstallFacts? Install { get; init; }

    /// <summary>From <c>$.signature</c>; a claim of the pipeline.</summary>
    public SignatureFacts? Signature { get; init; }

    /// <summary>From <c>$.behaviour</c>.</summary>
    public BehaviourFacts? Behaviour { get; init; }

    /// <summary>From <c>$.lab_results</c>.</summary>
    public LabResults? LabResults { get; init; }

    /// <summary>Whether <c>$.rollout_plan</c> holds anything.</summary>
    public bool HasRolloutPlan { get; init; }

    /// <summary>From <c>$.rollback_plan</c>.</summary>
    public RollbackPlanFacts? RollbackPlan { get; init; }

    /// <summary>From <c>$.build_info</c>.</summary>
    public BuildInfoFacts? BuildInfo { get; init; }

    /// <summary>Uploads that parts name by digest instead of holding them, in document order; the artifact is not among them.</summary>
    public ImmutableArray<EvidenceFileReference> Files { get; init; } = [];

    /// <summary>From an inline <c>$.sbom</c>.</summary>
    internal SbomDocument? Sbom { get; init; }

    /// <summary>From inline <c>$.scan_results</c>.</summary>
    internal ImmutableArray<ScanReport> Scans { get; init; } = [];

    /// <summary>From inline <c>$.tests</c>.</summary>
    internal ImmutableArray<TestFacts> Tests { get; init; } = [];

    /// <summary>From inline <c>$.vex</c>.</summary>
    internal ImmutableArray<ReadVex> Vex { get; init; } = [];

    /// <summary>From inline <c>$.provenance</c>.</summary>
    internal ImmutableArray<Provenance> Provenance { get; init; } = [];

    /// <summary>Reads the object, at most 16 MiB of UTF-8 JSON. Unknown properties are ignored, wrong types and limits are errors; nothing is thrown.</summary>
    /// <param name="utf8">The object's bytes as received.</param>
    /// <param name="cancellation">Ends a long reading with <see cref="OperationCanceledException"/>.</param>
    public static EvidenceParsing Parse(ReadOnlySequence<byte> utf8, CancellationToken cancellation = default) =>
        new DocumentReader(cancellation).Read(utf8);
}

/// <summary>What came of reading an evidence document.</summary>
/// <param name="Document">Null when there are errors.</param>
/// <param name="Problems">All of them, with their JSON paths.</param>
public sealed record EvidenceParsing(EvidenceDocument? Document, EvidenceProblems Problems);

/// <summary>A part of the evidence that is an uploaded file.</summary>
/// <param name="Kind">Which part.</param>
/// <param name="Sha256">The upload's digest.</param>
/// <param name="Path">Where the document names it, for messages.</param>
/// <param name="ScannedAt">For a scan: when it ran, where the document says so.</param>
public sealed record EvidenceFileReference(EvidenceFileKind Kind, Digest Sha256, string Path, DateTimeOffset? ScannedAt = null);

/// <summary>The kinds of files that a pack holds; the words stand in its manifest.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EvidenceFileKind>))]
public enum EvidenceFileKind
{
    /// <summary>The inline document itself, in canonical form.</summary>
    [JsonStringEnumMemberName("evidence")] Evidence,

    /// <summary>The installer package.</summary>
    [JsonStringEnumMemberName("artifact")] Artifact,

    /// <summary>A CycloneDX or SPDX document.</summary>
    [JsonStringEnumMemberName("sbom")] Sbom,

    /// <summary>A scanner's report.</summary>
    [JsonStringEnumMemberName("scan")] Scan,

    /// <summary>A signed provenance statement.</summary>
    [JsonStringEnumMemberName("provenance")] Provenance,

    /// <summary>A VEX document.</summary>
    [JsonStringEnumMemberName("vex")] Vex,

    /// <summary>A test report.</summary>
    [JsonStringEnumMemberName("tests")] Tests,
}

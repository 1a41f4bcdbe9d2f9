using System.Collections.Immutable;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Evidence;
using Governance.Core.Policy;

namespace Governance.Core.Tests.Policy;

/// <summary>Evidence and requests with harmless defaults; a test states only what it is about.</summary>
internal static class Pack
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 3, 12, 0, 0, TimeSpan.Zero);
    public static readonly PersonId Alice = new(new Guid("00000000-0000-4000-8000-00000000000a"));
    public static readonly PersonId Pipeline = new(new Guid("00000000-0000-4000-8000-0000000000ff"));
    public static readonly Guid Exception1 = new("00000000-0000-4000-8000-0000000000e1");
    public static readonly Guid Exception2 = new("00000000-0000-4000-8000-0000000000e2");

    public static readonly InstallFacts Install = new()
    {
        Command = "setup.exe /quiet",
        UninstallCommand = "setup.exe /remove",
        Context = InstallContext.User,
        Elevation = Elevation.None,
        Service = false,
        KernelDriver = false,
        Reboot = RebootKind.None,
        Minutes = 2,
        OfflineImport = false,
        Sequenced = false,
        Detection = [new(DetectionType.File, @"C:\Program Files\App", "app.exe", null, null)],
    };

    public static readonly SignatureFacts Signed = new(SignatureStatus.Valid, "CN=Contoso", true, true);

    public static readonly BehaviourFacts Quiet = new(ListenerKind.None, false, DataAccess.Own, ToolCategory.Standard);

    public static readonly ProvenanceFacts Proven =
        new(ProvenanceVerdict.Verified, "https://ci.example/builder", "https://slsa.dev/container-based-build/v0.1", "key-1", "verified");

    /// <summary>A complete pack of a harmless app: score 16 in LAB with no history.</summary>
    public static readonly EvidenceFacts Harmless = new()
    {
        PackId = new(new Guid("00000000-0000-4000-8000-000000000001")),
        PackDigest = Digest.Of("pack"u8),
        AppName = "Editor",
        Version = "1.2.3",
        StoredAt = Noon.AddDays(-1),
        StoredBy = Pipeline,
        Artifact = new(Digest.Of("artifact"u8), 8, "editor.intunewin"),
        Install = Install,
        Signature = Signed,
        Behaviour = Quiet,
        Sbom = Sbom(new SbomComponent("left-pad", "1.3.0", "pkg:npm/left-pad@1.3.0", ["MIT"])),
        Scan = Scan(new(0, 0, 0, 0)),
        Provenance = Proven,
        Tests = new(10, 10, 0, 0),
        HasRolloutPlan = true,
        RollbackPlan = new("1.2.2", Noon.AddDays(-2), "Bob", "passed"),
    };

    /// <summary>A pack in which nothing is stated.</summary>
    public static EvidenceFacts Empty => new()
    {
        PackId = Harmless.PackId,
        PackDigest = Harmless.PackDigest,
        AppName = Harmless.AppName,
        Version = Harmless.Version,
        StoredAt = Harmless.StoredAt,
        StoredBy = Harmless.StoredBy,
    };

    public static AppHistory NoHistory => AppHistory.None(Noon);

    public static SbomFacts Sbom(params SbomComponent[] components) => new("cyclonedx", "1.6", [.. components], []);

    public static ScanFacts Scan(SeverityCounts counts, DateTimeOffset? scannedAt = null) => new([], counts, [], scannedAt ?? Noon.AddDays(-1), ["trivy"]);

    public static ScanFacts ScanOf(params Finding[] findings) => new(
        [.. findings],
        new(Count(findings, Severity.Critical), Count(findings, Severity.High), Count(findings, Severity.Medium), Count(findings, Severity.Low), Count(findings, Severity.Informational), Count(findings, Severity.Unknown)),
        [],
        Noon.AddDays(-1),
        ["trivy"]);

    public static Finding Finding(string id, Severity severity, params string[] aliases) => new(id, [.. aliases], severity, "pkg:npm/left-pad@1.3.0", 0, []);

    public static ApprovedException Except(Guid id, params string[] findings) => new(id, [.. findings], null, Noon.AddDays(30));

    public static PolicyCheckRequest Request(EvidenceFacts? facts, Ring ring = Ring.Lab) => new()
    {
        At = Noon,
        TargetRing = ring,
        SubmittedBy = Actor.User(Alice),
        Evidence = facts,
        History = NoHistory,
    };

    public static PolicyInputs Inputs(EvidenceFacts? facts, Ring ring = Ring.Lab) => PolicyCheck.Read(Request(facts, ring), PolicySet.V1);

    /// <summary>The named factor of the score of this request.</summary>
    public static RiskFactor Factor(string name, PolicyCheckRequest request) =>
        RiskModel.V1.Score(PolicyCheck.Read(request, PolicySet.V1)).Factors.Single(factor => factor.Name == name);

    public static RiskFactor Factor(string name, EvidenceFacts? facts) => Factor(name, Request(facts));

    private static int Count(Finding[] findings, Severity severity) => findings.Count(finding => finding.Severity == severity);
}

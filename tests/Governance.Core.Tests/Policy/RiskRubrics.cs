using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Core.Policy;

namespace Governance.Core.Tests.Policy;

public sealed class RiskRubrics
{
    [Theory]
    [InlineData(InstallContext.User, Elevation.None, false, false, 20, "user context, no elevation")]
    [InlineData(InstallContext.User, Elevation.Optional, false, false, 50, "user context, optional administrator features")]
    [InlineData(InstallContext.User, Elevation.Required, false, false, 70, "an administrator installs it, it runs as the user")]
    [InlineData(InstallContext.User, Elevation.None, true, false, 100, "service, or runs elevated")]
    [InlineData(InstallContext.System, Elevation.None, false, false, 100, "service, or runs elevated")]
    [InlineData(InstallContext.User, Elevation.None, false, true, 100, "kernel driver or system extension")]
    [InlineData(null, null, null, true, 100, "kernel driver or system extension")]
    [InlineData(null, null, true, null, 100, "service, or runs elevated")]
    [InlineData(InstallContext.User, Elevation.None, false, null, 100, "install.kernel_driver is not stated, so the worst value counts")]
    [InlineData(InstallContext.User, Elevation.None, null, false, 100, "install.service is not stated, so the worst value counts")]
    [InlineData(null, Elevation.None, false, false, 100, "install.context is not stated, so the worst value counts")]
    [InlineData(InstallContext.User, null, false, false, 100, "install.elevation is not stated, so the worst value counts")]
    public void Privilege_impact_follows_its_rubric(InstallContext? context, Elevation? elevation, bool? service, bool? driver, int value, string reason)
    {
        var factor = Pack.Factor("privilege_impact", Pack.Harmless with
        {
            Install = Pack.Install with { Context = context, Elevation = elevation, Service = service, KernelDriver = driver },
        });

        Assert.Equal((value, 20, value * 20, reason), (factor.Value, factor.Weight, factor.Contribution, factor.Reason));
        Assert.StartsWith("$.install.", factor.EvidencePath, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SignatureStatus.Valid, true, ProvenanceVerdict.Verified, 10, "signed, known vendor, verified provenance")]
    [InlineData(SignatureStatus.Valid, true, ProvenanceVerdict.Unverified, 30, "signed, known vendor, provenance that no configured key signed")]
    [InlineData(SignatureStatus.Valid, true, ProvenanceVerdict.SubjectMismatch, 30, "signed, known vendor, provenance of another file")]
    [InlineData(SignatureStatus.Valid, true, ProvenanceVerdict.BadSignature, 30, "signed, known vendor, provenance with a wrong signature")]
    [InlineData(SignatureStatus.Valid, true, null, 30, "signed, known vendor, no provenance")]
    [InlineData(SignatureStatus.Valid, false, ProvenanceVerdict.Verified, 40, "signed, unknown vendor")]
    [InlineData(SignatureStatus.Valid, null, null, 40, "signed, unknown vendor")]
    [InlineData(SignatureStatus.SelfSigned, true, ProvenanceVerdict.Verified, 70, "self-signed, or unsigned with known origin")]
    [InlineData(SignatureStatus.None, false, ProvenanceVerdict.Verified, 70, "self-signed, or unsigned with known origin")]
    [InlineData(SignatureStatus.None, true, ProvenanceVerdict.Unverified, 90, "unsigned, uncertain origin")]
    [InlineData(SignatureStatus.None, false, null, 90, "unsigned, uncertain origin")]
    [InlineData(null, true, ProvenanceVerdict.Verified, 90, "signature.status is not stated, so the worst value counts")]
    public void Supply_chain_trust_follows_its_rubric(SignatureStatus? status, bool? known, ProvenanceVerdict? provenance, int value, string reason)
    {
        var factor = Pack.Factor("supply_chain_trust", Pack.Harmless with
        {
            Signature = new(status, "CN=Contoso", known, true),
            Provenance = provenance is { } verdict ? Pack.Proven with { Verdict = verdict } : null,
        });

        Assert.Equal((value, 15, value * 15, reason), (factor.Value, factor.Weight, factor.Contribution, factor.Reason));
    }

    [Theory]
    [InlineData(ListenerKind.None, false, 20, "no listener, no scripting")]
    [InlineData(ListenerKind.Unprivileged, false, 50, "listener on an unprivileged port")]
    [InlineData(ListenerKind.None, true, 60, "scripting or macros")]
    [InlineData(ListenerKind.Unprivileged, true, 80, "listener and scripting")]
    [InlineData(ListenerKind.Privileged, false, 100, "privileged listener")]
    [InlineData(ListenerKind.Privileged, true, 100, "privileged listener")]
    [InlineData(ListenerKind.Privileged, null, 100, "privileged listener")]
    [InlineData(ListenerKind.None, null, 100, "behaviour.scripting is not stated, so the worst value counts")]
    [InlineData(null, false, 100, "behaviour.listener is not stated, so the worst value counts")]
    public void Exploitability_follows_its_rubric(ListenerKind? listener, bool? scripting, int value, string reason)
    {
        var factor = Pack.Factor("exploitability", Pack.Harmless with { Behaviour = Pack.Quiet with { Listener = listener, Scripting = scripting } });

        Assert.Equal((value, 10, value * 10, reason), (factor.Value, factor.Weight, factor.Contribution, factor.Reason));
    }

    [Theory]
    [InlineData(DataAccess.Own, 10, "own data only")]
    [InlineData(DataAccess.Documents, 40, "reads user documents")]
    [InlineData(DataAccess.Profile, 60, "reads and writes the profile")]
    [InlineData(DataAccess.Credentials, 90, "credential store")]
    [InlineData(DataAccess.Wide, 100, "wide file system and credentials")]
    [InlineData(null, 100, "behaviour.data_access is not stated, so the worst value counts")]
    public void Data_access_follows_its_rubric(DataAccess? access, int value, string reason) => Assert.Equal(
        new RiskFactor("data_access", value, 10, value * 10, reason, "$.behaviour.data_access"),
        Pack.Factor("data_access", Pack.Harmless with { Behaviour = Pack.Quiet with { DataAccess = access } }));

    [Theory]
    [InlineData(0, 0, 0, 0, 0, 0, 0, "no finding")]
    [InlineData(0, 0, 0, 1, 0, 0, 30, "low or medium only: 1 findings")]
    [InlineData(0, 0, 2, 1, 0, 0, 30, "low or medium only: 3 findings")]
    [InlineData(0, 0, 0, 0, 1, 0, 30, "low or medium only: 1 findings")]
    [InlineData(0, 0, 0, 0, 0, 1, 30, "low or medium only: 1 findings")]
    [InlineData(0, 1, 5, 0, 0, 0, 70, "high, no critical: 1 high findings")]
    [InlineData(1, 1, 5, 0, 0, 0, 100, "critical without an exception: 1 of 1 critical findings")]
    public void Vulnerabilities_follow_their_rubric(int critical, int high, int medium, int low, int informational, int unknown, int value, string reason) => Assert.Equal(
        new RiskFactor("sbom_vulnerability", value, 15, value * 15, reason, "$.scan_results"),
        Pack.Factor("sbom_vulnerability", Pack.Harmless with { Scan = Pack.Scan(new(critical, high, medium, low, informational, unknown)) }));

    [Fact]
    public void A_critical_finding_under_an_exception_weighs_less_than_one_without()
    {
        var facts = Pack.Harmless with { Scan = Pack.ScanOf(Pack.Finding("CVE-2026-1", Severity.Critical), Pack.Finding("CVE-2026-2", Severity.Critical)) };

        var one = Pack.Factor("sbom_vulnerability", Pack.Request(facts) with { Exceptions = [Pack.Except(Pack.Exception1, "CVE-2026-1")] });
        var both = Pack.Factor("sbom_vulnerability", Pack.Request(facts) with { Exceptions = [Pack.Except(Pack.Exception1, "cve-2026-1", "CVE-2026-2")] });

        Assert.Equal((100, "critical without an exception: 1 of 2 critical findings"), (one.Value, one.Reason));
        Assert.Equal((90, "critical under an approved exception: all 2 critical findings"), (both.Value, both.Reason));
    }

    [Theory]
    [InlineData(false, true, "no SBOM, so the worst value counts", "$.sbom")]
    [InlineData(true, false, "no scan, so the worst value counts", "$.scan_results")]
    [InlineData(false, false, "no SBOM and no scan, so the worst value counts", "$.sbom")]
    public void Without_SBOM_or_scan_vulnerabilities_take_the_worst_value(bool sbom, bool scan, string reason, string path) => Assert.Equal(
        new RiskFactor("sbom_vulnerability", 100, 15, 1500, reason, path),
        Pack.Factor("sbom_vulnerability", Pack.Harmless with { Sbom = sbom ? Pack.Harmless.Sbom : null, Scan = scan ? Pack.Harmless.Scan : null }));

    [Theory]
    [InlineData(Ring.Lab, null, 10)]
    [InlineData(Ring.Canary, null, 30)]
    [InlineData(Ring.Pilot, null, 50)]
    [InlineData(Ring.Department, null, 70)]
    [InlineData(Ring.Global, null, 100)]
    [InlineData(Ring.Lab, 0L, 10)]
    [InlineData(Ring.Lab, 9L, 10)]
    [InlineData(Ring.Lab, 10L, 30)]
    [InlineData(Ring.Lab, 11L, 30)]
    [InlineData(Ring.Lab, 99L, 30)]
    [InlineData(Ring.Lab, 100L, 50)]
    [InlineData(Ring.Lab, 101L, 50)]
    [InlineData(Ring.Lab, 999L, 50)]
    [InlineData(Ring.Lab, 1000L, 70)]
    [InlineData(Ring.Lab, 1001L, 70)]
    [InlineData(Ring.Lab, 9999L, 70)]
    [InlineData(Ring.Lab, 10000L, 70)]
    [InlineData(Ring.Lab, 10001L, 100)]
    [InlineData(Ring.Global, 3L, 100)]
    [InlineData(Ring.Pilot, 12L, 50)]
    public void Blast_radius_is_the_larger_of_ring_and_devices(Ring ring, long? devices, int value) =>
        Assert.Equal(value, Pack.Factor("blast_radius", Pack.Request(Pack.Harmless, ring) with { DeviceCount = devices }).Value);

    [Theory]
    [InlineData(Ring.Lab, 12)]
    [InlineData(Ring.Canary, 36)]
    [InlineData(Ring.Pilot, 60)]
    [InlineData(Ring.Department, 84)]
    [InlineData(Ring.Global, 100)]
    public void Critical_devices_weigh_a_fifth_more_and_never_above_one(Ring ring, int value)
    {
        var factor = Pack.Factor("blast_radius", Pack.Request(Pack.Harmless, ring) with { Criticality = Criticality.Critical });

        Assert.Equal((value, $"{ring.WireName()}, no device count stated, × 120 % for critical devices"), (factor.Value, factor.Reason));
    }

    [Theory]
    [InlineData(Criticality.Low)]
    [InlineData(Criticality.Standard)]
    [InlineData(Criticality.High)]
    public void Other_criticalities_do_not_change_the_blast_radius(Criticality criticality) =>
        Assert.Equal(70, Pack.Factor("blast_radius", Pack.Request(Pack.Harmless, Ring.Department) with { Criticality = criticality }).Value);

    [Fact]
    public void Blast_radius_names_the_device_count_where_that_decides()
    {
        var factor = Pack.Factor("blast_radius", Pack.Request(Pack.Harmless, Ring.Canary) with { DeviceCount = 5000 });

        Assert.Equal(new RiskFactor("blast_radius", 70, 10, 700, "CANARY with 5000 devices", "deployment.scope.device_count"), factor);
    }

    [Theory]
    [InlineData(false, RebootKind.None, false, 0, 10, "online, no reboot, less than 5 minutes")]
    [InlineData(false, RebootKind.None, false, 4, 10, "online, no reboot, less than 5 minutes")]
    [InlineData(false, RebootKind.None, false, 5, 30, "online, no reboot, 5 to 15 minutes")]
    [InlineData(false, RebootKind.None, false, 6, 30, "online, no reboot, 5 to 15 minutes")]
    [InlineData(false, RebootKind.None, false, 14, 30, "online, no reboot, 5 to 15 minutes")]
    [InlineData(false, RebootKind.None, false, 15, 30, "online, no reboot, 5 to 15 minutes")]
    [InlineData(false, RebootKind.None, false, 16, 50, "no reboot, 16 minutes")]
    [InlineData(false, RebootKind.User, false, 2, 50, "reboot by the user")]
    [InlineData(false, RebootKind.User, false, null, 50, "reboot by the user")]
    [InlineData(false, RebootKind.User, true, 2, 70, "reboot and sequencing")]
    [InlineData(false, RebootKind.Forced, true, 2, 70, "reboot and sequencing")]
    [InlineData(false, RebootKind.Forced, false, 2, 70, "forced reboot")]
    [InlineData(false, RebootKind.None, true, 2, 70, "sequencing")]
    [InlineData(true, RebootKind.User, true, 2, 100, "offline import")]
    [InlineData(true, null, null, null, 100, "offline import")]
    [InlineData(null, RebootKind.None, false, 2, 100, "install.offline_import is not stated, so the worst value counts")]
    [InlineData(false, null, false, 2, 100, "install.reboot is not stated, so the worst value counts")]
    [InlineData(false, RebootKind.None, null, 2, 100, "install.sequenced is not stated, so the worst value counts")]
    [InlineData(false, RebootKind.None, false, null, 100, "install.minutes is not stated, so the worst value counts")]
    public void Operational_complexity_follows_its_rubric(bool? offline, RebootKind? reboot, bool? sequenced, int? minutes, int value, string reason)
    {
        var factor = Pack.Factor("operational_complexity", Pack.Harmless with
        {
            Install = Pack.Install with { OfflineImport = offline, Reboot = reboot, Sequenced = sequenced, Minutes = minutes },
        });

        Assert.Equal((value, 10, value * 10, reason), (factor.Value, factor.Weight, factor.Contribution, factor.Reason));
    }

    [Theory]
    [InlineData(Connectivity.Online, 10, "online, no reboot, less than 5 minutes", "$.install.minutes")]
    [InlineData(Connectivity.Intermittent, 50, "devices that are not always online", "deployment.scope.connectivity")]
    [InlineData(Connectivity.AirGapped, 100, "offline import, as the devices are air-gapped", "deployment.scope.connectivity")]
    public void Devices_that_are_not_online_make_installing_complex(Connectivity connectivity, int value, string reason, string path) => Assert.Equal(
        new RiskFactor("operational_complexity", value, 10, value * 10, reason, path),
        Pack.Factor("operational_complexity", Pack.Request(Pack.Harmless) with { Connectivity = connectivity }));

    [Theory]
    [InlineData(0, 0, 0, 0, 0, 0, 50)]
    [InlineData(10, 0, 0, 0, 0, 0, 10)]
    [InlineData(991, 9, 0, 0, 0, 0, 10)]
    [InlineData(990, 10, 0, 0, 0, 0, 30)]
    [InlineData(989, 11, 0, 0, 0, 0, 30)]
    [InlineData(951, 49, 0, 0, 0, 0, 30)]
    [InlineData(950, 50, 0, 0, 0, 0, 30)]
    [InlineData(949, 51, 0, 0, 0, 0, 60)]
    [InlineData(901, 99, 0, 0, 0, 0, 60)]
    [InlineData(900, 100, 0, 0, 0, 0, 60)]
    [InlineData(899, 101, 0, 0, 0, 0, 90)]
    [InlineData(0, 1, 0, 0, 0, 0, 90)]
    [InlineData(10, 0, 1, 0, 0, 0, 30)]
    [InlineData(10, 0, 0, 1, 0, 0, 60)]
    [InlineData(10, 0, 0, 0, 1, 0, 90)]
    [InlineData(10, 0, 0, 0, 0, 1, 100)]
    [InlineData(0, 0, 1, 0, 0, 0, 30)]
    [InlineData(0, 0, 9, 9, 9, 1, 100)]
    [InlineData(1, 1, 1, 0, 0, 0, 90)]
    [InlineData(96, 4, 0, 0, 1, 0, 90)]
    [InlineData(long.MaxValue / 2, 0, 0, 0, 0, 0, 10)]
    public void History_is_the_worse_of_success_and_incidents(long completed, long failed, int minor, int moderate, int major, int security, int value) =>
        Assert.Equal(value, Pack.Factor("history", Pack.Request(Pack.Harmless) with { History = new(completed, failed, new(minor, moderate, major, security), Pack.Noon) }).Value);

    [Fact]
    public void History_tells_its_figures() => Assert.Equal(
        new RiskFactor("history", 60, 10, 600, "moderate incident, or 90 to 95 % success: 47 of 50 rollouts completed, incidents: 2 minor, 0 moderate, 0 major, 0 security", "app_history"),
        Pack.Factor("history", Pack.Request(Pack.Harmless) with { History = new(47, 3, new(2, 0, 0, 0), Pack.Noon) }));
}

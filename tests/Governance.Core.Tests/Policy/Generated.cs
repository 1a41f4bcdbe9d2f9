using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Evidence;
using Governance.Core.Policy;
using Governance.Testing;

namespace Governance.Core.Tests.Policy;

/// <summary>Requests of every kind, from a fixed seed: parts that are there or not, every word of every vocabulary.</summary>
internal static class Generated
{
    /// <summary>Runs a property over generated requests.</summary>
    public static void Check(Action<PolicyCheckRequest> property, int runs = 200) => global::FsCheck.Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(runs).WithReplay(20260303UL, 77UL),
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => property(Request(seed))));

    public static PolicyCheckRequest Request(int seed)
    {
        var s = new Seeded(seed);
        return new()
        {
            At = Pack.Noon,
            TargetRing = s.Pick(Rings.All),
            SubmittedBy = s.Next(0, 2) == 0 ? Actor.User(Pack.Alice) : Actor.App(Pack.Pipeline),
            Evidence = s.Next(0, 10) == 0 ? null : Facts(s),
            DeviceCount = Maybe(s, () => (long)s.Pick([0, 9, 10, 99, 100, 999, 1000, 10000, 10001])),
            Criticality = s.Pick(Enum.GetValues<Criticality>()),
            Connectivity = s.Pick(Enum.GetValues<Connectivity>()),
            Urgency = s.Pick(Enum.GetValues<Urgency>()),
            History = new(s.Next(0, 200), s.Next(0, 12), new(s.Next(0, 2), s.Next(0, 2), s.Next(0, 2), s.Next(0, 2)), Pack.Noon),
            Exceptions = [.. Enumerable.Range(0, s.Next(0, 3)).Select(_ => new ApprovedException(s.NextGuid(), [$"CVE-2026-{s.Next(0, 6)}"], null, Pack.Noon.AddDays(s.Next(-1, 3))))],
        };
    }

    private static EvidenceFacts Facts(Seeded s) => Pack.Empty with
    {
        Artifact = MaybeRef(s, () => Pack.Harmless.Artifact!),
        Install = MaybeRef(s, () => new InstallFacts
        {
            Command = MaybeRef(s, () => "setup.exe"),
            UninstallCommand = MaybeRef(s, () => "setup.exe /x"),
            Context = Maybe(s, () => s.Pick(Enum.GetValues<InstallContext>())),
            Elevation = Maybe(s, () => s.Pick(Enum.GetValues<Elevation>())),
            Service = Maybe(s, () => s.Next(0, 4) == 0),
            KernelDriver = Maybe(s, () => s.Next(0, 4) == 0),
            Reboot = Maybe(s, () => s.Pick(Enum.GetValues<RebootKind>())),
            Minutes = Maybe(s, () => s.Next(0, 20)),
            OfflineImport = Maybe(s, () => s.Next(0, 4) == 0),
            Sequenced = Maybe(s, () => s.Next(0, 4) == 0),
            Detection = s.Next(0, 3) == 0 ? [] : Pack.Install.Detection,
        }),
        Signature = MaybeRef(s, () => new SignatureFacts(
            Maybe(s, () => s.Pick(Enum.GetValues<SignatureStatus>())), "CN=Contoso", Maybe(s, () => s.Next(0, 2) == 0), null)),
        Behaviour = MaybeRef(s, () => new BehaviourFacts(
            Maybe(s, () => s.Pick(Enum.GetValues<ListenerKind>())),
            Maybe(s, () => s.Next(0, 2) == 0),
            Maybe(s, () => s.Pick(Enum.GetValues<DataAccess>())),
            Maybe(s, () => s.Pick(Enum.GetValues<ToolCategory>())))),
        Sbom = MaybeRef(s, () => Pack.Sbom([.. Enumerable.Range(0, s.Next(0, 6)).Select(i => new SbomComponent(
            $"package-{s.Next(0, 4)}", MaybeRef(s, () => $"{s.Next(0, 4)}.{s.Next(0, 10)}.0"), MaybeRef(s, () => $"pkg:npm/package-{s.Next(0, 4)}"), [s.Pick(["MIT", "GPL-2.0", "NOASSERTION", "GPL-3.0-only OR MIT"])]))])),
        Scan = MaybeRef(s, () => Scan(s)),
        Provenance = MaybeRef(s, () => Pack.Proven with { Verdict = s.Pick(Enum.GetValues<ProvenanceVerdict>()) }),
        Tests = MaybeRef(s, () => new TestFacts(10, s.Next(0, 2) * 9, s.Next(0, 2), 0)),
        HasRolloutPlan = s.Next(0, 2) == 0,
        RollbackPlan = MaybeRef(s, () => new RollbackPlanFacts("1.2.2", Pack.Noon, "Bob", s.Pick(["passed", "failed"]))),
        BuildInfo = MaybeRef(s, () => new BuildInfoFacts("ci", null, null, null, Maybe(s, () => Pack.Alice))),
    };

    private static ScanFacts Scan(Seeded s)
    {
        var findings = Enumerable.Range(0, s.Next(0, 5))
            .Select(i => Pack.Finding($"CVE-2026-{i}", s.Pick(Enum.GetValues<Severity>())))
            .OrderByDescending(finding => finding.Severity);
        return Pack.ScanOf([.. findings]) with { ScannedAt = Maybe(s, () => Pack.Noon.AddDays(-s.Next(0, 60))) };
    }

    private static T? Maybe<T>(Seeded s, Func<T> make)
        where T : struct => s.Next(0, 5) == 0 ? null : make();

    private static T? MaybeRef<T>(Seeded s, Func<T> make)
        where T : class => s.Next(0, 6) == 0 ? null : make();
}

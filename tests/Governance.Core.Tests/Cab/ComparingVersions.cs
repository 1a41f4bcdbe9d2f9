using System.Collections.Immutable;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Core.Policy;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Cab;

public sealed class ComparingVersions
{
    private static readonly DeploymentState Before = Approved().State;
    private static readonly DeploymentState Now = AwaitingCab(2).State with { Id = Sample.OtherId };

    [Fact]
    public void Scores_factors_and_the_package_are_compared()
    {
        var now = Now with { Check = Now.Check! with { Factors = [Factor("privilege_impact", 2_000), Factor("history", 300)] } };

        var comparison = VersionComparison.Of(now, null, Before, null)!;

        Assert.Equal((Before.Id, "24.09", 60, 80, true), (comparison.Before.Id, comparison.Before.Version, comparison.ScoreBefore, comparison.Score, comparison.SamePackage));
        Assert.Equal(
            [new FactorChange("privilege_impact", 1_400, 2_000, "Because."), new FactorChange("history", 0, 300, "Because.")], comparison.Factors);
        Assert.Null(comparison.Components);
        Assert.Null(comparison.Findings);
        Assert.Empty(comparison.Scope);
    }

    [Fact]
    public void What_was_never_checked_or_never_approved_is_not_compared()
    {
        Assert.Null(VersionComparison.Of(Pending().State, null, Before, null));
        Assert.Null(VersionComparison.Of(Now, null, AwaitingCab().State, null));
        Assert.Null(VersionComparison.Of(Now, null, Pending().State, null));
    }

    [Fact]
    public void Components_are_the_same_whatever_their_version_and_new_or_gone_by_name()
    {
        var before = Facts(Component("zlib", "1.2"), Component("left-pad", "1.0"), Component("core", "7.0", "pkg:npm/%40babel/core@7.0"), Component("twice", "1"), Component("twice", "2"));
        var now = Facts(Component("zlib", "1.3"), Component("openssl", null), Component("core", "7.0", "pkg:npm/%40babel/core@7.0?arch=x"), Component("twice", "2"), Component("twice", "1"));

        var changes = VersionComparison.Of(Now, now, Before, before)!.Components!;

        Assert.Equal([new NamedVersion("openssl", string.Empty)], changes.Added);
        Assert.Equal([new NamedVersion("left-pad", "1.0")], changes.Removed);
        Assert.Equal([new VersionChange("zlib", "1.2", "1.3")], changes.Changed);
        Assert.Equal((1, 1, 1, false), (changes.AddedCount, changes.RemovedCount, changes.ChangedCount, changes.None));
        Assert.True(VersionComparison.Of(Now, now, Before, now)!.Components!.None);
    }

    [Fact]
    public void Long_lists_are_cut_and_counted()
    {
        var many = Facts([.. Enumerable.Range(0, 250).Select(number => Component($"c{number:000}", "1"))]);

        var changes = VersionComparison.Of(Now, many, Before, Facts(Component("a", "1")))!.Components!;

        Assert.Equal((250, ComponentChanges.Most, "c000"), (changes.AddedCount, changes.Added.Count, changes.Added[0].Name));
    }

    [Fact]
    public void A_finding_is_the_same_under_any_of_its_names()
    {
        var before = Facts() with { Scan = Scan(Finding("GHSA-1", Severity.High, "CVE-1"), Finding("CVE-2", Severity.Low)) };
        var now = Facts() with { Scan = Scan(Finding("CVE-1", Severity.High), Finding("CVE-3", Severity.Medium), Finding("CVE-4", Severity.Critical)) };

        var changes = VersionComparison.Of(Now, now, Before, before)!.Findings!;

        Assert.Equal(["CVE-4", "CVE-3"], changes.Added.Select(finding => finding.Id));
        Assert.Equal(["CVE-2"], changes.Resolved.Select(finding => finding.Id));
        Assert.Equal((2, 1), (changes.AddedCount, changes.ResolvedCount));
        Assert.False(changes.None);
    }

    [Fact]
    public void Counts_without_findings_cannot_be_compared_with_a_list()
    {
        var counts = Facts() with { Scan = new([], new(1, 0, 0, 0), [], null, []) };

        Assert.Null(VersionComparison.Of(Now, counts, Before, Facts() with { Scan = Scan(Finding("CVE-1", Severity.Low)) })!.Findings);
        Assert.True(VersionComparison.Of(Now, Facts() with { Scan = Scan() }, Before, Facts() with { Scan = Scan() })!.Findings!.None);
    }

    [Fact]
    public void Everything_that_reaches_other_devices_is_told()
    {
        var before = Before with { Request = Sample.Request(Ring.Lab, Ring.Canary) };
        var scope = Now.Request.Scope;
        var lab = scope.Rings[0] with
        {
            GroupIds = [Guid.Empty],
            ExcludedGroupIds = [Guid.Empty],
            DeviceCount = 1_200,
            Connectivity = Connectivity.AirGapped,
        };
        var now = Now with { Request = Now.Request with { Scope = scope with { Rings = [lab, .. scope.Rings.Skip(1)], Criticality = Criticality.Critical } } };

        Assert.Equal(
            [
                "Rings: LAB to CANARY before, LAB to PILOT now.",
                "LAB: 1 groups more, 1 groups less.",
                "LAB: 1 groups newly excluded, 0 no longer.",
                "LAB: devices not stated before, 1,200 devices now.",
                "LAB: devices are AirGapped now, Online before.",
                "Criticality: Standard before, Critical now.",
            ],
            VersionComparison.Of(now, null, before, null)!.Scope);
    }

    private static RiskFactor Factor(string name, int contribution) => new(name, 100, contribution / 100, contribution, "Because.", "$");

    private static SbomComponent Component(string name, string? version, string? purl = null) => new(name, version, purl, []);

    private static EvidenceFacts Facts(params ImmutableArray<SbomComponent> components) => new()
    {
        PackId = Sample.Pack,
        PackDigest = Digest.Zero,
        AppName = "7-Zip",
        Version = "24.09",
        StoredAt = Sample.Noon,
        StoredBy = People.Alice,
        Sbom = new("cyclonedx", "1.6", components, []),
    };

    private static ScanFacts Scan(params ImmutableArray<Finding> findings) => new(findings, new(0, 0, 0, findings.Length), [], null, []);

    private static Finding Finding(string id, Severity severity, params ImmutableArray<string> aliases) => new(id, aliases, severity, "pkg:npm/x", null, []);
}

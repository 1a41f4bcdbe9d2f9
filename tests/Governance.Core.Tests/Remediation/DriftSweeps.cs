using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Core.Tests.Policy;

namespace Governance.Core.Tests.Remediation;

public sealed class DriftSweeps
{
    private static readonly Guid Lab = new("00000000-0000-4000-8000-000000000010");
    private static readonly Guid Canary = new("00000000-0000-4000-8000-000000000020");
    private static readonly Guid Guests = new("00000000-0000-4000-8000-000000000030");
    private static readonly Guid Stranger = new("00000000-0000-4000-8000-000000000040");
    private static readonly Digest Package = Digest.Of("package"u8);

    private static readonly ExpectedApp Expected = new()
    {
        Version = "1.2.3",
        ArtifactSha256 = Package,
        Rings = [new RingScope { Ring = Ring.Lab, GroupIds = [Lab], ExcludedGroupIds = [Guests] }, new RingScope { Ring = Ring.Canary, GroupIds = [Canary] }],
    };

    private static readonly PlaneActual Actual = new()
    {
        AppPresent = true,
        ExternalId = "app-1",
        Published = true,
        Version = "1.2.3",
        ArtifactSha256 = Package,
        Assignments = [Include(Lab), Include(Canary), Exclude(Guests)],
    };

    [Fact]
    public void What_is_as_it_should_be_is_no_drift() => Assert.Empty(Find(Expected, Actual));

    [Fact]
    public void An_app_that_is_gone_is_all_there_is_to_say() => Assert.Equal(
        [new Drift(DriftKind.AppGone, DriftSeverity.High, null, "the app does not exist in the plane any more")],
        Find(Expected, new PlaneActual { AppPresent = false }));

    [Fact]
    public void Another_version_or_package_or_none_is_a_mismatch_of_the_furthest_ring()
    {
        Assert.Equal([Mismatch("the app says version 9.9, 1.2.3 expected")], Find(Expected, Actual with { Version = "9.9" }));
        Assert.Equal([Mismatch("the app says version nothing, 1.2.3 expected")], Find(Expected, Actual with { Version = null }));
        Assert.Equal([Mismatch($"the app says package nothing, {Package} expected")], Find(Expected, Actual with { ArtifactSha256 = null }));
        Assert.Equal([Mismatch("the app's content is not published, so no device can get it")], Find(Expected, Actual with { Published = false }));
    }

    [Fact]
    public void A_group_that_lost_the_app_is_a_missing_assignment_of_its_ring() => Assert.Equal(
        [new Drift(DriftKind.MissingAssignment, DriftSeverity.High, Ring.Canary, $"not assigned: {Canary}")],
        Find(Expected, Actual with { Assignments = [Include(Lab), Exclude(Guests)] }));

    [Fact]
    public void Whoever_gets_it_or_misses_it_beyond_the_scope_is_a_scope_mismatch()
    {
        Assert.Equal([Scope($"assigned beyond the scope: {Stranger}")], Find(Expected, Actual with { Assignments = Actual.Assignments.Add(Include(Stranger)) }));
        Assert.Equal([Scope($"excluded beyond the scope: {Stranger}")], Find(Expected, Actual with { Assignments = Actual.Assignments.Add(Exclude(Stranger)) }));
        Assert.Equal([Scope($"not excluded: {Guests}")], Find(Expected, Actual with { Assignments = [Include(Lab), Include(Canary)] }));
        Assert.Equal(
            [Scope("2 assignments of another kind")],
            Find(Expected, Actual with
            {
                Assignments = Actual.Assignments
                    .Add(new(AssignmentTarget.AllDevices, null, AssignmentIntent.Required))
                    .Add(new(AssignmentTarget.Group, Stranger, AssignmentIntent.Available)),
            }));
    }

    [Fact]
    public void Many_groups_are_counted_and_the_first_five_named()
    {
        var groups = Enumerable.Range(1, 7).Select(i => new Guid($"00000000-0000-4000-8000-00000000010{i}")).ToArray();
        var drift = Assert.Single(Find(Expected, Actual with { Assignments = [.. Actual.Assignments, .. groups.Select(Include)] }));

        Assert.Equal($"assigned beyond the scope: {string.Join(", ", groups.Take(5))} and 2 more", drift.Difference);
    }

    [Fact]
    public void A_group_that_another_deployment_took_is_not_expected() =>
        Assert.Empty(Find(Expected with { Rings = [Expected.Rings[1]] }, Actual with { Assignments = [Include(Canary)] }));

    [Fact]
    public void A_deployment_that_owns_no_ring_any_more_has_no_drift() =>
        Assert.Empty(Find(Expected with { Rings = [] }, new PlaneActual { AppPresent = false }));

    [Theory]
    [InlineData(97, 3, true)]
    [InlineData(98, 2, false)]
    [InlineData(99, 1, false)]
    public void A_ring_that_would_not_pass_its_gate_any_more_has_compliance_drift(long succeeded, long failed, bool drift)
    {
        var measured = new RingMeasurement(Pack.Noon.AddDays(-30), Connectivity.Online, new(100, succeeded, failed, 0, 0));

        Assert.Equal(
            drift ? [new Drift(DriftKind.ComplianceDrift, DriftSeverity.Medium, Ring.Lab, $"{succeeded} of 100 devices succeeded, 98 needed for 98 %")] : [],
            Find(Expected with { Passed = [new(Ring.Lab, measured)] }, Actual));
    }

    [Fact]
    public void What_could_not_be_read_is_no_compliance_drift() => Assert.Empty(Find(
        Expected with
        {
            Passed =
            [
                new(Ring.Lab, new(Pack.Noon, Connectivity.Online, null, "down")),
                new(Ring.Lab, new(Pack.Noon, Connectivity.Online, new(9, 0, 0, 0, 0))),
            ],
        },
        Actual));

    [Theory]
    [InlineData(Criticality.Critical, 15)]
    [InlineData(Criticality.High, 30)]
    [InlineData(Criticality.Standard, 60)]
    [InlineData(Criticality.Low, 240)]
    public void The_more_critical_the_devices_the_more_often_they_are_swept(Criticality criticality, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), DriftRules.SweepEvery(criticality));

    [Theory]
    [InlineData(DriftKind.MissingAssignment, Ring.Lab, ToolCategory.Standard, DriftRemedy.Automatic)]
    [InlineData(DriftKind.MissingAssignment, Ring.Canary, ToolCategory.Standard, DriftRemedy.Automatic)]
    [InlineData(DriftKind.VersionMismatch, Ring.Lab, ToolCategory.Standard, DriftRemedy.Automatic)]
    [InlineData(DriftKind.VersionMismatch, Ring.Canary, ToolCategory.Standard, DriftRemedy.Automatic)]
    [InlineData(DriftKind.MissingAssignment, Ring.Pilot, ToolCategory.Standard, DriftRemedy.AskCab)]
    [InlineData(DriftKind.VersionMismatch, Ring.Global, ToolCategory.Standard, DriftRemedy.AskCab)]
    [InlineData(DriftKind.MissingAssignment, Ring.Lab, ToolCategory.Security, DriftRemedy.AskCab)]
    [InlineData(DriftKind.MissingAssignment, Ring.Lab, ToolCategory.Administration, DriftRemedy.AskCab)]
    [InlineData(DriftKind.MissingAssignment, Ring.Lab, null, DriftRemedy.AskCab)]
    [InlineData(DriftKind.MissingAssignment, null, ToolCategory.Standard, DriftRemedy.AskCab)]
    [InlineData(DriftKind.ScopeMismatch, Ring.Lab, ToolCategory.Standard, DriftRemedy.AskCab)]
    [InlineData(DriftKind.ComplianceDrift, Ring.Lab, ToolCategory.Standard, DriftRemedy.AskCab)]
    [InlineData(DriftKind.AppGone, Ring.Lab, ToolCategory.Standard, DriftRemedy.AskCab)]
    public void Only_small_drift_of_standard_tools_in_small_rings_is_mended_without_asking(DriftKind kind, Ring? ring, ToolCategory? category, DriftRemedy remedy) =>
        Assert.Equal(remedy, DriftRules.RemedyFor(new(kind, DriftRules.SeverityOf(kind), ring, "x"), category));

    [Theory]
    [InlineData(DriftKind.MissingAssignment, "missing_assignment", "high", RemediationAction.Resync)]
    [InlineData(DriftKind.VersionMismatch, "version_mismatch", "medium", RemediationAction.Resync)]
    [InlineData(DriftKind.ScopeMismatch, "scope_mismatch", "high", RemediationAction.Resync)]
    [InlineData(DriftKind.ComplianceDrift, "compliance_drift", "medium", RemediationAction.Reinstall)]
    [InlineData(DriftKind.AppGone, "app_gone", "high", RemediationAction.Reinstall)]
    public void Every_kind_has_its_words_severity_and_action(DriftKind kind, string name, string severity, RemediationAction action)
    {
        var drift = new Drift(kind, DriftRules.SeverityOf(kind), Ring.Lab, "x");

        Assert.Equal(new DriftDetected(name, severity, Ring.Lab, "x"), drift.ToEvent());
        Assert.Equal(action, DriftRules.ActionFor(kind));
    }

    private static EquatableArray<Drift> Find(ExpectedApp expected, PlaneActual actual) => DriftDetection.Find(expected, actual, PromotionGates.V1, Pack.Noon);

    private static Drift Mismatch(string difference) => new(DriftKind.VersionMismatch, DriftSeverity.Medium, Ring.Canary, difference);

    private static Drift Scope(string difference) => new(DriftKind.ScopeMismatch, DriftSeverity.High, null, difference);

    private static PlaneAssignment Include(Guid group) => new(AssignmentTarget.Group, group, AssignmentIntent.Required);

    private static PlaneAssignment Exclude(Guid group) => new(AssignmentTarget.ExcludedGroup, group, AssignmentIntent.Required);
}

using Governance.Core.Rollout;
using Governance.Intune.Tests.Support;
using Governance.Local.Intune;

namespace Governance.Intune.Tests.Results;

public sealed class ReadingResults
{
    [Fact]
    public async Task Devices_come_in_over_time_and_the_counts_follow()
    {
        await using var tenant = await Tenant.Start();
        var app = await Publish(tenant, Tenant.Canary);

        Assert.Equal((130L, 130L), await Unreported(tenant, app));
        tenant.Clock.Advance(TimeSpan.FromMinutes(45));
        var early = await Read(tenant, app, Tenant.Canary);
        Assert.InRange(early.Unreported, 1, 129);
        tenant.Clock.Advance(TimeSpan.FromHours(24));
        var late = await Read(tenant, app, Tenant.Canary);

        Assert.Equal(130, late.Targeted);
        Assert.Equal(0, late.Pending);
        Assert.InRange(late.Failed, 4, 25);
        Assert.InRange(late.NotApplicable, 1, 15);
        Assert.InRange(late.Unreported, 4, 25);
        Assert.Equal(130, late.Succeeded + late.Failed + late.NotApplicable + late.Unreported);
        Assert.Equal(tenant.Clock.GetUtcNow(), late.LastSyncedAt);
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, true)]
    public async Task Shuffled_and_repeating_pages_give_the_same_count(bool shuffle, bool duplicate, bool numericTimes)
    {
        await using var orderly = await Tenant.Start();
        await using var odd = await Tenant.Start(o => o with { Reports = new() { Shuffle = shuffle, Duplicate = duplicate, NumericTimes = numericTimes } });
        var expected = await After24Hours(orderly);

        Assert.Equal(expected, await After24Hours(odd));
    }

    [Fact]
    public async Task A_ring_counts_its_own_devices_only_and_without_those_left_out()
    {
        await using var tenant = await Tenant.Start();
        var app = await Publish(tenant, Tenant.Lab, Tenant.Canary);
        tenant.Clock.Advance(TimeSpan.FromHours(24));

        Assert.Equal(new RingDeviceResults(20, 20, 0, 0, 0, 0, tenant.Clock.GetUtcNow()), await Read(tenant, app, Tenant.Lab));
        var without = await tenant.Plane().ReadResults(
            new() { App = app, Groups = AssignmentSet.Of([Tenant.Lab, Tenant.Canary], [Tenant.Lab]) }, default);
        Assert.Equal(130, Assert.IsType<PlaneReading<RingDeviceResults>.Read>(without).Value.Targeted);
    }

    [Fact]
    public async Task Users_count_through_their_devices()
    {
        await using var tenant = await Tenant.Start();
        var app = await Publish(tenant, Tenant.People);
        tenant.Clock.Advance(TimeSpan.FromHours(24));

        Assert.Equal(12, (await Read(tenant, app, Tenant.People)).Succeeded);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(503)]
    public async Task Where_the_row_report_is_not_to_be_had_the_export_is_read(int status)
    {
        await using var tenant = await Tenant.Start(o => o with { Reports = new() { ExportLooks = 2 } });
        var expected = await After24Hours(tenant);
        tenant.Misbehave("POST", "retrieveDeviceAppInstallationStatusReport$", new() { Answer = new(status, "BadRequest") }, count: 99);

        Assert.Equal(expected, await ReadAgain(tenant));
        Assert.Contains(tenant.Simulator.Journal.Entries, entry => entry.Path.StartsWith("/export/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_large_app_is_exported_at_once()
    {
        await using var tenant = await Tenant.Start();
        var expected = await After24Hours(tenant);
        tenant.Simulator.Journal.Clear();

        Assert.Equal(expected, await ReadAgain(tenant, o => o with { Results = new() { ExportAbove = 20 } }));
        Assert.Single(tenant.Asked(), call => call.EndsWith("StatusReport", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_row_report_can_be_read_on_beta()
    {
        await using var tenant = await Tenant.Start();
        var expected = await After24Hours(tenant);
        tenant.Simulator.Journal.Clear();

        Assert.Equal(expected, await ReadAgain(tenant, o => o with { Results = new() { ReportVersion = "beta" } }));
        Assert.All(
            tenant.Simulator.Journal.Entries.Where(entry => entry.Path.EndsWith("StatusReport", StringComparison.Ordinal)),
            entry => Assert.StartsWith("/beta/", entry.Path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Never_a_part_for_the_whole()
    {
        await using var tenant = await Tenant.Start();
        await After24Hours(tenant);
        foreach (var (path, method, effect, errorClass) in ((string, string?, FaultEffect, ErrorClass)[])[
            ("transitiveMembers$", null, new() { Answer = new(403, "Forbidden") }, ErrorClass.PolicyViolation),
            ("StatusReport$", null, new() { Answer = new(403, "Forbidden") }, ErrorClass.PolicyViolation),
            ("StatusReport$|exportJobs$", null, new() { Answer = new(503) }, ErrorClass.Transient),
            ("StatusReport$|^/export/", null, new() { Answer = new(404) }, ErrorClass.Transient),
            ("StatusReport$|^/export/", null, new() { DropBefore = true }, ErrorClass.Transient)])
        {
            tenant.Simulator.Faults.Clear();
            tenant.Misbehave(method, path, effect, count: 999);

            var reading = await tenant.Plane().ReadResults(Request(await Known(tenant), Tenant.Canary), default);

            Assert.Equal(errorClass, Assert.IsType<PlaneReading<RingDeviceResults>.Unavailable>(reading).Failure.Class);
        }
    }

    [Fact]
    public async Task An_export_that_fails_or_never_ends_is_no_result()
    {
        await using var tenant = await Tenant.Start();
        await After24Hours(tenant);
        foreach (var (end, code) in ((string, string)[])[("failed", "EXPORT_FAILED"), ("pending", "EXPORT_LATE")])
        {
            tenant.Simulator.Faults.Clear();
            tenant.Misbehave("POST", "StatusReport$", new() { Answer = new(400) }, count: 999);
            tenant.Misbehave("POST", "exportJobs$", new() { End = end }, count: 9);

            var reading = await tenant.Plane().ReadResults(Request(await Known(tenant), Tenant.Canary), default);

            Assert.Equal(code, Assert.IsType<PlaneReading<RingDeviceResults>.Unavailable>(reading).Failure.Code);
        }
    }

    [Fact]
    public async Task An_export_that_is_too_large_or_no_archive_is_no_result()
    {
        await using var tenant = await Tenant.Start();
        await After24Hours(tenant);
        tenant.Misbehave("POST", "StatusReport$", new() { Answer = new(400) }, count: 999);
        var request = Request(await Known(tenant), Tenant.Canary);

        var small = await tenant.Plane(o => o with { Results = new() { ExportBytes = 100 } }).ReadResults(request, default);
        Assert.Equal("EXPORT_UNREADABLE", Assert.IsType<PlaneReading<RingDeviceResults>.Unavailable>(small).Failure.Code);

        tenant.Misbehave("GET", "^/export/", new() { Answer = new(200, Body: FaultBody.Html) });
        var html = await tenant.Plane().ReadResults(request, default);
        Assert.Equal("EXPORT_UNREADABLE", Assert.IsType<PlaneReading<RingDeviceResults>.Unavailable>(html).Failure.Code);
    }

    [Fact]
    public async Task Without_an_app_there_are_no_results()
    {
        await using var tenant = await Tenant.Start();

        var reading = await tenant.Plane().ReadResults(Request(new(Given.Id(1), PlaneIds.None), Tenant.Lab), default);

        Assert.Equal("APP_GONE", Assert.IsType<PlaneReading<RingDeviceResults>.Unavailable>(reading).Failure.Code);
    }

    [Fact]
    public async Task After_a_removal_devices_report_that_it_is_gone()
    {
        await using var tenant = await Tenant.Start();
        var app = await Publish(tenant, Tenant.Lab);
        tenant.Clock.Advance(TimeSpan.FromHours(24));
        var removedAt = tenant.Clock.GetUtcNow();
        await tenant.Plane().AssignUninstall(app, AssignmentSet.Empty, AssignmentSet.Of([Tenant.Lab], []), OpenFence.Instance, default);
        tenant.Clock.Advance(TimeSpan.FromHours(24));

        var reading = await tenant.Plane().ReadResults(Request(app, Tenant.Lab) with { Uninstall = true, IgnoreBefore = removedAt }, default);

        Assert.Equal(20, Assert.IsType<PlaneReading<RingDeviceResults>.Read>(reading).Value.Succeeded);
    }

    private static async Task<PlaneApp> Publish(Tenant tenant, params Guid[] groups) =>
        Given.Of(await tenant.Plane().Publish(Given.Request(await Given.Package(), null, groups), new MemoryFence(), default));

    private static async Task<RingDeviceResults> After24Hours(Tenant tenant)
    {
        var app = await Publish(tenant, Tenant.Canary);
        tenant.Simulator.Clock.Advance(TimeSpan.FromHours(24));
        return await Read(tenant, app, Tenant.Canary) with { LastSyncedAt = default };
    }

    private static async Task<RingDeviceResults> ReadAgain(Tenant tenant, Func<IntuneOptions, IntuneOptions>? change = null)
    {
        var reading = await tenant.Plane(change).ReadResults(Request(await Known(tenant), Tenant.Canary), default);
        return Assert.IsType<PlaneReading<RingDeviceResults>.Read>(reading).Value with { LastSyncedAt = default };
    }

    private static Task<PlaneApp> Known(Tenant tenant) => Task.FromResult(new PlaneApp(Given.Id(1), new(tenant.App(Given.Id(1)).Id, null, null)));

    private static async Task<(long, long)> Unreported(Tenant tenant, PlaneApp app)
    {
        var results = await Read(tenant, app, Tenant.Canary);
        return (results.Targeted, results.Unreported);
    }

    private static async Task<RingDeviceResults> Read(Tenant tenant, PlaneApp app, Guid group) =>
        Assert.IsType<PlaneReading<RingDeviceResults>.Read>(await tenant.Plane().ReadResults(Request(app, group), default)).Value;

    private static RingResultsRequest Request(PlaneApp app, Guid group) => new() { App = app, Groups = AssignmentSet.Of([group], []) };
}

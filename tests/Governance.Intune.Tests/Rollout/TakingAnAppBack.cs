using Governance.Core;
using Governance.Core.Rollout;
using Governance.Intune.Tests.Support;
using Governance.Local.Intune;

namespace Governance.Intune.Tests.Rollout;

public sealed class TakingAnAppBack
{
    [Fact]
    public async Task What_the_plane_holds_is_read_back()
    {
        await using var tenant = await Tenant.Start();
        var package = await Given.Package();
        var request = Given.Request(package) with { Assignments = AssignmentSet.Of([Tenant.Lab, Tenant.Canary], [Tenant.Left]) };
        var app = Given.Of(await tenant.Plane().Publish(request, new MemoryFence(), default));
        tenant.Simulator.AddAssignment(tenant.App(Given.Id(1)), Tenant.People, "available");

        var actual = Read(await tenant.Plane().ReadActual(app, default));

        Assert.Equal(
            new PlaneActual
            {
                AppPresent = true,
                ExternalId = app.Ids.AppId,
                Published = true,
                ContentVersion = "1",
                Version = "1.2.3",
                ArtifactSha256 = Digest.Of(package),
                Assignments =
                [
                    new(AssignmentTarget.Group, Tenant.Lab, AssignmentIntent.Required),
                    new(AssignmentTarget.Group, Tenant.Canary, AssignmentIntent.Required),
                    new(AssignmentTarget.Group, Tenant.People, AssignmentIntent.Available),
                    new(AssignmentTarget.ExcludedGroup, Tenant.Left, AssignmentIntent.Required),
                ],
            },
            actual);
        Assert.Equal(request.Assignments, actual.Required);
    }

    [Fact]
    public async Task An_app_that_is_gone_is_an_answer_and_an_unreadable_plane_is_not()
    {
        await using var tenant = await Tenant.Start();
        var app = Given.Of(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));
        tenant.Simulator.Tenant.Remove(app.Ids.AppId!);
        Assert.Equal(new PlaneActual { AppPresent = false }, Read(await tenant.Plane().ReadActual(app, default)));

        tenant.Misbehave(null, ".", new() { Answer = new(403) }, count: 99);
        Assert.Equal(ErrorClass.PolicyViolation, Assert.IsType<PlaneReading<PlaneActual>.Unavailable>(await tenant.Plane().ReadActual(app, default)).Failure.Class);
    }

    [Fact]
    public async Task An_app_is_found_by_its_mark_where_the_claim_knows_no_id()
    {
        await using var tenant = await Tenant.Start();
        var app = Given.Of(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));

        var actual = Read(await tenant.Plane().ReadActual(app with { Ids = PlaneIds.None }, default));

        Assert.Equal(app.Ids.AppId, actual.ExternalId);
    }

    [Fact]
    public async Task Unassigning_keeps_exactly_what_is_to_be_kept_and_a_repeat_changes_nothing()
    {
        await using var tenant = await Tenant.Start();
        var request = Given.Request(await Given.Package(), null, Tenant.Lab, Tenant.Canary);
        var app = Given.Of(await tenant.Plane().Publish(request, new MemoryFence(), default));
        var keep = AssignmentSet.Of([Tenant.Lab], []);

        Assert.Equal(new PlaneChange.Done(true), await tenant.Plane().Unassign(app, keep, OpenFence.Instance, default));
        Assert.Equal(new PlaneChange.Done(false), await tenant.Plane().Unassign(app, keep, OpenFence.Instance, default));
        Assert.Equal(keep, Read(await tenant.Plane().ReadActual(app, default)).Required);

        Assert.Equal(new PlaneChange.Done(true), await tenant.Plane().Unassign(app, AssignmentSet.Empty, OpenFence.Instance, default));
        Assert.Empty(tenant.App(Given.Id(1)).Assignments);
        Assert.Equal("published", tenant.App(Given.Id(1)).PublishingState);
    }

    [Fact]
    public async Task Removal_from_devices_replaces_the_required_assignment_in_one_call()
    {
        await using var tenant = await Tenant.Start();
        var request = Given.Request(await Given.Package(), null, Tenant.Lab, Tenant.Canary);
        var app = Given.Of(await tenant.Plane().Publish(request, new MemoryFence(), default));
        tenant.Simulator.Journal.Clear();

        var change = await tenant.Plane().AssignUninstall(
            app, AssignmentSet.Of([Tenant.Lab], []), AssignmentSet.Of([Tenant.Canary], [Tenant.Left]), OpenFence.Instance, default);

        Assert.Equal(new PlaneChange.Done(true), change);
        Assert.Single(tenant.Asked(), call => call.StartsWith("POST", StringComparison.Ordinal));
        Assert.Equal(
            [(Tenant.Lab.ToString(), "required"), (Tenant.Canary.ToString(), "uninstall"), (Tenant.Left.ToString(), "uninstall")],
            tenant.App(Given.Id(1)).Assignments.Select(a => (a.GroupId!, a.Intent)));
    }

    [Fact]
    public async Task A_group_can_not_both_install_and_remove()
    {
        await using var tenant = await Tenant.Start();
        var set = AssignmentSet.Of([Tenant.Lab], []);

        var failed = Assert.IsType<PlaneChange.Failed>(
            await tenant.Plane().AssignUninstall(new(Given.Id(1), PlaneIds.None), set, set, OpenFence.Instance, default));

        Assert.Equal("ASSIGNMENT_CONFLICT", failed.Failure.Code);
    }

    [Fact]
    public async Task Only_an_app_with_our_mark_is_deleted()
    {
        await using var tenant = await Tenant.Start();
        var app = Given.Of(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));
        tenant.Simulator.EditNotes(tenant.App(Given.Id(1)), "mine now");
        Assert.Equal("APP_FOREIGN", Assert.IsType<PlaneChange.Failed>(await tenant.Plane().Remove(app, OpenFence.Instance, default)).Failure.Code);
        Assert.Single(tenant.Simulator.Tenant.Apps);

        tenant.Simulator.EditNotes(tenant.Simulator.Tenant.Apps.Single(), $"[gov|cid={Given.Id(1)}|ver=1|ih={Digest.Zero}|mh=0123456789abcdef]");
        Assert.Equal(new PlaneChange.Done(true), await tenant.Plane().Remove(app, OpenFence.Instance, default));
        Assert.Equal(new PlaneChange.Done(false), await tenant.Plane().Remove(app, OpenFence.Instance, default));
        Assert.Empty(tenant.Simulator.Tenant.Apps);
    }

    [Fact]
    public async Task Whoever_lost_the_claim_changes_nothing()
    {
        await using var tenant = await Tenant.Start();
        var app = Given.Of(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));
        var lost = new MemoryFence { LostFrom = 1 };

        Assert.IsType<PlaneChange.ClaimLost>(await tenant.Plane().Unassign(app, AssignmentSet.Empty, lost, default));
        Assert.IsType<PlaneChange.ClaimLost>(await tenant.Plane().Remove(app, lost, default));
        Assert.Single(tenant.App(Given.Id(1)).Assignments);
    }

    [Fact]
    public async Task Taking_groups_from_an_app_that_is_gone_is_done_and_leaving_it_some_is_impossible()
    {
        await using var tenant = await Tenant.Start();
        var gone = new PlaneApp(Given.Id(1), new("30000000-0000-4000-8000-000000000001", null, null));

        Assert.Equal(new PlaneChange.Done(false), await tenant.Plane().Unassign(gone, AssignmentSet.Empty, OpenFence.Instance, default));
        Assert.Equal("APP_GONE", Assert.IsType<PlaneChange.Failed>(
            await tenant.Plane().Unassign(gone, AssignmentSet.Of([Tenant.Lab], []), OpenFence.Instance, default)).Failure.Code);
    }

    [Fact]
    public async Task A_refusal_by_Graph_comes_back_as_such()
    {
        await using var tenant = await Tenant.Start();
        var app = Given.Of(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));
        tenant.Misbehave(null, "assign$|assignments$", new() { Answer = new(403, "Forbidden", "No.") }, count: 99);
        tenant.Misbehave("DELETE", ".", new() { Answer = new(403, "Forbidden", "No.") }, count: 99);

        Assert.Equal("GRAPH_FORBIDDEN", Assert.IsType<PlaneChange.Failed>(await tenant.Plane().Unassign(app, AssignmentSet.Empty, OpenFence.Instance, default)).Failure.Code);
        Assert.Equal("GRAPH_FORBIDDEN", Assert.IsType<PlaneChange.Failed>(await tenant.Plane().Remove(app, OpenFence.Instance, default)).Failure.Code);
        Assert.IsType<PlaneReading<PlaneActual>.Unavailable>(await tenant.Plane().ReadActual(app, default));
    }

    private static PlaneActual Read(PlaneReading<PlaneActual> reading) => Assert.IsType<PlaneReading<PlaneActual>.Read>(reading).Value;
}

using Governance.Core;
using Governance.Core.Rollout;
using Governance.Intune.Tests.Support;
using Governance.Local.Intune;

namespace Governance.Intune.Tests.Publishing;

/// <summary>A repeated publish finds the tenant as somebody left it.</summary>
public sealed class WhenTheTenantDiffers
{
    [Fact]
    public async Task A_repeat_changes_nothing()
    {
        await using var tenant = await Tenant.Start();
        var request = Given.Request(await Given.Package());
        var first = await tenant.Plane().Publish(request, new MemoryFence(), default);
        tenant.Simulator.Journal.Clear();

        var again = await tenant.Plane().Publish(request with { Known = Given.Of(first).Ids }, new MemoryFence(), default);

        Assert.Equal(first, again);
        Assert.Equal(["GET mobileApps/*", "GET mobileApps/*/assignments"], tenant.Asked());
    }

    [Fact]
    public async Task A_later_ring_only_adds_its_groups()
    {
        await using var tenant = await Tenant.Start();
        var request = Given.Request(await Given.Package());
        var first = await tenant.Plane().Publish(request, new MemoryFence(), default);
        tenant.Simulator.Journal.Clear();

        var fence = new MemoryFence();
        var wider = request with
        {
            Ring = Ring.Canary,
            Known = Given.Of(first).Ids,
            Assignments = AssignmentSet.Of([Tenant.Lab, Tenant.Canary], [Tenant.Left]),
            Artifact = request.Artifact with { Open = _ => throw new InvalidOperationException("Nothing has to be read.") },
        };
        Assert.Equal(first, await tenant.Plane().Publish(wider, fence, default));

        Assert.Equal(["assigning"], fence.Questions);
        Assert.Equal(["GET mobileApps/*", "GET mobileApps/*/assignments", "POST mobileApps/*/assign"], tenant.Asked());
        Assert.Equal(
            [(Tenant.Lab.ToString(), "groupAssignmentTarget"), (Tenant.Canary.ToString(), "groupAssignmentTarget"), (Tenant.Left.ToString(), "exclusionGroupAssignmentTarget")],
            tenant.App(Given.Id(1)).Assignments.Select(a => (a.GroupId!, a.TargetType)));
    }

    [Fact]
    public async Task Foreign_assignments_on_our_app_are_taken_away()
    {
        await using var tenant = await Tenant.Start();
        var request = Given.Request(await Given.Package());
        await tenant.Plane().Publish(request, new MemoryFence(), default);
        tenant.Simulator.AddAssignment(tenant.App(Given.Id(1)), Tenant.Canary, "available");

        await tenant.Plane().Publish(request, new MemoryFence(), default);

        Assert.Equal([Tenant.Lab.ToString()], tenant.App(Given.Id(1)).Assignments.Select(a => a.GroupId));
    }

    [Fact]
    public async Task Notes_that_somebody_emptied_and_commands_that_somebody_changed_are_put_right()
    {
        await using var tenant = await Tenant.Start();
        var request = Given.Request(await Given.Package());
        var known = Given.Of(await tenant.Plane().Publish(request, new MemoryFence(), default)).Ids;
        var app = tenant.App(Given.Id(1));
        tenant.Simulator.EditNotes(app, "Ask Ada.");
        tenant.Simulator.EditText(app, "installCommandLine", "format c:");

        var again = await tenant.Plane().Publish(request with { Known = known }, new MemoryFence(), default);

        Assert.IsType<PublishOutcome.Published>(again);
        Assert.Same(app, tenant.App(Given.Id(1)));
        Assert.StartsWith("Ask Ada. [gov|", app.Text("notes"), StringComparison.Ordinal);
        Assert.Equal(Given.Install.Command, app.Text("installCommandLine"));
        Assert.Single(app.Versions);
    }

    [Fact]
    public async Task Content_that_somebody_swapped_is_replaced_by_a_new_version_of_ours()
    {
        await using var tenant = await Tenant.Start();
        var package = await Given.Package();
        var request = Given.Request(package);
        var known = Given.Of(await tenant.Plane().Publish(request, new MemoryFence(), default)).Ids;
        var app = tenant.App(Given.Id(1));
        app.Versions.Add(new() { Id = "2" });
        app.Committed = "2";

        var again = await tenant.Plane().Publish(request with { Known = known }, new MemoryFence(), default);

        Assert.Equal("3", Assert.IsType<PublishOutcome.Published>(again).Ids.ContentVersion);
        Assert.Equal("3", app.Committed);
    }

    [Fact]
    public async Task An_app_that_somebody_deleted_is_made_again()
    {
        await using var tenant = await Tenant.Start();
        var request = Given.Request(await Given.Package());
        var known = Given.Of(await tenant.Plane().Publish(request, new MemoryFence(), default)).Ids;
        tenant.Simulator.Tenant.Remove(known.AppId!);

        var again = await tenant.Plane().Publish(request with { Known = known }, new MemoryFence(), default);

        Assert.NotEqual(known.AppId, Assert.IsType<PublishOutcome.Published>(again).ExternalId);
        Assert.Equal("published", tenant.App(Given.Id(1)).PublishingState);
    }

    [Fact]
    public async Task Two_apps_with_our_mark_are_a_matter_for_people()
    {
        await using var tenant = await Tenant.Start();
        var request = Given.Request(await Given.Package());
        await tenant.Plane().Publish(request, new MemoryFence(), default);
        await tenant.Plane().Publish(Given.Request(await Given.Package(), Given.Id(2)), new MemoryFence(), default);
        tenant.Simulator.EditNotes(tenant.App(Given.Id(2)), tenant.App(Given.Id(1)).Text("notes"));

        Assert.Equal("APP_AMBIGUOUS", Failure(await tenant.Plane().Publish(request, new MemoryFence(), default)).Code);
    }

    [Fact]
    public async Task An_app_with_another_deployments_mark_is_not_touched()
    {
        await using var tenant = await Tenant.Start();
        var other = Given.Of(await tenant.Plane().Publish(Given.Request(await Given.Package(), Given.Id(2)), new MemoryFence(), default), Given.Id(2));
        tenant.Simulator.Journal.Clear();

        var outcome = await tenant.Plane().Publish(Given.Request(await Given.Package()) with { Known = other.Ids }, new MemoryFence(), default);

        Assert.Equal((ErrorClass.Permanent, "APP_FOREIGN"), (Failure(outcome).Class, Failure(outcome).Code));
        Assert.DoesNotContain(tenant.Simulator.Journal.Entries, entry => entry.Method != "GET");
    }

    [Fact]
    public async Task A_published_deployment_keeps_its_package()
    {
        await using var tenant = await Tenant.Start();
        await tenant.Plane().Publish(Given.Request(await Given.Package(1)), new MemoryFence(), default);

        var outcome = await tenant.Plane().Publish(Given.Request(await Given.Package(2)), new MemoryFence(), default);

        Assert.Equal("APP_HOLDS_OTHER_CONTENT", Failure(outcome).Code);
    }

    [Fact]
    public async Task A_never_published_app_of_another_package_is_made_anew()
    {
        await using var tenant = await Tenant.Start();
        using var kill = new Kill(6, sent: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await tenant.Plane(transport: kill).Publish(Given.Request(await Given.Package(1)), new MemoryFence(), kill.Dead.Token));
        var first = tenant.App(Given.Id(1)).Id;

        var outcome = await tenant.Plane().Publish(Given.Request(await Given.Package(2)), new MemoryFence(), default);

        Assert.NotEqual(first, Assert.IsType<PublishOutcome.Published>(outcome).ExternalId);
        Assert.Single(tenant.Apps(Given.Id(1)));
    }

    [Fact]
    public async Task Where_Graph_does_not_look_into_notes_names_are_compared_here()
    {
        await using var tenant = await Tenant.Start(o => o with { NotesFilterRefused = true });
        var request = Given.Request(await Given.Package());
        var first = await tenant.Plane().Publish(request, new MemoryFence(), default);
        await tenant.Plane().Publish(Given.Request(await Given.Package(), Given.Id(2)), new MemoryFence(), default);

        Assert.Equal(first, await tenant.Plane().Publish(request, new MemoryFence(), default) is PublishOutcome.Published p
            ? p with { Ids = Given.Of(first).Ids } : null);
        Assert.Equal(2, tenant.Simulator.Tenant.Apps.Count);
    }

    [Fact]
    public async Task An_id_of_the_claim_that_shows_late_is_waited_for()
    {
        await using var tenant = await Tenant.Start(o => o with { NewAppHiddenFor = TimeSpan.FromSeconds(20) });

        var outcome = await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default);

        Assert.IsType<PublishOutcome.Published>(outcome);
        Assert.Single(tenant.Simulator.Tenant.Apps);
    }

    private static PlaneFailure Failure(PublishOutcome outcome) => Assert.IsType<PublishOutcome.Failed>(outcome).Failure;
}

using Governance.Core;
using Governance.Local.Intune;
using Governance.Local.Stack;
using Governance.Testing;
using static Governance.IntegrationTests.World;

namespace Governance.IntegrationTests;

/// <summary>A tenant that has its own people approve changes of apps.</summary>
public sealed class GuardedWorld(AzuriteFixture azurite) : FastWorld(azurite)
{
    internal ApprovalDesk Desk => Stack.Intune.Simulator.Approvals;

    private protected override LocalStackOptions Change(LocalStackOptions options)
    {
        var changed = base.Change(options);
        return changed with { Intune = changed.Intune with { Approval = new() { ExpiresAfter = TimeSpan.FromSeconds(10) } } };
    }

    /// <summary>The request that waits about this deployment's app; null where none does.</summary>
    internal FiledRequest? Waiting(string id) =>
        AppOf(id) is { } app ? Desk.Requests.LastOrDefault(request => request.Status == "needsApproval" && request.Path.Contains(app.Id, StringComparison.Ordinal)) : null;

    /// <summary>A person of the tenant says yes to whatever is asked about this deployment, until it is as wished.</summary>
    internal Task ApproveUntil(string id, string status) => Eventually.Holds(
        async () =>
        {
            if (Waiting(id) is { } request)
            {
                Desk.Decide(request.Code, approve: true);
            }

            return Text((await Deployment(id))["status"]) == status;
        },
        TimeSpan.FromSeconds(60));
}

public sealed class TenantApprovalFlowIntegrationTests(GuardedWorld world) : IClassFixture<GuardedWorld>
{
    [Fact]
    public async Task A_publish_waits_for_the_tenants_own_people_with_our_decision_as_its_reason_and_goes_on_once_they_agree()
    {
        var id = await world.Submitted(world.NextApp());

        var held = await world.Until(id, deployment => deployment["waiting_for"]!.AsArray().Select(Text).Contains("tenant_approval"));

        Assert.Equal("APPROVED", Text(held["status"]));
        var draft = world.AppOf(id)!;
        Assert.Equal("notPublished", draft.PublishingState);
        Assert.Contains("TENANT_APPROVAL_REQUESTED", await world.EventTypes(id));
        await Eventually.Holds(() => world.Waiting(id) is not null, TimeSpan.FromSeconds(30));
        Assert.Contains($"Governance deployment {id}", world.Waiting(id)!.Justification, StringComparison.Ordinal);
        Assert.Contains("allowed by policy", world.Waiting(id)!.Justification, StringComparison.Ordinal);

        await world.ApproveUntil(id, "COMPLETED");

        Assert.Same(draft, world.AppOf(id));
        Assert.Equal([("required", LocalStack.GroupOf(Ring.Lab).ToString())], world.AssignmentsOf(id));
        Assert.Equal(2, (await world.EventTypes(id)).Count(type => type == "TENANT_APPROVAL_REQUESTED"));
        Assert.DoesNotContain("DEPLOYMENT_PUBLISH_FAILED", await world.EventTypes(id));
    }

    [Fact]
    public async Task A_request_that_nobody_decides_in_time_is_filed_again_and_the_draft_stays()
    {
        var id = await world.Submitted(world.NextApp());
        await Eventually.Holds(() => world.Waiting(id) is not null, TimeSpan.FromSeconds(60));
        var (draft, first) = (world.AppOf(id)!, world.Waiting(id)!.Code);

        await Eventually.Holds(() => world.Waiting(id) is { } request && request.Code != first, TimeSpan.FromSeconds(60));

        Assert.Same(draft, world.AppOf(id));
        Assert.Contains((await world.EventTypes(id)), type => type == "ROLLOUT_RESUMED");
        await world.ApproveUntil(id, "COMPLETED");
    }

    [Fact]
    public async Task A_refusal_ends_it_and_leaves_the_draft_to_people()
    {
        var id = await world.Submitted(world.NextApp());
        await Eventually.Holds(() => world.Waiting(id) is not null, TimeSpan.FromSeconds(60));

        world.Desk.Decide(world.Waiting(id)!.Code, approve: false);

        var failed = await world.Until(id, "FAILED");
        Assert.Equal("policy_violation", Text(failed["connector_status"]!["error_class"]));
        Assert.NotNull(world.AppOf(id));
    }

    [Fact]
    public async Task A_rollback_waits_for_them_too()
    {
        var id = await world.Submitted(world.NextApp());
        await world.ApproveUntil(id, "COMPLETED");

        (await world.RollBack(id)).Ok();

        var held = await world.Until(id, deployment => deployment["waiting_for"]!.AsArray().Select(Text).Contains("tenant_approval"));
        Assert.Contains("rollback", held["waiting_for"]!.AsArray().Select(Text));
        await world.ApproveUntil(id, "ROLLED_BACK");
        Assert.Null(world.AppOf(id));
    }
}

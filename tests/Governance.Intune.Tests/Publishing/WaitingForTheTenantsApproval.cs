using Governance.Core.Rollout;
using Governance.Intune.Tests.Support;
using Governance.Local.Intune;

namespace Governance.Intune.Tests.Publishing;

public sealed class WaitingForTheTenantsApproval
{
    [Theory]
    [InlineData(412)]
    [InlineData(403)]
    public async Task Each_held_call_is_filed_approved_by_a_person_and_completed_by_the_identical_call(int filedStatus)
    {
        await using var tenant = await Tenant.Start(o => o with { Approval = new() { HoldCreation = true, FiledStatus = filedStatus } });
        var request = Given.Request(await Given.Package());
        var held = new List<string>();
        PublishOutcome? outcome = null;
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            outcome = await Plane(tenant, attempt).Publish(request, new MemoryFence(), default);
            if (outcome is not PublishOutcome.WaitingForTenantApproval waiting)
            {
                break;
            }

            held.Add($"{waiting.Approval.Method} {string.Join('/', waiting.Approval.Path.Split('/').Where(s => s.Length > 0 && !Guid.TryParse(s, out _)))}");
            Assert.True(tenant.Simulator.Approvals.Decide(Guid.Parse(waiting.Approval.Code), approve: true));
            request = request with { Known = waiting.Ids, Approval = waiting.Approval };
        }

        Assert.IsType<PublishOutcome.Published>(outcome);
        Assert.Equal(["POST deviceAppManagement/mobileApps", "PATCH deviceAppManagement/mobileApps", "POST deviceAppManagement/mobileApps/assign"], held);
        Assert.Equal([Tenant.Lab.ToString()], tenant.App(Given.Id(1)).Assignments.Select(a => a.GroupId));
        Assert.All(tenant.Simulator.Approvals.Requests, r => Assert.Equal(("completed", "Deployed by Governance."), (r.Status, r.Justification)));
    }

    [Fact]
    public async Task While_nobody_has_decided_it_goes_on_waiting_and_keeps_the_draft()
    {
        await using var tenant = await Tenant.Start(o => o with { Approval = new() });
        var request = Given.Request(await Given.Package());
        var first = Assert.IsType<PublishOutcome.WaitingForTenantApproval>(await Plane(tenant).Publish(request, new MemoryFence(), default));

        var again = await Plane(tenant, 2).Publish(request with { Known = first.Ids, Approval = first.Approval }, new MemoryFence(), default);

        Assert.Equal(first.Approval.Code, Assert.IsType<PublishOutcome.WaitingForTenantApproval>(again).Approval.Code);
        Assert.Equal("notPublished", tenant.App(Given.Id(1)).PublishingState);
        Assert.Single(tenant.Simulator.Approvals.Requests);
    }

    [Fact]
    public async Task A_completion_whose_answer_is_lost_is_no_refusal()
    {
        await using var tenant = await Tenant.Start(o => o with { Approval = new() });
        var request = Given.Request(await Given.Package());
        var waiting = Assert.IsType<PublishOutcome.WaitingForTenantApproval>(await Plane(tenant).Publish(request, new MemoryFence(), default));
        tenant.Simulator.Approvals.Decide(Guid.Parse(waiting.Approval.Code), approve: true);
        request = request with { Known = waiting.Ids, Approval = waiting.Approval };
        tenant.Misbehave("PATCH", ".", new() { DropAfter = true });

        var lost = Assert.IsType<PublishOutcome.Failed>(await Plane(tenant).Publish(request, new MemoryFence(), default));
        var next = await Plane(tenant).Publish(request, new MemoryFence(), default);

        Assert.Equal(ErrorClass.Transient, lost.Failure.Class);
        Assert.Contains("/assign", Assert.IsType<PublishOutcome.WaitingForTenantApproval>(next).Approval.Path);
        Assert.Equal("published", tenant.App(Given.Id(1)).PublishingState);
    }

    [Fact]
    public async Task A_request_that_somebody_else_filed_is_a_matter_for_people()
    {
        await using var tenant = await Tenant.Start(o => o with { Approval = new() });
        var request = Given.Request(await Given.Package());
        var first = Assert.IsType<PublishOutcome.WaitingForTenantApproval>(await Plane(tenant).Publish(request, new MemoryFence(), default));

        var failed = Assert.IsType<PublishOutcome.Failed>(await Plane(tenant).Publish(request with { Known = first.Ids }, new MemoryFence(), default));

        Assert.Equal((ErrorClass.PolicyViolation, "TENANT_APPROVAL_PENDING"), (failed.Failure.Class, failed.Failure.Code));
    }

    [Fact]
    public async Task A_rejected_request_is_a_policy_violation()
    {
        await using var tenant = await Tenant.Start(o => o with { Approval = new() });
        var request = Given.Request(await Given.Package());
        var waiting = Assert.IsType<PublishOutcome.WaitingForTenantApproval>(await Plane(tenant).Publish(request, new MemoryFence(), default));
        tenant.Simulator.Approvals.Decide(Guid.Parse(waiting.Approval.Code), approve: false);

        var failed = Assert.IsType<PublishOutcome.Failed>(
            await Plane(tenant).Publish(request with { Known = waiting.Ids, Approval = waiting.Approval }, new MemoryFence(), default));

        Assert.Equal(ErrorClass.PolicyViolation, failed.Failure.Class);
    }

    [Fact]
    public async Task Without_a_justification_to_give_the_tenants_rule_is_a_policy_violation()
    {
        await using var tenant = await Tenant.Start(o => o with { Approval = new() });

        var failed = Assert.IsType<PublishOutcome.Failed>(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));

        Assert.Equal((ErrorClass.PolicyViolation, "TENANT_APPROVAL_REQUIRED"), (failed.Failure.Class, failed.Failure.Code));
    }

    [Fact]
    public async Task While_an_approval_is_pending_a_broken_draft_is_left_for_people()
    {
        await using var tenant = await Tenant.Start(o => o with { Approval = new() });
        var request = Given.Request(await Given.Package());
        var waiting = Assert.IsType<PublishOutcome.WaitingForTenantApproval>(await Plane(tenant).Publish(request, new MemoryFence(), default));
        var file = tenant.App(Given.Id(1)).Versions[0].Files[0];
        (file.Committed, file.State) = (false, "commitFileFailed");

        var failed = Assert.IsType<PublishOutcome.Failed>(
            await Plane(tenant).Publish(request with { Known = waiting.Ids, Approval = waiting.Approval }, new MemoryFence(), default));

        Assert.Equal("CONTENT_STUCK", failed.Failure.Code);
        Assert.Single(tenant.Simulator.Tenant.Apps);
    }

    [Fact]
    public async Task Changes_of_a_rollback_are_held_too()
    {
        await using var open = await Tenant.Start();
        await using var tenant = await Tenant.Start(o => o with { Approval = new() });
        var request = Given.Request(await Given.Package());
        var outcome = await Plane(tenant).Publish(request, new MemoryFence(), default);
        for (var i = 0; outcome is PublishOutcome.WaitingForTenantApproval w && i < 3; i++)
        {
            tenant.Simulator.Approvals.Decide(Guid.Parse(w.Approval.Code), approve: true);
            outcome = await Plane(tenant).Publish(request with { Known = w.Ids, Approval = w.Approval }, new MemoryFence(), default);
        }

        var app = Given.Of(outcome);
        var waiting = Assert.IsType<PlaneChange.WaitingForTenantApproval>(await Plane(tenant).Unassign(app, AssignmentSet.Empty, OpenFence.Instance, default));
        tenant.Simulator.Approvals.Decide(Guid.Parse(waiting.Approval.Code), approve: true);

        Assert.Equal(new PlaneChange.Done(true), await Plane(tenant).Unassign(app with { Approval = waiting.Approval }, AssignmentSet.Empty, OpenFence.Instance, default));
        Assert.IsType<PlaneChange.WaitingForTenantApproval>(await Plane(tenant).Remove(app, OpenFence.Instance, default));
    }

    private static IDevicePlane Plane(Tenant tenant, int seed = 1) => tenant.Plane(o => o with { ApprovalJustification = "Deployed by Governance." }, seed: seed);
}

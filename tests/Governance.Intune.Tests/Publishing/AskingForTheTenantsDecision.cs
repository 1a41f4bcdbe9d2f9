using Governance.Core.Rollout;
using Governance.Intune.Tests.Support;

namespace Governance.Intune.Tests.Publishing;

public sealed class AskingForTheTenantsDecision
{
    [Fact]
    public async Task What_became_of_a_request_is_read_by_its_code()
    {
        await using var tenant = await Tenant.Start(o => o with { Approval = new() });
        var plane = tenant.Plane();
        var request = Given.Request(await Given.Package()) with { Justification = "The CAB approved it: \"Tested.\"" };
        var waiting = Assert.IsType<PublishOutcome.WaitingForTenantApproval>(await plane.Publish(request, new MemoryFence(), default));
        Assert.Equal("The CAB approved it: \"Tested.\"", tenant.Simulator.Approvals.Requests[0].Justification);
        Assert.Equal(TenantApprovalStatus.Pending, await Status(plane, waiting.Approval));

        tenant.Simulator.Approvals.Decide(Guid.Parse(waiting.Approval.Code), approve: true);
        Assert.Equal(TenantApprovalStatus.Approved, await Status(plane, waiting.Approval));

        await plane.Publish(request with { Known = waiting.Ids, Approval = waiting.Approval }, new MemoryFence(), default);
        Assert.Equal(TenantApprovalStatus.Completed, await Status(plane, waiting.Approval));
    }

    [Fact]
    public async Task A_request_that_was_refused_or_that_nobody_knows_is_told_apart()
    {
        await using var tenant = await Tenant.Start(o => o with { Approval = new() });
        var plane = tenant.Plane(o => o with { ApprovalJustification = "Why." });
        var waiting = Assert.IsType<PublishOutcome.WaitingForTenantApproval>(await plane.Publish(Given.Request(await Given.Package()), new MemoryFence(), default));
        tenant.Simulator.Approvals.Decide(Guid.Parse(waiting.Approval.Code), approve: false);

        Assert.Equal(TenantApprovalStatus.Rejected, await Status(plane, waiting.Approval));
        Assert.Equal(TenantApprovalStatus.Expired, await Status(plane, waiting.Approval with { Code = Guid.Empty.ToString() }));
    }

    [Fact]
    public async Task A_look_that_is_not_allowed_is_no_answer()
    {
        await using var tenant = await Tenant.Start();
        tenant.Misbehave("GET", "operationApprovalRequests", new() { Answer = new(403, "Forbidden") });

        var read = await tenant.Plane().ReadApproval(new("code", "PATCH", "/x", Core.Digest.Zero, tenant.Clock.GetUtcNow()), default);

        Assert.Equal(ErrorClass.PolicyViolation, Assert.IsType<PlaneReading<TenantApprovalStatus>.Unavailable>(read).Failure.Class);
    }

    private static async Task<TenantApprovalStatus> Status(IDevicePlane plane, TenantApproval approval) =>
        Assert.IsType<PlaneReading<TenantApprovalStatus>.Read>(await plane.ReadApproval(approval, default)).Value;
}

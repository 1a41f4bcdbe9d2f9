using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Cab;

public sealed class CabDeadlines
{
    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void A_request_is_escalated_at_its_deadline(int ticks, bool escalated)
    {
        var outcome = AwaitingCab().When(state => CabDecider.Escalate(state, 1, Sample.Noon.AddHours(48).AddTicks(ticks)));

        if (escalated)
        {
            outcome.Then(new CabEscalated(1));
        }
        else
        {
            outcome.ThenNothing();
        }
    }

    [Fact]
    public void It_is_escalated_once()
    {
        var escalated = AwaitingCab().After(TimeSpan.FromHours(48)).Does(Actor.System, at => CabDecider.Escalate(at.State, 1, at.Now));

        Assert.True(escalated.State.OpenCab!.Escalated);
        escalated.When((state, at) => CabDecider.Escalate(state, 1, at)).ThenNothing();
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void A_request_expires_at_twice_its_deadline(int ticks, bool expired)
    {
        var outcome = AwaitingCab().When(state => CabDecider.Expire(state, 1, Sample.Noon.AddHours(96).AddTicks(ticks)));

        if (expired)
        {
            outcome.Then(new CabExpired(1));
        }
        else
        {
            outcome.ThenNothing();
        }
    }

    [Fact]
    public void An_expired_request_ends_its_deployment()
    {
        var expired = In(DeploymentStatus.Expired).State;

        Assert.Equal((CabDecision.Expired, null, Sample.Noon.AddHours(96)), (expired.Cab!.Decision, expired.Cab.Approver, expired.Cab.DecidedAt));
        Assert.Equal("The CAB did not decide in time.", expired.Reason);
    }

    [Fact]
    public void The_deadline_of_an_earlier_revision_means_nothing()
    {
        var revoked = Approved().Revokes();

        revoked.When(state => CabDecider.Escalate(state, 1, Sample.Noon.AddDays(30))).ThenNothing();
        revoked.When(state => CabDecider.Expire(state, 1, Sample.Noon.AddDays(30))).ThenNothing();
        revoked.When(state => CabDecider.Expire(state, 2, Sample.Noon.AddDays(30))).Then(new CabExpired(2));
    }

    [Fact]
    public void The_deadline_of_a_decided_request_means_nothing()
    {
        Approved().When(state => CabDecider.Escalate(state, 1, Sample.Noon.AddDays(30))).ThenNothing();
        Approved().When(state => CabDecider.Expire(state, 1, Sample.Noon.AddDays(30))).ThenNothing();
    }
}

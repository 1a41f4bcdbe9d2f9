using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Testing;
using Governance.Testing.Cab;
using Governance.Testing.Deployments;
using static Governance.Testing.Cab.ExceptionStories;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Cab;

public sealed class RenewingExceptions
{
    private static readonly Guid Renewal = new("c0000000-0000-4000-8000-0000000000ee");

    private static DateTimeOffset End => Finding.ExpiresAt;

    [Fact]
    public void A_renewal_names_an_approved_exception_about_the_same_thing()
    {
        var old = Approval().State;

        Assert.IsType<Outcome<ExceptionEvent>.Accepted>(Ask(Finding with { Replaces = old.Id }, old));
        Ask(Finding with { Replaces = old.Id }, null).ThenRefused(new ExceptionUnknown());
        Ask(Finding with { Replaces = old.Id }, old with { Id = Renewal }).ThenRefused(new ExceptionUnknown());
        Ask(Finding with { Replaces = old.Id, AppName = "Other" }, old).ThenRefused(new RenewalMismatch());
        Ask(Finding with { Replaces = old.Id, FindingIds = ["CVE-1999-1"] }, old).ThenRefused(new RenewalMismatch());
        Ask(Rule with { Replaces = old.Id }, old).ThenRefused(new RenewalMismatch());
        Ask(Finding with { Replaces = old.Id }, Asked().State).ThenRefused(new RenewalMismatch());
    }

    [Fact]
    public void A_warning_comes_fourteen_days_before_the_end_and_the_end_on_time()
    {
        var state = Approval().State;

        Assert.Equal(new ExceptionTerm(ExceptionTermStep.Wait, End - TimeSpan.FromDays(14)), ExceptionDecider.Term(state, [], End.AddDays(-14).AddTicks(-1)));
        Assert.Equal(new ExceptionTerm(ExceptionTermStep.Warn, End), ExceptionDecider.Term(state, [], End.AddDays(-14)));
        Assert.Equal(new ExceptionTerm(ExceptionTermStep.Warn, End), ExceptionDecider.Term(state, [], End.AddTicks(-1)));
        Assert.Equal(new ExceptionTerm(ExceptionTermStep.Expire, null), ExceptionDecider.Term(state, [], End));
        Assert.Equal(new ExceptionTerm(ExceptionTermStep.Over, null), ExceptionDecider.Term(Asked().State, [], End));
    }

    [Fact]
    public void Nobody_is_warned_of_the_end_of_what_is_renewed_in_full()
    {
        var state = Approval().State;
        var renewal = Approval(Finding with { ExpiresAt = End.AddDays(30) }, Renewal).Summary();

        Assert.Equal(ExceptionTermStep.Wait, ExceptionDecider.Term(state, [renewal], End.AddDays(-1)).Step);
        Assert.Equal(ExceptionTermStep.Warn, ExceptionDecider.Term(state, [renewal with { ExpiresAt = End }], End.AddDays(-1)).Step);
        Assert.Equal(ExceptionTermStep.Warn, ExceptionDecider.Term(state, [renewal with { FindingIds = [] }], End.AddDays(-1)).Step);
        Assert.Equal(ExceptionTermStep.Warn, ExceptionDecider.Term(state, [renewal with { Status = ExceptionStatus.Pending }], End.AddDays(-1)).Step);
        Assert.Equal(ExceptionTermStep.Warn, ExceptionDecider.Term(state, [renewal with { Version = "0.1" }], End.AddDays(-1)).Step);
    }

    [Fact]
    public void A_running_rollout_rests_on_the_renewal_from_the_moment_the_old_one_ends()
    {
        var on = new Reliance(Id, People.Dave);
        var stands = new Reliance(Renewal, People.Sam);
        var running = Pending().Checked(PolicyVerdict.Allowed, 1, on).Publishes();

        var after = running.Does(Actor.System, at => RolloutDecider.ExceptionEnded(at.State, Id, [stands], PublishStage.None));

        Assert.Equal(["EXCEPTION_EXPIRED", "ROLLOUT_RESUMED"], after.Types.TakeLast(2));
        Assert.Empty(after.State.Holds);
        Assert.Empty(after.State.EndedExceptions);
        Assert.Equal([stands], after.State.Reliances);
        after.When(state => RolloutDecider.ExceptionEnded(state, Renewal, null, PublishStage.None)).Then(new RelianceExpired(Renewal));
    }

    [Fact]
    public void An_approval_that_nothing_was_published_under_survives_a_renewal_and_a_request_is_checked_anew()
    {
        var on = new Reliance(Id, People.Dave);
        var stands = new Reliance(Renewal, People.Sam);

        var approved = Pending().Checked(PolicyVerdict.Allowed, 1, on).Does(Actor.System, at => RolloutDecider.ExceptionEnded(at.State, Id, [stands], PublishStage.None));
        Assert.Equal((DeploymentStatus.Approved, 1), (approved.State.Status, approved.State.Revision));

        Pending().Checked(PolicyVerdict.CabRequired, 1, on).When(state => RolloutDecider.ExceptionEnded(state, Id, [stands], PublishStage.None))
            .Then(new RecheckRequested(RecheckCause.ExceptionEnded, Id.ToString(), 2));
    }

    [Fact]
    public void An_approved_exception_has_its_end_watched_and_an_override_does_not()
    {
        Assert.Equal(["exception_views", "tell_deployments", "start_exception_watch"], Kinds(Approval()));

        var deployment = Active().State;
        var lifted = Asked(Override(deployment), deployment: deployment).Votes(Vote(People.Carol, roles: ExceptionStories.Cab), deployment);
        Assert.DoesNotContain("start_exception_watch", Kinds(lifted));
    }

    private static Story<ExceptionState, ExceptionEvent> Approval(ExceptionRequest? request = null, Guid? id = null) => Asked(request, id: id).Votes(Vote());

    private static Outcome<ExceptionEvent> Ask(ExceptionRequest request, ExceptionState? replaced) =>
        ExceptionDecider.Request(Renewal, request, People.Alice.Acts(), null, Sample.Noon, replaced);

    private static IEnumerable<string> Kinds(Story<ExceptionState, ExceptionEvent> story) =>
        new ExceptionCodec().Consequences(new(Id), null, story.State, [story.Log[^1]]).Select(message => message.Kind);
}

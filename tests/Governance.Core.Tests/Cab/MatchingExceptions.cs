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

public sealed class MatchingExceptions
{
    private static readonly Guid A = new("c0000000-0000-4000-8000-00000000000a");
    private static readonly Guid B = new("c0000000-0000-4000-8000-00000000000b");
    private static readonly Guid C = new("c0000000-0000-4000-8000-00000000000c");
    private static readonly DeploymentState Deployment = Blocked().State;

    public static TheoryData<string, ExceptionRequest, bool> Scopes => new()
    {
        { "every version", Finding, true },
        { "this version", Finding with { Version = "24.09" }, true },
        { "another version", Finding with { Version = "24.10" }, false },
        { "another app", Finding with { AppName = "7-ZIP" }, false },
        { "this deployment", Finding with { DeploymentId = Sample.Id }, true },
        { "a rule", Rule, true },
    };

    [Theory]
    [MemberData(nameof(Scopes))]
    public void A_check_is_made_with_what_holds_for_its_app_and_version(string scope, ExceptionRequest request, bool applies)
    {
        var exception = Approved(A, request);

        Assert.True(ExceptionMatching.For(Deployment, [exception], Sample.Noon).SequenceEqual(applies ? [exception.ForCheck] : []), scope);
    }

    [Fact]
    public void What_is_for_another_deployment_alone_does_not_count() =>
        Assert.Empty(ExceptionMatching.For(Deployment with { Id = Sample.OtherId }, [Approved(A, Finding with { DeploymentId = Sample.Id })], Sample.Noon));

    [Fact]
    public void Only_what_is_approved_counts()
    {
        var pending = Asked(id: A).Summary();
        var denied = Asked(id: B).Votes(Vote(ballot: Ballot.Reject)).Summary();

        Assert.Empty(ExceptionMatching.For(Deployment, [pending, denied], Sample.Noon));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void An_exception_counts_until_its_time_is_over_even_before_the_sweep(int ticks, bool counts) =>
        Assert.Equal(counts, ExceptionMatching.For(Deployment, [Approved(A, Finding)], Finding.ExpiresAt.AddTicks(ticks)).Count == 1);

    [Fact]
    public void A_gate_override_is_no_part_of_a_check() =>
        Assert.Empty(ExceptionMatching.For(Active().State, [Overriding(Active().State)], Sample.Noon));

    [Fact]
    public void What_a_check_needs_is_sorted_by_id_and_says_what_each_covers() => Assert.Equal(
        [new ApprovedException(A, [], "signed", Rule.ExpiresAt), new ApprovedException(B, ["CVE-2026-0001"], null, Finding.ExpiresAt)],
        ExceptionMatching.For(Deployment, [Approved(B, Finding), Approved(A, Rule)], Sample.Noon));

    [Fact]
    public void A_check_rests_on_the_exceptions_that_it_names_with_their_askers() => Assert.Equal(
        [new Reliance(B, People.Dave)],
        ExceptionMatching.Reliances(Sample.Check(PolicyVerdict.Allowed, 1, B), [Approved(A, Finding), Approved(B, Finding, People.Dave)]));

    [Fact]
    public void A_check_rests_on_nothing_that_it_was_not_made_with() => Assert.Throws<InvalidOperationException>(() =>
        ExceptionMatching.Reliances(Sample.Check(PolicyVerdict.Allowed, 1, B), [Approved(A, Finding)]));

    [Theory]
    [InlineData(PolicyVerdict.Blocked, PolicyVerdict.CabRequired, true)]
    [InlineData(PolicyVerdict.CabRequired, PolicyVerdict.Allowed, true)]
    [InlineData(PolicyVerdict.CabRequired, PolicyVerdict.CabRequired, false)]
    public void An_exception_matters_where_it_changes_the_verdict(PolicyVerdict without, PolicyVerdict with, bool matters) => Assert.Equal(
        matters,
        ExceptionMatching.Matters(Request(Approved(A, Finding), Approved(B, Rule)), A, request => Sample.Check(request.Exceptions.Any(each => each.Id == A) ? with : without)));

    [Fact]
    public void An_exception_that_the_check_is_not_made_with_does_not_matter() => Assert.False(
        ExceptionMatching.Matters(Request(Approved(B, Rule)), A, request => Sample.Check(request.Exceptions.Count == 1 ? PolicyVerdict.Allowed : PolicyVerdict.Blocked)));

    [Fact]
    public void Against_the_real_engine_an_exception_for_the_critical_finding_matters_and_for_another_does_not()
    {
        var facts = Policy.Pack.Harmless with { Scan = Policy.Pack.ScanOf(Policy.Pack.Finding("CVE-2026-0001", Core.Evidence.Severity.Critical)) };
        var request = Policy.Pack.Request(facts) with
        {
            Exceptions = [Approved(A, Finding).ForCheck, Approved(B, Finding with { FindingIds = ["CVE-2026-0002"] }).ForCheck],
        };

        Assert.True(ExceptionMatching.Matters(request, A, each => PolicyCheck.Run(each, RiskModel.V1, PolicySet.V1)));
        Assert.False(ExceptionMatching.Matters(request, B, each => PolicyCheck.Run(each, RiskModel.V1, PolicySet.V1)));
    }

    [Fact]
    public void A_replacement_covers_all_findings_of_what_ended()
    {
        var held = Held(A);
        var ended = Ended(A, Finding with { FindingIds = ["CVE-1", "CVE-2"] });

        Assert.Null(ExceptionMatching.Replacements(held, [ended], [Approved(B, Finding with { FindingIds = ["CVE-1"] })], Sample.Noon));
        Assert.Equal(
            [new Reliance(B, People.Alice)],
            ExceptionMatching.Replacements(held, [ended], [ended, Approved(B, Finding with { FindingIds = ["cve-2", "CVE-1", "CVE-9"] })], Sample.Noon));
    }

    [Fact]
    public void Several_replacements_together_cover_what_ended()
    {
        var ended = Ended(A, Finding with { FindingIds = ["CVE-1", "CVE-2"] });

        Assert.Equal(
            [new Reliance(B, People.Alice), new Reliance(C, People.Alice)],
            ExceptionMatching.Replacements(
                Held(A), [ended], [Approved(C, Finding with { FindingIds = ["CVE-2"] }), Approved(B, Finding with { FindingIds = ["CVE-1"] })], Sample.Noon));
    }

    [Fact]
    public void A_rule_is_replaced_by_the_same_rule()
    {
        Assert.Null(ExceptionMatching.Replacements(Held(A), [Ended(A, Rule)], [Approved(B, Rule with { RuleId = "other" }), Approved(C, Finding)], Sample.Noon));
        Assert.Equal([new Reliance(B, People.Alice)], ExceptionMatching.Replacements(Held(A), [Ended(A, Rule)], [Approved(B, Rule)], Sample.Noon));
    }

    [Fact]
    public void Everything_that_ended_has_to_be_replaced_and_what_did_not_end_stays()
    {
        var held = Held(A, B) with { Reliances = [new(A, People.Alice), new(B, People.Alice), new(C, People.Dave)] };
        ExceptionSummary[] ended = [Ended(A, Rule), Ended(B, Finding)];
        var rule = Approved(OtherId, Rule);
        var finding = Approved(Id, Finding);

        Assert.Null(ExceptionMatching.Replacements(held, ended, [rule], Sample.Noon));
        Assert.Null(ExceptionMatching.Replacements(held, [ended[0]], [rule, finding], Sample.Noon));
        Assert.Equal(
            [new Reliance(C, People.Dave), new Reliance(Id, People.Alice), new Reliance(OtherId, People.Alice)],
            ExceptionMatching.Replacements(held, ended, [rule, finding], Sample.Noon));
    }

    [Fact]
    public void What_has_ended_or_is_for_another_version_replaces_nothing()
    {
        Assert.Null(ExceptionMatching.Replacements(Held(A), [Ended(A, Rule)], [Approved(B, Rule)], Rule.ExpiresAt));
        Assert.Null(ExceptionMatching.Replacements(Held(A), [Ended(A, Rule)], [Approved(B, Rule with { Version = "24.10" })], Sample.Noon));
    }

    [Fact]
    public void An_override_is_found_for_its_deployment_revision_and_step_alone()
    {
        var deployment = Active().State;
        var known = Overriding(deployment);

        Assert.Equal(Id, ExceptionMatching.OverrideFor(deployment, [Approved(A, Finding), known], Sample.Noon));
        Assert.Null(ExceptionMatching.OverrideFor(deployment with { Id = Sample.OtherId }, [known], Sample.Noon));
        Assert.Null(ExceptionMatching.OverrideFor(deployment with { Revision = 2 }, [known], Sample.Noon));
        Assert.Null(ExceptionMatching.OverrideFor(Active().Publishes().State, [known], Sample.Noon));
        Assert.Null(ExceptionMatching.OverrideFor(deployment, [known with { FromRing = Ring.Canary }], Sample.Noon));
        Assert.Null(ExceptionMatching.OverrideFor(deployment, [known with { ToRing = null }], Sample.Noon));
        Assert.Null(ExceptionMatching.OverrideFor(deployment, [known], known.ExpiresAt));
        Assert.Null(ExceptionMatching.OverrideFor(deployment, [Asked(Override(deployment), People.Dave.Acts(), deployment).Summary()], Sample.Noon));
    }

    [Fact]
    public void Approval_tells_the_views_first_and_then_the_deployments()
    {
        var story = Asked().Votes(Vote());
        var messages = ExceptionConsequences.Of(story.State, [story.Log[^1]]);

        Assert.Equal(["exception_views", "tell_deployments", "start_exception_watch"], messages.Select(message => message.Kind));
        Assert.Equal(story.Summary(), System.Text.Json.JsonSerializer.Deserialize(messages[0].Payload.Span, ExceptionJson.Default.ExceptionSummary));
        Assert.Equal(new ExceptionChange(Id, false, "7-Zip", null, null), System.Text.Json.JsonSerializer.Deserialize(messages[1].Payload.Span, ExceptionJson.Default.ExceptionChange));
    }

    [Fact]
    public void The_end_of_what_held_tells_the_deployments()
    {
        var story = Asked(Finding with { Version = "24.09" }).Votes(Vote()).After(TimeSpan.FromDays(30)).Does(Actor.System, at => ExceptionDecider.Expire(at.State, at.Now));
        var messages = new ExceptionCodec().Consequences(Sample.Id, story.State, story.State, [story.Log[^1]]);

        Assert.Equal(
            new ExceptionChange(Id, true, "7-Zip", "24.09", null), System.Text.Json.JsonSerializer.Deserialize(messages[1].Payload.Span, ExceptionJson.Default.ExceptionChange));
    }

    [Fact]
    public void What_never_held_tells_nobody_but_the_views()
    {
        var expired = Asked().After(TimeSpan.FromDays(30)).Does(Actor.System, at => ExceptionDecider.Expire(at.State, at.Now));
        var denied = Asked().Votes(Vote(ballot: Ballot.Reject));

        Assert.All(new[] { Asked(), expired, denied }, story =>
            Assert.Equal(["exception_views"], ExceptionConsequences.Of(story.State, [story.Log[^1]]).Select(message => message.Kind)));
    }

    [Fact]
    public void A_decided_override_wakes_the_rollout_it_is_for()
    {
        var story = Asked(Override(Active().State), People.Dave.Acts(), Active().State).Votes(Vote(People.Bob, roles: ExceptionStories.Cab), Active().State);
        var messages = ExceptionConsequences.Of(story.State, [story.Log[^1]]);

        Assert.Equal(["exception_views", "signal"], messages.Select(message => message.Kind));
        Assert.Equal(
            new SignalRequest(Sample.Id, WaitingOrchestration.RingRollout, 1),
            System.Text.Json.JsonSerializer.Deserialize(messages[1].Payload.Span, DeploymentJson.Default.SignalRequest));
    }

    private static PolicyCheckRequest Request(params ExceptionSummary[] known) =>
        Policy.Pack.Request(Policy.Pack.Harmless) with { Exceptions = [.. known.Select(each => each.ForCheck)] };

    private static DeploymentState Held(params Guid[] ended) => Running(ended).State;

    private static Story<DeploymentState, DeploymentEvent> Running(Guid[] ended) => ended.Aggregate(
        Pending().Checked(PolicyVerdict.Allowed, 1, [.. ended.Select(id => new Reliance(id, People.Alice))]).Publishes(),
        (story, id) => story.Does(Actor.System, at => RolloutDecider.ExceptionEnded(at.State, id, null, PublishStage.None)));

    private static ExceptionSummary Approved(Guid id, ExceptionRequest request, PersonId? requester = null) =>
        Asked(request, (requester ?? People.Alice).Acts(), request.DeploymentId is null ? null : Deployment, id).Votes(Vote()).Summary();

    private static ExceptionSummary Ended(Guid id, ExceptionRequest request) =>
        Asked(request, id: id).Votes(Vote()).After(TimeSpan.FromDays(30)).Does(Actor.System, at => ExceptionDecider.Expire(at.State, at.Now)).Summary();

    private static ExceptionSummary Overriding(DeploymentState deployment) =>
        Asked(Override(deployment), People.Dave.Acts(), deployment).Votes(Vote(People.Bob, roles: ExceptionStories.Cab), deployment).Summary();
}

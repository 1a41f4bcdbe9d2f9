using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Testing.Cab;
using Governance.Testing.Deployments;
using static Governance.Testing.Cab.ExceptionStories;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Cab;

public sealed class AskingForExceptions
{
    private static readonly Actor Alice = People.Alice.Acts();

    [Fact]
    public void A_publisher_asks_for_findings_with_a_quorum_of_one() => Ask(Finding).Then(new ExceptionRequested(Id, Finding, null, 1));

    [Fact]
    public void A_publisher_asks_for_a_rule_with_a_quorum_of_one() => Ask(Rule).Then(new ExceptionRequested(Id, Rule, null, 1));

    [Fact]
    public void An_exception_that_was_asked_for_is_pending()
    {
        var asked = Asked().State;

        Assert.Equal((ExceptionStatus.Pending, Alice, Sample.Noon, true), (asked.Status, asked.Requester, asked.RequestedAt, asked.IsOpen));
        Assert.Equal(Finding, asked.Request);
    }

    [Fact]
    public void A_request_without_compensating_controls_is_refused() => Ask(Finding with { CompensatingControls = [] }).ThenRefused(new ControlsRequired());

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void An_exception_ends_after_the_request(int ticks, bool accepted) => Within(TimeSpan.FromTicks(ticks), accepted);

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void An_exception_holds_at_most_90_days(int ticks, bool accepted) => Within(TimeSpan.FromDays(90) + TimeSpan.FromTicks(ticks), accepted);

    [Fact]
    public void A_finding_exception_names_findings() => Ask(Finding with { FindingIds = [] }).ThenRefused(new ExceptionIncomplete("finding_ids"));

    [Fact]
    public void A_rule_exception_names_a_rule() => Ask(Rule with { RuleId = null }).ThenRefused(new ExceptionIncomplete("rule_id"));

    [Fact]
    public void The_system_asks_for_no_finding_or_rule()
    {
        ExceptionDecider.Request(Id, Finding, Actor.System, null, Sample.Noon).ThenRefused(new HumanRequired());
        ExceptionDecider.Request(Id, Rule, Actor.System, null, Sample.Noon).ThenRefused(new HumanRequired());
    }

    [Fact]
    public void A_finding_exception_may_be_for_one_deployment_alone() =>
        Ask(Finding with { DeploymentId = Sample.Id }, Blocked().State).Then(new ExceptionRequested(Id, Finding with { DeploymentId = Sample.Id }, null, 1));

    [Fact]
    public void The_deployment_named_has_to_exist()
    {
        Ask(Finding with { DeploymentId = Sample.OtherId }).ThenRefused(new DeploymentUnknown());
        Ask(Finding with { DeploymentId = Sample.OtherId }, Blocked().State).ThenRefused(new DeploymentUnknown());
    }

    [Theory]
    [InlineData("8-Zip", null)]
    [InlineData("7-Zip", "24.10")]
    public void The_deployment_named_has_to_be_of_the_app_and_version(string app, string? version) =>
        Ask(Finding with { DeploymentId = Sample.Id, AppName = app, Version = version }, Blocked().State).ThenRefused(new ExceptionMismatch("7-Zip", "24.09"));

    [Fact]
    public void An_override_is_for_the_revision_and_has_the_quorum_of_its_deployment()
    {
        var deployment = AwaitingCab(quorum: 2).Votes(Sample.Vote(People.Bob)).Votes(Sample.Vote(People.Carol)).Publishes().State;

        Ask(Override(deployment), deployment).Then(new ExceptionRequested(Id, Override(deployment), 1, 2));
    }

    [Fact]
    public void The_system_asks_for_an_override()
    {
        var deployment = Active().State;
        var gate = Sample.Gate(deployment.NextStep, GateResult.Inconclusive);
        var request = GateOverrides.Ask(deployment, gate, Sample.Noon);

        ExceptionDecider.Request(ExceptionIds.Override(deployment), request, Actor.System, deployment, Sample.Noon)
            .Then(new ExceptionRequested(ExceptionIds.Override(deployment), request, 1, 1));
        Assert.Equal((Ring.Lab, Ring.Canary, gate.Reason), (request.FromRing, request.ToRing, request.Reason));
        Assert.Equal((Sample.Id, "7-Zip", "24.09", Sample.Noon.AddDays(14)), (request.DeploymentId!.Value, request.AppName, request.Version, request.ExpiresAt));
    }

    [Fact]
    public void An_override_of_a_completion_enters_no_ring()
    {
        var deployment = Active().Publishes().Publishes().State;

        Ask(Override(deployment), deployment).Then(new ExceptionRequested(Id, Override(deployment), 1, 1));
        Assert.Equal((Ring.Pilot, null), (Override(deployment).FromRing, Override(deployment).ToRing));
    }

    [Fact]
    public void An_override_names_its_deployment_and_the_ring_it_leaves()
    {
        Ask(Override(Active().State) with { DeploymentId = null }).ThenRefused(new ExceptionIncomplete("deployment_id"));
        Ask(Override(Active().State) with { FromRing = null }, Active().State).ThenRefused(new ExceptionIncomplete("from_ring"));
    }

    [Fact]
    public void An_override_is_for_the_next_step_alone()
    {
        var deployment = Active().State;

        Ask(Override(deployment) with { FromRing = Ring.Canary, ToRing = Ring.Pilot }, deployment).ThenRefused(new NotTheNextStep(Ring.Lab, Ring.Canary));
        Ask(Override(deployment) with { ToRing = null }, deployment).ThenRefused(new NotTheNextStep(Ring.Lab, Ring.Canary));
    }

    [Theory]
    [InlineData(DeploymentStatus.Pending)]
    [InlineData(DeploymentStatus.Blocked)]
    [InlineData(DeploymentStatus.AwaitingCab)]
    [InlineData(DeploymentStatus.Completed)]
    [InlineData(DeploymentStatus.Rejected)]
    [InlineData(DeploymentStatus.Expired)]
    [InlineData(DeploymentStatus.Cancelled)]
    [InlineData(DeploymentStatus.Failed)]
    [InlineData(DeploymentStatus.RolledBack)]
    public void No_gate_is_overridden_where_none_is_judged(DeploymentStatus status)
    {
        var request = Override(Active().State);

        Ask(request, In(status).State).ThenRefused(new NotInThisStatus("A gate override", status));
    }

    [Fact]
    public void The_same_request_has_the_same_id_and_any_other_another()
    {
        Guid[] ids =
        [
            ExceptionIds.Derive("contoso", Alice, Finding),
            ExceptionIds.Derive("fabrikam", Alice, Finding),
            ExceptionIds.Derive("contoso", People.Dave.Acts(), Finding),
            ExceptionIds.Derive("contoso", Alice, Finding with { FindingIds = ["CVE-2026-0002"] }),
            ExceptionIds.Derive("contoso", Alice, Finding with { ExpiresAt = Finding.ExpiresAt.AddDays(1) }),
            ExceptionIds.Derive("contoso", Alice, Rule),
            ExceptionIds.Override(Active().State),
            ExceptionIds.Override(Active().Publishes().State),
            ExceptionIds.Override(Active().Revokes().State),
        ];

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal(ids[0], ExceptionIds.Derive("contoso", Alice, Finding with { Owners = [People.Bob] }));
        Assert.Equal(ids[6], ExceptionIds.Override(Active().After(TimeSpan.FromDays(1)).State));
    }

    private static void Within(TimeSpan term, bool accepted)
    {
        var request = Finding with { ExpiresAt = Sample.Noon + term };
        if (accepted)
        {
            Ask(request).Then(new ExceptionRequested(Id, request, null, 1));
        }
        else
        {
            Ask(request).ThenRefused(new ExpiryOutOfRange(Sample.Noon.AddDays(90)));
        }
    }

    private static Outcome<ExceptionEvent> Ask(ExceptionRequest request, DeploymentState? deployment = null) =>
        ExceptionDecider.Request(Id, request, Alice, deployment, Sample.Noon);
}

using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Testing.Deployments;

namespace Governance.Testing.Cab;

/// <summary>Exceptions with valid defaults, and those that have come about through the decider.</summary>
public static class ExceptionStories
{
    /// <summary>The id of the sample exception.</summary>
    public static readonly Guid Id = new("c0000000-0000-4000-8000-000000000001");

    /// <summary>Another exception's id.</summary>
    public static readonly Guid OtherId = new("c0000000-0000-4000-8000-000000000002");

    /// <summary>For one finding of the sample's app, 30 days long.</summary>
    public static ExceptionRequest Finding => new()
    {
        Kind = ExceptionKind.Finding,
        AppName = "7-Zip",
        FindingIds = ["CVE-2026-0001"],
        Reason = "Not reachable.",
        CompensatingControls = ["The listener is off."],
        ExpiresAt = Sample.Noon.AddDays(30),
    };

    /// <summary>For one rule.</summary>
    public static ExceptionRequest Rule => Finding with { Kind = ExceptionKind.Rule, FindingIds = [], RuleId = "signed" };

    /// <summary>For the next step of a deployment.</summary>
    public static ExceptionRequest Override(DeploymentState deployment) => Finding with
    {
        Kind = ExceptionKind.GateOverride,
        FindingIds = [],
        DeploymentId = deployment.Id,
        FromRing = deployment.NextStep.From,
        ToRing = deployment.NextStep.To,
    };

    /// <summary>The role that decides on findings and rules.</summary>
    public static ReviewerRoles Security => new(CabApprover: false, SecurityReviewer: true);

    /// <summary>The role that decides on gates.</summary>
    public static ReviewerRoles Cab => new(CabApprover: true, SecurityReviewer: false);

    /// <summary>Sam's vote on a finding or rule; with other roles and people it is about a gate.</summary>
    public static CastExceptionVote Vote(PersonId? voter = null, Ballot ballot = Ballot.Approve, ReviewerRoles? roles = null) =>
        new((voter ?? People.Sam).Acts(), roles ?? Security, ballot, "Looked at.", Sample.Noon);

    /// <summary>Asked for, by Alice unless somebody else is named.</summary>
    public static Story<ExceptionState, ExceptionEvent> Asked(
        ExceptionRequest? request = null, Actor? requester = null, DeploymentState? deployment = null, Guid? id = null) =>
        Story<ExceptionState, ExceptionEvent>.Begin(new ExceptionCodec(), Sample.Noon).Does(
            requester ?? People.Alice.Acts(),
            at => ExceptionDecider.Request(id ?? Id, request ?? Finding, requester ?? People.Alice.Acts(), deployment, at.Now));

    /// <summary>Somebody votes now.</summary>
    public static Story<ExceptionState, ExceptionEvent> Votes(
        this Story<ExceptionState, ExceptionEvent> story, CastExceptionVote vote, DeploymentState? deployment = null) =>
        story.Does(vote.Voter, at => ExceptionDecider.Vote(at.State, vote with { At = at.Now }, deployment));

    /// <summary>As views hold it.</summary>
    public static ExceptionSummary Summary(this Story<ExceptionState, ExceptionEvent> story) =>
        ExceptionSummary.Of(story.State, story.Log.Length, story.Now);
}

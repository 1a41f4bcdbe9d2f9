using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Policy;
using Governance.Core.Remediation;
using Governance.Core.Rollout;

namespace Governance.Testing.Deployments;

/// <summary>Deployments that have come about through the deciders, one for each place they can be in.</summary>
public static class DeploymentStories
{
    /// <summary>An intent; with its pack unless it is awaited.</summary>
    public static Story<DeploymentState, DeploymentEvent> Pending(DeploymentRequest? request = null, EvidenceLink? link = null, bool awaitsEvidence = false)
    {
        var asked = request ?? Sample.Request();
        return Story<DeploymentState, DeploymentEvent>.Begin(new DeploymentCodec(), Sample.Noon)
            .Does(asked.Submitter, _ => DeploymentDecider.Create(Sample.Id, asked, awaitsEvidence ? null : link ?? Sample.Link()));
    }

    /// <summary>Forbidden by a rule.</summary>
    public static Story<DeploymentState, DeploymentEvent> Blocked() => Pending().Checked(PolicyVerdict.Blocked);

    /// <summary>Awaiting so many approvals.</summary>
    public static Story<DeploymentState, DeploymentEvent> AwaitingCab(int quorum = 1) => Pending().Checked(PolicyVerdict.CabRequired, quorum);

    /// <summary>Approved by policy alone.</summary>
    public static Story<DeploymentState, DeploymentEvent> Allowed(DeploymentRequest? request = null) => Pending(request).Checked(PolicyVerdict.Allowed);

    /// <summary>Approved by Bob for the CAB.</summary>
    public static Story<DeploymentState, DeploymentEvent> Approved(params CabCondition[] conditions) => AwaitingCab().Votes(Sample.Vote(People.Bob, Ballot.Approve, conditions));

    /// <summary>On devices in the first ring.</summary>
    public static Story<DeploymentState, DeploymentEvent> Active(params CabCondition[] conditions) => Approved(conditions).Publishes();

    /// <summary>Through all rings.</summary>
    public static Story<DeploymentState, DeploymentEvent> Completed() => Active().Publishes().Publishes().Completes();

    /// <summary>One story for each status, in the order of the enum.</summary>
    public static Story<DeploymentState, DeploymentEvent> In(DeploymentStatus status) => status switch
    {
        DeploymentStatus.Pending => Pending(),
        DeploymentStatus.Blocked => Blocked(),
        DeploymentStatus.AwaitingCab => AwaitingCab(),
        DeploymentStatus.Approved => Approved(),
        DeploymentStatus.Active => Active(),
        DeploymentStatus.Completed => Completed(),
        DeploymentStatus.Rejected => AwaitingCab().Votes(Sample.Vote(People.Bob, Ballot.Reject)),
        DeploymentStatus.Expired => AwaitingCab().After(TimeSpan.FromHours(96)).Does(Actor.System, at => CabDecider.Expire(at.State, 1, at.Now)),
        DeploymentStatus.Cancelled => Pending().Does(People.Alice.Acts(), at => DeploymentDecider.Cancel(at.State, "Not needed.", By(People.Alice), PublishStage.None)),
        DeploymentStatus.Failed => Approved().FailsToPublish(ErrorClass.Permanent),
        DeploymentStatus.RolledBack => Active().RollsBack().Does(Actor.System, at => RemediationDecider.RolledBack(at.State, ["Uninstalled."])),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>A person without the administrator's role, or the system.</summary>
    public static Requester By(PersonId? person) => new(person?.Acts() ?? Actor.System, IsAdmin: false);

    /// <summary>An administrator.</summary>
    public static Requester Admin => new(People.Erin.Acts(), IsAdmin: true);

    /// <summary>The policy check ends.</summary>
    public static Story<DeploymentState, DeploymentEvent> Checked(
        this Story<DeploymentState, DeploymentEvent> story, PolicyVerdict verdict, int quorum = 1, params Reliance[] reliances) => story.Does(
            Actor.System,
            at => PolicyDecider.RecordCheck(
                at.State, at.State.Revision, Sample.Check(verdict, quorum, [.. reliances.Select(used => used.ExceptionId)]), [.. reliances], at.Now));

    /// <summary>Somebody votes now.</summary>
    public static Story<DeploymentState, DeploymentEvent> Votes(this Story<DeploymentState, DeploymentEvent> story, CastVote vote) =>
        story.Does(vote.Voter, at => CabDecider.Vote(at.State, vote with { At = at.Now }));

    /// <summary>The next ring is published.</summary>
    public static Story<DeploymentState, DeploymentEvent> Publishes(this Story<DeploymentState, DeploymentEvent> story) => story.Does(
        Actor.System,
        at => RolloutDecider.RecordPublished(at.State, at.State.NextRing!.Value, Sample.Gate(at.State.NextStep), Sample.Publication(at.State), PublishStage.Assigning));

    /// <summary>The next publish fails.</summary>
    public static Story<DeploymentState, DeploymentEvent> FailsToPublish(this Story<DeploymentState, DeploymentEvent> story, ErrorClass errorClass) => story.Does(
        Actor.System,
        at => RemediationDecider.RecordPublishFailed(
            at.State, at.State.NextRing!.Value, at.State.PublishAttempts + 1, Sample.Failure(errorClass), DeploymentIds.Remediation(at.State.Id, at.NextSequence), at.Now));

    /// <summary>The last ring passes its completion gate.</summary>
    public static Story<DeploymentState, DeploymentEvent> Completes(this Story<DeploymentState, DeploymentEvent> story) => story.Does(
        Actor.System, at => RolloutDecider.Complete(at.State, at.State.CurrentRing!.Value, Sample.Gate(at.State.NextStep)));

    /// <summary>Bob takes the approval back.</summary>
    public static Story<DeploymentState, DeploymentEvent> Revokes(this Story<DeploymentState, DeploymentEvent> story, PublishStage stage = PublishStage.None) => story.Does(
        People.Bob.Acts(), at => CabDecider.Revoke(at.State, "New facts.", People.Bob.Acts(), stage, at.Now));

    /// <summary>Erin starts a rollback.</summary>
    public static Story<DeploymentState, DeploymentEvent> RollsBack(this Story<DeploymentState, DeploymentEvent> story) => story.Does(
        Admin.Actor, at => RemediationDecider.StartRollback(at.State, "requested", "Broken.", ["Uninstall."], Admin));

    /// <summary>Erin breaks the glass.</summary>
    public static Story<DeploymentState, DeploymentEvent> ApprovedInEmergency(this Story<DeploymentState, DeploymentEvent> story) => story.Does(
        Admin.Actor, at => CabDecider.ApproveInEmergency(at.State, "INC-1", "Exploited now.", Admin.Actor, at.Now));
}

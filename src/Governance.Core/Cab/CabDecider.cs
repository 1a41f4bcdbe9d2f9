using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using static Governance.Core.Outcome<Governance.Core.Deployments.DeploymentEvent>;

namespace Governance.Core.Cab;

/// <summary>One person's vote on one exact change.</summary>
/// <param name="Voter">Who.</param>
/// <param name="Ballot">Yes or no.</param>
/// <param name="Seen">The digest on the card or page that the voter acted on; null where the caller names none and decides on what stands now.</param>
/// <param name="Comments">At most 4,000 characters.</param>
/// <param name="Conditions">What an approval is tied to; empty with a rejection.</param>
/// <param name="At">When the vote reached us, UTC.</param>
public sealed record CastVote(Actor Voter, Ballot Ballot, Digest? Seen, string Comments, EquatableArray<CabCondition> Conditions, DateTimeOffset At)
{
    /// <summary>Earlier voters who are no approvers any more, as the directory says now: their votes do not count. Empty where no directory is asked.</summary>
    public EquatableArray<PersonId> Unseated { get; init; } = [];
}

/// <summary>The rules of the CAB (policy.md, "CAB"). Pure: the same state and command always give the same answer.</summary>
public static class CabDecider
{
    /// <summary>How long after an emergency approval its review is due.</summary>
    public static readonly TimeSpan ReviewWithin = TimeSpan.FromHours(72);

    /// <summary>Decides whether a vote counts and whether it settles the request.</summary>
    /// <returns>
    /// No event when this person already voted so; or <see cref="HumanRequired"/>, <see cref="NothingToDecide"/>, <see cref="SelfApproval"/>,
    /// <see cref="AlreadyDecided"/>, <see cref="SubjectChanged"/>, <see cref="DecisionExpired"/>, <see cref="ConditionImpossible"/>.
    /// </returns>
    public static Outcome<DeploymentEvent> Vote(DeploymentState state, CastVote vote)
    {
        if (vote.Voter is not { Kind: ActorKind.User, Id: { } voter })
        {
            return new HumanRequired();
        }

        return state.Cab switch
        {
            null => new NothingToDecide(state.Status),
            { IsOpen: false } cab when Repeats(cab, voter, vote) => Accept(),
            { IsOpen: true } when state.OpenCab is null => new NothingToDecide(state.Status),
            _ when state.Involved.Contains(voter) => new SelfApproval(),
            { IsOpen: false } cab => new AlreadyDecided(cab.Decision),
            { } cab when vote.Seen is { } seen && seen != cab.SubjectDigest => new SubjectChanged(cab.SubjectDigest),
            { } cab when vote.At >= cab.ExpiresAt => new DecisionExpired(cab.ExpiresAt),
            { } cab when vote.Ballot == Ballot.Reject => Accept(new CabRejected(cab.SubjectDigest, vote.Comments)),
            _ when vote.Conditions.Any(condition => condition.Ring < state.Request.StartRing) => new ConditionImpossible(state.Request.StartRing),
            { } cab when Repeats(cab, voter, vote) => Accept(),
            { } cab when Earlier(state, cab, voter, vote).Count() + 1 < cab.Needed => Accept(new CabVoteRecorded(cab.SubjectDigest, vote.Comments, vote.Conditions)),
            { } cab => Settle(state, cab, voter, vote),
        };
    }

    /// <summary>Takes an approval back: a rollout halts, and a new decision is asked.</summary>
    /// <param name="state">As it stands.</param>
    /// <param name="reason">1 to 4,000 characters.</param>
    /// <param name="actor">Who takes it back.</param>
    /// <param name="stage">How far a publish has come; once assigning, the deployment stays APPROVED and waits.</param>
    /// <param name="at">When, UTC.</param>
    /// <returns>No event where a new decision is asked already; or <see cref="HumanRequired"/>, <see cref="NothingToRevoke"/>.</returns>
    public static Outcome<DeploymentEvent> Revoke(DeploymentState state, string reason, Actor actor, PublishStage stage, DateTimeOffset at) => state switch
    {
        _ when actor.Kind != ActorKind.User => new HumanRequired(),
        { Status: DeploymentStatus.Approved or DeploymentStatus.Active } when state.IsHeldFor(WaitReason.Approval) => Accept(),
        { Status: DeploymentStatus.AwaitingCab, OpenCab.Votes.Count: 0, Reason: { } said } when said == reason => Accept(),
        { Status: DeploymentStatus.Approved or DeploymentStatus.Active, ApprovalStands: true } =>
            Accept(new ApprovalRevoked(reason, state.Revision + 1), Submission(state with { Revision = state.Revision + 1 }, at) with
            {
                WhileAssigning = state.Status == DeploymentStatus.Approved && stage == PublishStage.Assigning,
            }),
        _ => new NothingToRevoke(state.Status),
    };

    /// <summary>An administrator's approval in an emergency: lifts the CAB and a freeze, never a block or a gate.</summary>
    /// <returns>No event where it is approved so already; or <see cref="HumanRequired"/>, <see cref="SelfApproval"/>, <see cref="NothingToDecide"/>.</returns>
    public static Outcome<DeploymentEvent> ApproveInEmergency(DeploymentState state, string incidentId, string reason, Actor actor, DateTimeOffset at) => state switch
    {
        _ when actor is not { Kind: ActorKind.User } => new HumanRequired(),
        { Approval.By: ApprovalSource.Emergency, ApprovalStands: true } when state.Review?.ApprovedBy == actor.Id => Accept(),
        { Status: DeploymentStatus.AwaitingCab } when state.Involved.Contains(actor.Id!.Value) => new SelfApproval(),
        { Status: DeploymentStatus.AwaitingCab, OpenCab: { } cab } =>
            Accept(new EmergencyApproved(cab.SubjectDigest, incidentId, reason, ReviewDue(state, at))),
        _ => new NothingToDecide(state.Status),
    };

    /// <summary>The mandatory review of an emergency approval, by somebody who neither gave it nor is involved.</summary>
    /// <returns>No event where this reviewer said so already; or <see cref="HumanRequired"/>, <see cref="NothingToReview"/>, <see cref="SelfApproval"/>.</returns>
    public static Outcome<DeploymentEvent> Review(DeploymentState state, ReviewOutcome outcome, string comments, Actor actor) => (state.Review, actor) switch
    {
        (_, not { Kind: ActorKind.User }) => new HumanRequired(),
        (null, _) => new NothingToReview(),
        ({ Outcome: not null } done, _) => done.Reviewer == actor.Id && done.Outcome == outcome ? Accept() : new NothingToReview(),
        ({ } open, _) when open.ApprovedBy == actor.Id || state.Involved.Contains(actor.Id!.Value) => new SelfApproval(),
        _ => Accept(new EmergencyReviewed(outcome, comments)),
    };

    /// <summary>The deadline: the backup group is asked too.</summary>
    /// <returns>No event where it is decided, escalated, of another revision, or not yet due.</returns>
    public static Outcome<DeploymentEvent> Escalate(DeploymentState state, int revision, DateTimeOffset at) =>
        state.OpenCab is { Escalated: false } cab && cab.Revision == revision && at >= cab.DueAt ? Accept(new CabEscalated(revision)) : Accept();

    /// <summary>Twice the deadline: nobody decided.</summary>
    /// <returns>No event where it is decided, of another revision, or not yet due.</returns>
    public static Outcome<DeploymentEvent> Expire(DeploymentState state, int revision, DateTimeOffset at) =>
        state.OpenCab is { } cab && cab.Revision == revision && at >= cab.ExpiresAt ? Accept(new CabExpired(revision)) : Accept();

    /// <summary>What is asked of the CAB for the state's revision: digest, quorum and deadlines.</summary>
    public static CabSubmissionPrepared Submission(DeploymentState state, DateTimeOffset at)
    {
        var within = state.Request.Urgency == Urgency.Urgent ? TimeSpan.FromHours(24) : TimeSpan.FromHours(48);
        return new()
        {
            Revision = state.Revision,
            SubjectDigest = Cab.SubjectDigest.Of(state),
            Needed = state.Check!.Quorum,
            RemindAt = at + (within / 2),
            DueAt = at + within,
            ExpiresAt = at + (within * 2),
        };
    }

    // A second emergency does not put off the review of the first.
    private static DateTimeOffset ReviewDue(DeploymentState state, DateTimeOffset at) =>
        state.Review is { Outcome: null } open && open.DueAt < at + ReviewWithin ? open.DueAt : at + ReviewWithin;

    private static Outcome<DeploymentEvent> Settle(DeploymentState state, CabRequest cab, PersonId voter, CastVote vote)
    {
        var conditions = CabConditions.Unite([.. Earlier(state, cab, voter, vote).SelectMany(earlier => earlier.Conditions), .. vote.Conditions]);
        var approved = new CabApproved(cab.SubjectDigest, vote.Comments, vote.Conditions, conditions);
        return state.IsHeldFor(WaitReason.Approval)
            ? Accept(approved, new RolloutResumed(WaitReason.Approval, "Approved again."))
            : Accept(approved);
    }

    private static bool Repeats(CabRequest cab, PersonId voter, CastVote vote) => cab.Votes.Any(cast =>
        cast.Voter == voter && cast.Ballot == vote.Ballot && (!cab.IsOpen || (cast.Comments == vote.Comments && cast.Conditions == vote.Conditions)));

    // Whoever became involved after voting, by an exception that the deployment rests on now, does not count any more.
    private static IEnumerable<CabVote> Earlier(DeploymentState state, CabRequest cab, PersonId voter, CastVote vote) => cab.Votes.Where(cast =>
        cast.Voter != voter && cast.Ballot == Ballot.Approve && !state.Involved.Contains(cast.Voter) && !vote.Unseated.AsSpan().Contains(cast.Voter));
}

using Governance.Core.Events;

namespace Governance.Core.Cab;

/// <summary>Folds events into an exception's state. Never refuses: what has happened has happened.</summary>
public static class ExceptionFold
{
    /// <summary>Folds one event; the state is null before the first.</summary>
    /// <exception cref="InvalidOperationException">The stream does not begin with EXCEPTION_REQUESTED: it is corrupt.</exception>
    public static ExceptionState Evolve(ExceptionState? state, Recorded<ExceptionEvent> happened) => (state, happened.Event) switch
    {
        (null, ExceptionRequested e) => new()
        {
            Id = e.Id,
            Request = e.Request,
            Requester = happened.Actor,
            Status = ExceptionStatus.Pending,
            Revision = e.Revision,
            Needed = e.Needed,
            RequestedAt = happened.At,
        },
        ({ } known, ExceptionVoteRecorded e) => Voted(known, happened, Ballot.Approve, e.Comments),
        ({ } known, ExceptionApproved e) => Decided(Voted(known, happened, Ballot.Approve, e.Comments), ExceptionStatus.Approved, happened, e.Comments),
        ({ } known, ExceptionDenied e) => Decided(Voted(known, happened, Ballot.Reject, e.Comments), ExceptionStatus.Denied, happened, e.Comments),
        ({ } known, ExceptionExpired) => known with { Status = ExceptionStatus.Expired, EndedAt = happened.At },
        _ => throw new InvalidOperationException(
            $"An exception begins with EXCEPTION_REQUESTED and has it once; event {happened.Sequence} is {happened.Event.EventType}."),
    };

    private static ExceptionState Decided(ExceptionState state, ExceptionStatus status, Recorded<ExceptionEvent> happened, string comments) =>
        state with { Status = status, DecidedAt = happened.At, DecidedBy = happened.Actor.Id, Comments = comments };

    private static ExceptionState Voted(ExceptionState state, Recorded<ExceptionEvent> happened, Ballot ballot, string comments) =>
        happened.Actor.Id is { } voter
            ? state with { Votes = [.. state.Votes.Where(cast => cast.Voter != voter), new ExceptionVote(voter, ballot, comments, happened.At)] }
            : state;
}

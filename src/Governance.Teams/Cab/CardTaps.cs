using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Teams.Connector;
using Microsoft.Extensions.Logging;

namespace Governance.Teams.Cab;

/// <summary>Carries out what a pressed button asks for, and answers with the card as it stands then.</summary>
internal sealed class CardTaps(ICabDesk desk, CardComposer composer, ILogger<TeamsCallbacks> log)
{
    private static readonly CallbackAnswer Unreachable = CallbackAnswer.Toast(
        "Governance's storage does not answer, so it is not known whether your decision was recorded. Press the button again, which never counts twice, or look at the review page.");

    /// <summary>The card as it stands. One read.</summary>
    internal async Task<CallbackAnswer> Show(CardBinding binding, CancellationToken cancellation) => await desk.Read(binding.Id, cancellation).ConfigureAwait(false) switch
    {
        DeskAnswer.Stands stands => Card(stands.State, binding, null),
        DeskAnswer.Unreachable => CallbackAnswer.Toast("Governance's storage does not answer; the card shows what it showed last."),
        _ => Gone,
    };

    /// <summary>Votes. One read and one write.</summary>
    internal async Task<CallbackAnswer> Decide(CardBinding binding, Actor voter, TapDecision decision, string? activityId, CancellationToken cancellation)
    {
        var answer = await desk.Vote(binding.Id, voter, binding.Subject, decision, cancellation).ConfigureAwait(false);
        switch (answer)
        {
            case DeskAnswer.Stands stands:
                log.Decided(voter.ToString(), binding.Id.ToString(), binding.Revision, decision.Ballot.ToString(), activityId);
                return Card(stands.State, binding, Recorded(stands.State, decision));
            case DeskAnswer.Refused refused:
                log.CallbackRefused(refused.Reason.Code, binding.Id.ToString(), voter.ToString(), activityId);

                // What concerns the request is shown on the card, which has changed; what concerns the person is told to them alone.
                return refused.Reason is AlreadyDecided or SubjectChanged or NothingToDecide or DecisionExpired
                    ? Card(refused.State, binding, $"Not recorded. {refused.Reason.Message}")
                    : CallbackAnswer.Toast($"Not recorded. {refused.Reason.Message}");
            case DeskAnswer.Contended:
                return CallbackAnswer.Toast("Others were deciding at the same moment; nothing was recorded. Press the button again.");
            case DeskAnswer.Unreachable:
                return Unreachable;
            default:
                return Gone;
        }
    }

    private static CallbackAnswer Gone { get; } = CallbackAnswer.Toast("Governance does not know this request.");

    private static string Recorded(DeploymentState state, TapDecision decision) => state.Cab!.Decision switch
    {
        CabDecision.Pending => $"Your approval is recorded: {state.Cab.Votes.Count(vote => vote.Ballot == Ballot.Approve)} of {state.Cab.Needed}.",
        _ => decision.Ballot == Ballot.Reject ? "Your rejection is recorded." : "Your approval is recorded.",
    };

    private CallbackAnswer Card(DeploymentState state, CardBinding binding, string? banner) =>
        CallbackAnswer.Card(composer.Make(state, binding.Revision, binding, banner).Card);
}

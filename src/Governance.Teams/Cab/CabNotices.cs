using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;

namespace Governance.Teams.Cab;

/// <summary>The notices that are sent. Pure; texts are made neutral where the card is made.</summary>
public static class CabNotices
{
    /// <summary>Half of the time has passed.</summary>
    public static CabNotice Reminder(DeploymentState state) => new(
        $"Still to be decided: {Name(state)}",
        [$"Revision {state.Cab!.Revision}, {Approvals(state.Cab)}. Decide by {CabCardFacts.Utc(state.Cab.DueAt)}."],
        $"/review/{state.Id}",
        NoticeAudience.Board);

    /// <summary>The deadline has passed.</summary>
    public static CabNotice Escalated(DeploymentState state) => new(
        $"Escalated to you: {Name(state)}",
        [$"The CAB has not decided by {CabCardFacts.Utc(state.Cab!.DueAt)}; {Approvals(state.Cab)}. No vote counts after {CabCardFacts.Utc(state.Cab.ExpiresAt)}."],
        $"/review/{state.Id}",
        NoticeAudience.Backup);

    /// <summary>The review of an emergency approval is open.</summary>
    public static CabNotice Review(DeploymentState state) => new(
        $"Review an emergency approval: {Name(state)}",
        [$"Approved without the CAB for {state.Review!.IncidentId}: {state.Review.Reason}", $"The review is due by {CabCardFacts.Utc(state.Review.DueAt)}."],
        $"/review/{state.Id}",
        NoticeAudience.Board);

    /// <summary>An exception ends soon.</summary>
    public static CabNotice Ending(ExceptionSummary exception) => new(
        $"An exception ends soon: {exception.AppName} {exception.Version}".TrimEnd(),
        [$"It ends {CabCardFacts.Utc(exception.ExpiresAt)}; running rollouts that rest on it will be held.", exception.Reason],
        "/review",
        NoticeAudience.Board);

    private static string Name(DeploymentState state) => $"{state.Request.AppName} {state.Request.Version} to {state.Request.TargetRing.WireName()}";

    private static string Approvals(CabRequest cab) => $"{cab.Votes.Count(vote => vote.Ballot == Ballot.Approve)} of {cab.Needed} approvals";
}

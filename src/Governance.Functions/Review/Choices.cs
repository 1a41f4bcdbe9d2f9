using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Functions.SignIn;

namespace Governance.Functions.Review;

/// <summary>What a person may decide on a deployment as it stands. Only for what the page offers; the decider has the last word.</summary>
/// <param name="Vote">Approve or reject.</param>
/// <param name="Revoke">Take the approval back.</param>
/// <param name="Emergency">Approve in an emergency.</param>
/// <param name="Review">Review an emergency approval.</param>
/// <param name="WhyNot">Why something that is open is not theirs to decide; null where nothing is held back from them.</param>
internal sealed record Choices(bool Vote, bool Revoke, bool Emergency, bool Review, string? WhyNot)
{
    /// <summary>Whether there is anything at all.</summary>
    public bool Any => Vote || Revoke || Emergency || Review;

    /// <summary>Of one person.</summary>
    public static Choices Of(DeploymentState state, Caller caller, DateTimeOffset now)
    {
        var (approver, admin, involved) = (caller.Has(Roles.CabApprover), caller.Has(Roles.PlatformAdmin), state.Involved.Contains(caller.Id));
        var open = state.OpenCab is { } cab && now < cab.ExpiresAt;
        var due = state.Review is { Outcome: null };
        return new(
            Vote: open && approver && !involved,
            Revoke: approver && state is { ApprovalStands: true, Status: DeploymentStatus.Approved or DeploymentStatus.Active },
            Emergency: state is { Status: DeploymentStatus.AwaitingCab, OpenCab: not null } && admin && !involved,
            Review: due && approver && !involved && state.Review!.ApprovedBy != caller.Id,
            WhyNot: (open || due) switch
            {
                false => null,
                true when !approver && !(admin && open) => "CAB approvers decide on this.",
                true when involved => "You are involved in this change, so somebody else decides on it.",
                true when due && state.Review!.ApprovedBy == caller.Id => "You gave the emergency approval, so somebody else reviews it.",
                _ => null,
            });
    }
}

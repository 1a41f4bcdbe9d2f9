using Governance.Core.Deployments;
using Governance.Core.Rollout;

namespace Governance.Functions.Rollout;

/// <summary>Asks the plane what the tenant's own approvers said.</summary>
internal sealed class TenantDecisions(DevicePlanes planes)
{
    /// <summary>Asks about one request.</summary>
    internal async Task<TenantAnswer> Ask(DeploymentState state, TenantApproval approval, CancellationToken cancellation) =>
        await planes.Of(state).ReadApproval(approval, cancellation) switch
        {
            PlaneReading<TenantApprovalStatus>.Read { Value: TenantApprovalStatus.Pending } => TenantAnswer.Wait,
            PlaneReading<TenantApprovalStatus>.Read { Value: TenantApprovalStatus.Rejected } => TenantAnswer.Refused,
            PlaneReading<TenantApprovalStatus>.Read { Value: TenantApprovalStatus.Expired } => TenantAnswer.FileAgain,
            PlaneReading<TenantApprovalStatus>.Read => TenantAnswer.GoOn,
            PlaneReading<TenantApprovalStatus>.Unavailable { Failure.Class: ErrorClass.Transient } => TenantAnswer.Wait,

            // Not allowed to look: the identical call itself will tell.
            _ => TenantAnswer.TryIt,
        };

    /// <summary>The failure that a refusal is.</summary>
    internal static PlaneFailure Refusal(TenantApproval approval) => new()
    {
        Class = ErrorClass.PolicyViolation,
        Code = "TENANT_APPROVAL_REFUSED",
        Message = $"The tenant's own approvers refused the request {approval.Code}.",
    };
}

/// <summary>What to do about a request for the tenant's own approval.</summary>
internal enum TenantAnswer
{
    /// <summary>Nobody has decided: ask again later.</summary>
    Wait,

    /// <summary>Approved: repeat the identical call.</summary>
    GoOn,

    /// <summary>Nobody may look: repeat the identical call, seldom.</summary>
    TryIt,

    /// <summary>Refused: a person has to look.</summary>
    Refused,

    /// <summary>Nobody decided in time: send the call anew, which files it again.</summary>
    FileAgain,
}

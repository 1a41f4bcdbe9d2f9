using Governance.Core.Deployments;

namespace Governance.Functions.Sweeps;

/// <summary>Which orchestrations a deployment that stands so must have alive.</summary>
/// <param name="Main">Its own.</param>
/// <param name="Part">The part of it that its own waits for; null where it waits by itself or may be on its way.</param>
/// <param name="HeldCabRevision">The CAB's wait beside a rollout that is held for a new approval: of which revision; null where none is.</param>
/// <param name="Review">Whether somebody waits for the review of an emergency approval.</param>
/// <param name="RemediationId">What is being mended on devices; null where nothing is.</param>
internal sealed record OrchestrationNeeds(bool Main, OrchestrationPart? Part, int? HeldCabRevision, bool Review, Guid? RemediationId)
{
    /// <summary>Nothing at all.</summary>
    internal static readonly OrchestrationNeeds None = new(Main: false, null, null, Review: false, null);

    /// <summary>Of a deployment as a list or its head shows it. Pure.</summary>
    internal static OrchestrationNeeds Of(DeploymentSummary deployment)
    {
        var rollsOut = deployment.Status is DeploymentStatus.Approved or DeploymentStatus.Active
            || (deployment.Status is DeploymentStatus.Completed && deployment.Holds.AsSpan().Contains(WaitReason.Rollback));
        return new(
            deployment.Status.IsBeforePublish() || rollsOut,
            rollsOut ? OrchestrationPart.Rings : deployment.Status is DeploymentStatus.AwaitingCab ? OrchestrationPart.Cab : null,
            deployment.Status is DeploymentStatus.Active ? deployment.Cab?.Revision : null,
            deployment.ReviewDueAt is not null,
            deployment.Status.IsOnDevices() ? deployment.RemediationId : null);
    }
}

/// <summary>What a deployment's own orchestration hands its deployment to.</summary>
internal enum OrchestrationPart
{
    /// <summary>The wait for the CAB.</summary>
    Cab,

    /// <summary>The rollout.</summary>
    Rings,
}

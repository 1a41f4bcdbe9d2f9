using Governance.Core.Deployments;
using Governance.Durable;
using Governance.Storage.Streams;

namespace Governance.Functions.Cab;

/// <summary>Tells people that an emergency approval waits for its review.</summary>
/// <remarks>A second run tells them a second time, which harms nobody.</remarks>
internal sealed class AskForReview(EventStreams<DeploymentState, DeploymentEvent> deployments, ICabNotices notices) : TaskActivity<ReviewRun, bool>
{
    /// <returns>Whether this review is still open.</returns>
    public override async Task<bool> RunAsync(TaskActivityContext context, ReviewRun input)
    {
        var head = await deployments.Read(input.CorrelationId, context.CancellationToken);
        if (head?.State.Review is not { Outcome: null } review || review.Revision != input.Revision)
        {
            return false;
        }

        await notices.ReviewDue(head.State, context.CancellationToken);
        return true;
    }
}

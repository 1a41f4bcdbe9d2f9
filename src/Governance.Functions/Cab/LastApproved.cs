using Governance.Core.Deployments;
using Governance.Storage.Streams;
using Governance.Storage.Views;

namespace Governance.Functions.Cab;

/// <summary>Finds what was approved last of an app, to compare with.</summary>
internal sealed class LastApproved(DeploymentViews views, EventStreams<DeploymentState, DeploymentEvent> deployments)
{
    // The app's newest deployments are listed first; an approval that is further back than this says little about the one at hand.
    private const int Looks = 10;

    /// <summary>The deployment of the same app that was approved last before this one was submitted or meanwhile. One point read for the list, and up to ten beside each other.</summary>
    /// <returns>Null where none of the newest was.</returns>
    internal async Task<DeploymentState?> Before(DeploymentState state, CancellationToken cancellation)
    {
        var others = await views.DeploymentsOf(state.Request.AppName, null, cancellation);
        var heads = await Task.WhenAll(others.Where(id => id != state.Id).Take(Looks).Select(id => deployments.Read(id, cancellation)));
        return heads.Select(head => head?.State)
            .Where(other => other is { Approval: not null, Check: not null, Status: DeploymentStatus.Approved or DeploymentStatus.Active or DeploymentStatus.Completed })
            .MaxBy(other => other!.Approval!.At);
    }
}

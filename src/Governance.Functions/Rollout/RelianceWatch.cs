using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Storage.Streams;
using Governance.Storage.Views;

namespace Governance.Functions.Rollout;

/// <summary>Sees to it that no look goes by an exception that has ended: its own watch or a sweep logs that too, a little later or after a fault.</summary>
internal sealed class RelianceWatch(EventStreams<DeploymentState, DeploymentEvent> deployments, ExceptionViews exceptions, TimeProvider clock)
{
    /// <summary>Logs what has ended. A repeat finds it logged.</summary>
    /// <returns>The deployment as it stands then.</returns>
    internal async Task<StreamHead<DeploymentState>> Settle(StreamHead<DeploymentState> head, CancellationToken cancellation)
    {
        if (head.State is not { Status: DeploymentStatus.Approved or DeploymentStatus.Active } state || state.Reliances.Count == 0)
        {
            return head;
        }

        var known = await exceptions.Of(state.Request.AppName, cancellation);
        var at = clock.GetUtcNow();
        foreach (var ended in ExceptionMatching.Ended(state, known, at).Where(id => !state.EndedExceptions.Contains(id)))
        {
            head = await Change(
                head, (now, stage) => RolloutDecider.ExceptionEnded(now, ended, ExceptionMatching.StandIns(now, ended, known, at), stage), cancellation);
        }

        return head;
    }

    private async Task<StreamHead<DeploymentState>> Change(
        StreamHead<DeploymentState> head, Func<DeploymentState, PublishStage, Outcome<DeploymentEvent>> decide, CancellationToken cancellation)
    {
        var changed = await deployments.ChangeWithClaim(
            head.Id,
            Actor.System,
            (now, row, _) =>
            {
                var stage = PublishClaim.StageOf(row);
                var outcome = decide(now, stage);
                return (outcome, PublishClaim.After(outcome, row));
            },
            cancellation);
        return changed.Settled ?? head;
    }
}

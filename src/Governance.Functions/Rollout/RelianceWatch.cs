using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Storage.Streams;
using Governance.Storage.Views;

namespace Governance.Functions.Rollout;

/// <summary>Holds a rollout at the instant at which an exception that it rests on ends, whenever the sweep comes to log that; lifts the wait where others stand in for it.</summary>
internal sealed class RelianceWatch(EventStreams<DeploymentState, DeploymentEvent> deployments, ExceptionViews exceptions, TimeProvider clock)
{
    /// <summary>Logs what has ended and what was replaced. A repeat finds it logged.</summary>
    /// <returns>The deployment as it stands then.</returns>
    internal async Task<StreamHead<DeploymentState>> Settle(StreamHead<DeploymentState> head, CancellationToken cancellation)
    {
        if (head.State is not { Status: DeploymentStatus.Approved or DeploymentStatus.Active } state || (state.Reliances.Count == 0 && state.EndedExceptions.Count == 0))
        {
            return head;
        }

        var known = await exceptions.Of(state.Request.AppName, cancellation);
        foreach (var ended in ExceptionMatching.Ended(state, known, clock.GetUtcNow()).Where(id => !state.EndedExceptions.Contains(id)))
        {
            head = await Change(head, (now, stage) => RolloutDecider.ExceptionEnded(now, ended, ExceptionMatching.StandIns(now, ended, known, clock.GetUtcNow()), stage), cancellation);
        }

        return head.State.IsHeldFor(WaitReason.Exception)
            && ExceptionMatching.Replacements(head.State, known, known, clock.GetUtcNow()) is { } replaced
            && replaced.FirstOrDefault(used => head.State.Reliances.All(before => before.ExceptionId != used.ExceptionId)) is { } first
            ? await Change(head, (now, stage) => RolloutDecider.ExceptionApproved(now, first.ExceptionId, matters: false, replaced, stage), cancellation)
            : head;
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
                return (outcome, outcome is Outcome<DeploymentEvent>.Accepted { Events.IsEmpty: false } && stage == PublishStage.Claimed
                    ? new ClaimWrite.Remove()
                    : new ClaimWrite.Keep());
            },
            cancellation);
        return changed.Settled ?? head;
    }
}

using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Functions.Observability;
using Governance.Functions.Rollout;
using Governance.Storage.Streams;

namespace Governance.Functions.Cab;

/// <summary>What the CAB decides, whoever carries it here: the API, the review page, Teams. One read and one write; a revocation reads the claim too.</summary>
internal sealed class CabCommands(EventStreams<DeploymentState, DeploymentEvent> deployments, ApproverSeats seats)
{
    /// <summary>An approval or a rejection.</summary>
    internal async Task<ChangeResult<DeploymentState>> Vote(CorrelationId id, Actor voter, VoteWish wish, CancellationToken cancellation)
    {
        var result = await deployments.Change(
            id,
            voter,
            (state, token) => seats.Lost(state, voter, wish.Ballot, token),
            (state, lost, at) => lost is { } unseated
                ? CabDecider.Vote(state, new(voter, wish.Ballot, wish.Seen, wish.Comments, wish.Conditions, at) { Unseated = unseated })
                : new ApproversUnknown(),
            cancellation);
        if (result is ChangeResult<DeploymentState>.Changed { Head.State.Cab: { DecidedAt: { } decided } cab })
        {
            Metrics.Decided(cab.Decision.ToString(), decided - cab.RequestedAt);
        }

        return result;
    }

    /// <summary>Takes an approval back.</summary>
    internal Task<ChangeResult<DeploymentState>> Revoke(CorrelationId id, Actor actor, string reason, CancellationToken cancellation) => deployments.ChangeWithClaim(
        id,
        actor,
        (state, row, at) =>
        {
            var stage = PublishClaim.StageOf(row);
            var outcome = CabDecider.Revoke(state, reason, actor, stage, at);
            return (outcome, PublishClaim.After(outcome, row));
        },
        cancellation);

    /// <summary>An administrator's approval in an emergency.</summary>
    internal Task<ChangeResult<DeploymentState>> ApproveInEmergency(CorrelationId id, Actor actor, EmergencyWish wish, CancellationToken cancellation) => deployments.Change(
        id,
        actor,
        (state, at) => CabDecider.ApproveInEmergency(state, wish.IncidentId, wish.Reason, actor, at),
        cancellation);

    /// <summary>The review of an emergency approval.</summary>
    internal Task<ChangeResult<DeploymentState>> Review(CorrelationId id, Actor actor, ReviewWish wish, CancellationToken cancellation) => deployments.Change(
        id,
        actor,
        (state, _) => CabDecider.Review(state, wish.Outcome, wish.Comments, actor),
        cancellation);
}

using Azure;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Functions.Cab;
using Governance.Storage.Streams;
using Governance.Storage.Views;
using Governance.Teams.Cab;

namespace Governance.Functions.Teams;

/// <summary>The CAB's requests for Teams: the same reads and the same command as over HTTP. Storage that does not answer becomes an answer here.</summary>
internal sealed class CabDesk(EventStreams<DeploymentState, DeploymentEvent> deployments, Func<CabCommands> commands, DeploymentViews views) : ICabDesk
{
    private const int MostLookedAt = 5;

    /// <inheritdoc/>
    public async Task<DeskAnswer> Read(CorrelationId id, CancellationToken cancellation)
    {
        try
        {
            return await deployments.Read(id, cancellation) is { } head ? new DeskAnswer.Stands(head.State) : new DeskAnswer.Missing();
        }
        catch (RequestFailedException silent) when (IsOutside(silent))
        {
            return new DeskAnswer.Unreachable();
        }
    }

    /// <inheritdoc/>
    public async Task<DeskAnswer> Vote(CorrelationId id, Actor voter, Digest seen, TapDecision decision, CancellationToken cancellation)
    {
        try
        {
            return await commands().Vote(id, voter, new(decision.Ballot, decision.Comments, decision.Conditions, seen), cancellation) switch
            {
                ChangeResult<DeploymentState>.Refused refused => new DeskAnswer.Refused(refused.Reason, refused.Head.State),
                ChangeResult<DeploymentState>.Missing => new DeskAnswer.Missing(),
                { Settled: { } head } => new DeskAnswer.Stands(head.State),
                _ => new DeskAnswer.Contended(),
            };
        }
        catch (RequestFailedException silent) when (IsOutside(silent))
        {
            return new DeskAnswer.Unreachable();
        }
    }

    /// <inheritdoc/>
    public async Task<DeploymentState?> LastApproved(DeploymentState than, CancellationToken cancellation)
    {
        DeploymentState? last = null;
        foreach (var id in (await views.DeploymentsOf(than.Request.AppName, null, cancellation)).Where(id => id != than.Id).Take(MostLookedAt))
        {
            if (await deployments.Read(id, cancellation) is { State: { Approval: { } approval, Check: not null } state } && (last is null || approval.At > last.Approval!.At))
            {
                last = state;
            }
        }

        return last;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeploymentSummary>?> Pending(int limit, CancellationToken cancellation)
    {
        try
        {
            return [.. (await views.PendingCab(limit, null, cancellation)).Items.Where(open => open.Cab is not null)];
        }
        catch (RequestFailedException silent) when (IsOutside(silent))
        {
            return null;
        }
    }

    private static bool IsOutside(RequestFailedException fault) => fault.Status is 0 or 408 or 429 or >= 500;
}

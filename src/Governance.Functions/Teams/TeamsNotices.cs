using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Functions.Cab;
using Governance.Teams.Cab;

namespace Governance.Functions.Teams;

/// <summary>Notices through Teams, and in the log all the same.</summary>
internal sealed class TeamsNotices(CardDelivery cards, LoggedNotices log) : ICabNotices
{
    /// <inheritdoc/>
    public async Task Show(DeploymentState state, CardRequest card, CancellationToken cancellation)
    {
        await log.Show(state, card, cancellation);
        await cards.Show(state, card.RevisionBefore, cancellation);
    }

    /// <inheritdoc/>
    public async Task Remind(DeploymentState state, CancellationToken cancellation)
    {
        await log.Remind(state, cancellation);
        await cards.Tell(CabNotices.Reminder(state), state, cancellation);
    }

    /// <inheritdoc/>
    public async Task ReviewDue(DeploymentState state, CancellationToken cancellation)
    {
        await log.ReviewDue(state, cancellation);
        if (state.Review is { Outcome: null })
        {
            await cards.Tell(CabNotices.Review(state), state, cancellation);
        }
    }

    /// <inheritdoc/>
    public async Task ExceptionEnds(ExceptionSummary exception, CancellationToken cancellation)
    {
        await log.ExceptionEnds(exception, cancellation);
        await cards.Tell(CabNotices.Ending(exception), null, cancellation);
    }
}

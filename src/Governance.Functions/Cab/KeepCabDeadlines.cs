using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Durable;
using Governance.Storage.Streams;

namespace Governance.Functions.Cab;

/// <summary>Does what a CAB deadline asks for: reminds, escalates, expires.</summary>
/// <remarks>A second run finds the escalation or expiry logged and appends nothing; a reminder that is sent twice harms nobody.</remarks>
internal sealed class KeepCabDeadlines(EventStreams<DeploymentState, DeploymentEvent> deployments, ICabNotices notices, TimeProvider clock)
    : TaskActivity<CabRun, CabWatch>
{
    /// <summary>What the deadlines of a revision's request ask for now: its expiry, its escalation, or nothing. Pure.</summary>
    internal static Outcome<DeploymentEvent> Due(DeploymentState state, int revision, DateTimeOffset at) =>
        at >= state.Cab?.ExpiresAt ? CabDecider.Expire(state, revision, at) : CabDecider.Escalate(state, revision, at);

    /// <inheritdoc/>
    public override async Task<CabWatch> RunAsync(TaskActivityContext context, CabRun input)
    {
        var cancellation = context.CancellationToken;
        var changed = await deployments.Change(
            input.CorrelationId,
            Actor.System,
            (state, at) => Due(state, input.Revision, at),
            cancellation);
        var state = changed.Settled?.State ?? throw new InvalidOperationException($"The deadlines of {input.CorrelationId} could not be looked at: {changed}.");
        if (state.OpenCab is not { } cab || cab.Revision != input.Revision)
        {
            // Decided, of another revision, or withdrawn undecided: a cancelled deployment asks nobody any more.
            return new(Settled: true, input.Reminded, NextAt: null);
        }

        var now = clock.GetUtcNow();
        var reminded = input.Reminded || now >= cab.RemindAt;
        if (reminded && !input.Reminded)
        {
            await notices.Remind(state, cancellation);
        }

        return new(Settled: false, reminded, !reminded ? cab.RemindAt : !cab.Escalated ? cab.DueAt : cab.ExpiresAt);
    }
}

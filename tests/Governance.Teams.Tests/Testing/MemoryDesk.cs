using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Teams.Cab;
using Governance.Testing;

namespace Governance.Teams.Tests.Testing;

/// <summary>One deployment in memory, decided on by the real rules.</summary>
internal sealed class MemoryDesk(Story<DeploymentState, DeploymentEvent> story, TimeProvider clock) : ICabDesk
{
    private readonly Lock _gate = new();

    public Story<DeploymentState, DeploymentEvent> Story { get; set; } = story;

    public DeploymentState State => Story.State;

    public int Votes { get; private set; }

    public DeploymentState? Approved { get; init; }

    /// <summary>What storage does before it answers.</summary>
    public Func<CancellationToken, Task> Storage { get; set; } = _ => Task.CompletedTask;

    /// <summary>An answer in place of the real one.</summary>
    public DeskAnswer? Instead { get; set; }

    public async Task<DeskAnswer> Read(CorrelationId id, CancellationToken cancellation)
    {
        await Storage(cancellation);
        return Instead ?? (id == State.Id ? new DeskAnswer.Stands(State) : new DeskAnswer.Missing());
    }

    public async Task<DeskAnswer> Vote(CorrelationId id, Actor voter, Digest seen, TapDecision decision, CancellationToken cancellation)
    {
        await Storage(cancellation);
        if (Instead is not null || id != State.Id)
        {
            return Instead ?? new DeskAnswer.Missing();
        }

        lock (_gate)
        {
            Votes++;
            var vote = new CastVote(voter, decision.Ballot, seen, decision.Comments, decision.Conditions, clock.GetUtcNow());
            switch (CabDecider.Vote(State, vote))
            {
                case Outcome<DeploymentEvent>.Refused refused:
                    return new DeskAnswer.Refused(refused.Reason, State);
                case Outcome<DeploymentEvent>.Accepted { Events: var events }:
                    Story = Story.Happened(voter, events);
                    break;
            }

            return new DeskAnswer.Stands(State);
        }
    }

    public Task<DeploymentState?> LastApproved(DeploymentState than, CancellationToken cancellation) => Task.FromResult(Approved);

    public Task<IReadOnlyList<DeploymentSummary>?> Pending(int limit, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<DeploymentSummary>?>(
        Instead is DeskAnswer.Unreachable ? null : State.OpenCab is null ? [] : [DeploymentSummary.Of(null, State, 3, clock.GetUtcNow(), Actor.System, [])]);
}

using System.Collections.Immutable;
using Governance.Durable.Hub.Rows;
using Governance.Durable.Protocol;

namespace Governance.Durable.Hub;

/// <summary>Something that happened to an instance and that a turn has not taken yet.</summary>
/// <param name="Event">As it will stand in the history.</param>
/// <param name="ExecutionId">The only execution it is meant for; empty for any.</param>
/// <param name="Row">The inbox row that the turn deletes; null for what lives in memory and comes again after a crash: activity results and timers.</param>
internal sealed record Arrival(HistoryEvent Event, string ExecutionId, string? Row);

/// <summary>One activity to run.</summary>
/// <param name="TaskId">The id that its result refers to; -1 where nobody waits for it.</param>
internal sealed record ActivityCall(string InstanceId, string ExecutionId, int TaskId, TaskScheduledEvent Scheduled, string? Input);

/// <summary>What a turn gives to everything that comes of it.</summary>
/// <param name="Now">The instant of the turn.</param>
/// <param name="Id">An id no other turn has; child and next executions take their ids from it.</param>
/// <param name="Trace">Where activities and children go on with the trace; null where there is none.</param>
internal readonly record struct TurnStamp(DateTimeOffset Now, string Id, TraceContext? Trace);

/// <summary>What one turn changes.</summary>
/// <param name="After">The instance as it now stands.</param>
/// <param name="Activities">To be started once the turn is stored.</param>
/// <param name="Parcels">Messages that must leave because of this turn, not numbered yet.</param>
/// <param name="Discarded">History rows of executions that ended by continuing; nobody reads them again.</param>
internal sealed record TurnOutcome(
    InstanceSnapshot After,
    ImmutableArray<ActivityCall> Activities,
    ImmutableArray<Parcel> Parcels,
    ImmutableArray<string> Discarded)
{
    /// <summary>This outcome followed by that of the next execution, which ran in the same turn.</summary>
    public TurnOutcome Then(TurnOutcome next) =>
        new(next.After, Activities.AddRange(next.Activities), Parcels.AddRange(next.Parcels), Discarded.AddRange(next.Discarded));
}

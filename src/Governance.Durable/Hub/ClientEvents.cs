using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Governance.Durable.Client;
using Governance.Durable.Engine;
using Governance.Durable.Protocol;

namespace Governance.Durable.Hub;

/// <summary>What clients send, as history events.</summary>
internal static class ClientEvents
{
    /// <summary>The first event of a new instance. The caller's trace goes on in it.</summary>
    public static HistoryEvent Started(
        string orchestrator, string instanceId, string executionId, string? input, StartOrchestrationOptions? options, DateTimeOffset now) =>
        HistoryEvents.Of(now, e => e.ExecutionStarted = new()
        {
            Name = orchestrator,
            Version = options?.Version,
            Input = input,
            OrchestrationInstance = new() { InstanceId = instanceId, ExecutionId = executionId },
            ScheduledStartTimestamp = options?.StartAt is { } startAt ? Timestamp.FromDateTimeOffset(startAt) : null,
            ParentTraceContext = HubTraces.Of(Activity.Current),
        });
}

/// <summary>Stored instances as clients see them.</summary>
internal static class ClientViews
{
    /// <param name="converter">Null where inputs and outputs were not asked for.</param>
    public static OrchestrationMetadata Metadata(StoredInstance instance, DataConverter? converter)
    {
        var state = instance.Row.State;
        return new(state.Name, state.InstanceId)
        {
            RuntimeStatus = (OrchestrationRuntimeStatus)state.OrchestrationStatus,
            CreatedAt = state.CreatedTimestamp.ToDateTimeOffset(),
            LastUpdatedAt = state.LastUpdatedTimestamp.ToDateTimeOffset(),
            SerializedInput = converter is null ? null : instance.Input,
            SerializedOutput = converter is null ? null : state.Output,
            SerializedCustomStatus = converter is null ? null : state.CustomStatus,
            FailureDetails = converter is null || state.FailureDetails is null ? null : Failures.FromMessage(state.FailureDetails),
            DataConverter = converter,
        };
    }
}

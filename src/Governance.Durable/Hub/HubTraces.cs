using System.Diagnostics;
using Governance.Durable.Protocol;

namespace Governance.Durable.Hub;

/// <summary>The hub's spans: one for each turn and each activity, in the trace of the call that started the orchestration.</summary>
internal static class HubTraces
{
    private static readonly ActivitySource Source = new("Governance");

    /// <summary>A turn of an instance.</summary>
    /// <returns>Null where no trace is known and nobody listens.</returns>
    public static Activity? Turn(InstanceSnapshot instance) =>
        Begin($"turn {instance.State.Name}", ActivityKind.Internal, Of(instance))?.SetTag("instance_id", instance.InstanceId);

    /// <summary>One run of an activity.</summary>
    /// <returns>Null where no trace is known and nobody listens.</returns>
    public static Activity? Run(ActivityCall call) =>
        Begin($"activity {call.Scheduled.Name}", ActivityKind.Internal, call.Scheduled.ParentTraceContext)?.SetTag("instance_id", call.InstanceId);

    /// <summary>The trace that an instance belongs to; null where its starter had none.</summary>
    public static TraceContext? Of(InstanceSnapshot instance) =>
        instance.Opening.Concat(instance.Past).FirstOrDefault(e => e.ExecutionStarted is not null)?.ExecutionStarted.ParentTraceContext;

    /// <summary>What travels in a message, so that its receiver goes on with the trace.</summary>
    /// <returns>Null where there is no span, or one without a W3C id.</returns>
    public static TraceContext? Of(Activity? span) => span is { IdFormat: ActivityIdFormat.W3C, Id: { } id }
        ? new() { TraceParent = id, SpanId = span.SpanId.ToHexString(), TraceState = span.TraceStateString }
        : null;

    private static Activity? Begin(string name, ActivityKind kind, TraceContext? trace)
    {
        var known = ActivityContext.TryParse(trace?.TraceParent, trace?.TraceState, isRemote: true, out var parent);
        var recorded = Source.StartActivity(kind, parent, name: name);

        // Where nobody records it, logs and calls to the outside bear the trace all the same.
        return recorded is null && known
            ? new Activity(name) { TraceStateString = parent.TraceState }.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags).Start()
            : recorded;
    }
}

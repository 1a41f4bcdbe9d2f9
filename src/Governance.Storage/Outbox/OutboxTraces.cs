using System.Diagnostics;

namespace Governance.Storage.Outbox;

/// <summary>The dispatcher's spans: follow-up work goes on in the trace of the change that it follows.</summary>
internal static class OutboxTraces
{
    private static readonly ActivitySource Source = new("Governance");

    /// <summary>One attempt at a message.</summary>
    /// <param name="kind">The message's kind.</param>
    /// <param name="traceParent">The change's W3C trace context; null where none was active.</param>
    /// <returns>Null where no trace is known and nobody listens.</returns>
    public static Activity? Deliver(string kind, string? traceParent)
    {
        var name = $"outbox {kind}";
        var known = ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent);
        var recorded = Source.StartActivity(ActivityKind.Internal, parent, name: name);

        // Where nobody records it, what is started from here bears the trace all the same.
        return recorded is null && known ? new Activity(name).SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags).Start() : recorded;
    }
}

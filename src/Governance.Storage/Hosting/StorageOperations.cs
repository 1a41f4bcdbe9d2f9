using System.Diagnostics;
using System.Diagnostics.Metrics;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Governance.Storage.Hosting;

/// <summary>Sees every storage operation, with all its retries as one: measures it, and counts it for whoever asked with <see cref="RoundTrips.Count"/>.</summary>
internal sealed class StorageOperations(string service) : HttpPipelinePolicy
{
    private static readonly Meter Meter = new("Governance");

    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>(
        "governance.storage.duration", "s", "How long a storage operation took, retries included.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var (kind, since) = (KindOf(message.Request), Stopwatch.GetTimestamp());
        RoundTrips.Add(kind);
        ProcessNext(message, pipeline);
        Record(message, kind, since);
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var (kind, since) = (KindOf(message.Request), Stopwatch.GetTimestamp());
        RoundTrips.Add(kind);
        await ProcessNextAsync(message, pipeline).ConfigureAwait(false);
        Record(message, kind, since);
    }

    private void Record(HttpMessage message, OperationKind kind, long since) => Durations.Record(
        Stopwatch.GetElapsedTime(since).TotalSeconds,
        new("service", service),
        new("operation", kind switch { OperationKind.Read => "read", OperationKind.Query => "query", _ => "write" }),
        new("outcome", message.Response.Status switch { < 400 => "ok", 404 => "missing", 409 or 412 => "conflict", _ => "failed" }));

    private OperationKind KindOf(Request request) => service switch
    {
        _ when request.Method != RequestMethod.Get && request.Method != RequestMethod.Head => OperationKind.Write,
        "table" when request.Uri.Path.EndsWith("()", StringComparison.Ordinal) => OperationKind.Query,
        _ when request.Uri.Query.Contains("comp=list", StringComparison.Ordinal) => OperationKind.Query,
        _ => OperationKind.Read,
    };
}

/// <summary>What a storage operation does.</summary>
internal enum OperationKind
{
    /// <summary>Reads one row or blob.</summary>
    Read,

    /// <summary>Looks for rows or blobs.</summary>
    Query,

    /// <summary>Writes or deletes, one or many in a transaction.</summary>
    Write,
}

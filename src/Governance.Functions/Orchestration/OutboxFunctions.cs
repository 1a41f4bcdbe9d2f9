using System.Globalization;
using System.Text.Json;
using Governance.Core.Deployments;
using Governance.Functions.Hosting;
using Governance.Storage.Outbox;

namespace Governance.Functions.Orchestration;

/// <summary>Follow-up work behind the Functions host: a queue message for each commit. Embedded, the app's own dispatcher does it; what either missed, the sweep finds.</summary>
internal static class OutboxFunctions
{
    /// <summary>The functions of this subject.</summary>
    public static IEnumerable<Function> All =>
    [
        Function.Queue("DispatchOutbox", OutboxOptions.Queue, Dispatch) with { HostOnly = true },
    ];

    /// <summary>Takes one message: a call to dispatch a row, or a signal.</summary>
    /// <exception cref="InvalidDataException">It is neither; the host puts it aside after some tries.</exception>
    internal static async Task Dispatch(QueueRun run)
    {
        if (OutboxCall.TryRead(run.Message.Span) is { } call)
        {
            await run.Services.GetRequiredService<OutboxPickup>().Take(call, run.DequeueCount, run.Cancellation);
            return;
        }

        await run.Services.GetRequiredService<DeploymentInstances>().Signal(Read(run.Message.Span), run.Cancellation, run.DequeueCount);
    }

    private static SignalRequest Read(ReadOnlySpan<byte> message)
    {
        try
        {
            return JsonSerializer.Deserialize(message, DeploymentJson.Default.SignalRequest) is { } signal && signal.CorrelationId != default
                ? signal
                : throw new InvalidDataException("A message of the outbox's queue is neither a call nor a signal.");
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException("A message of the outbox's queue is not JSON as expected.", malformed);
        }
    }
}

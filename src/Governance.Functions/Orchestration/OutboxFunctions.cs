using System.Globalization;
using System.Text.Json;
using Governance.Core.Deployments;
using Governance.Functions.Hosting;
using Governance.Storage.Outbox;

namespace Governance.Functions.Orchestration;

/// <summary>Follow-up work behind the Functions host: a queue message for each commit, and a timer for what such messages missed. Embedded, the app's own dispatcher does both.</summary>
internal static class OutboxFunctions
{
    private const int ShardsARun = 16;
    private const int SecondsBetweenRuns = 15;

    /// <summary>The functions of this subject.</summary>
    public static IEnumerable<Function> All =>
    [
        Function.Queue("DispatchOutbox", OutboxOptions.Queue, Dispatch) with { HostOnly = true },
        Function.Timer("SweepOutbox", $"*/{SecondsBetweenRuns} * * * * *", Sweep) with { HostOnly = true },
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

    // Which shards are due follows from the clock alone, so that processes that live for minutes get around all the same.
    private static async Task<string> Sweep(TimerRun run)
    {
        var pickup = run.Services.GetRequiredService<OutboxPickup>();
        var first = (int)(run.Now.ToUnixTimeSeconds() / SecondsBetweenRuns * ShardsARun % pickup.Shards);
        var (done, failed) = await pickup.Sweep(first, ShardsARun, run.Cancellation);
        return string.Create(CultureInfo.InvariantCulture, $"{ShardsARun} shards from {first}: {done} rows dispatched, {failed} failed again");
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

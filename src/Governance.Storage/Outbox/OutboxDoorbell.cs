using System.Threading.Channels;
using Azure.Storage.Queues;
using Governance.Storage.Streams;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Governance.Storage.Outbox;

/// <summary>
/// Puts a call into a storage queue right after each commit, off the committing thread, so that a queue function dispatches the row, in whichever
/// process. What cannot be sent, or dies with the process, the sweep finds.
/// </summary>
/// <param name="queue">The queue; must be there.</param>
/// <param name="log">Where failures are told.</param>
public sealed class OutboxDoorbell(QueueClient queue, ILogger<OutboxDoorbell> log) : BackgroundService, ICommitListener
{
    private const int Senders = 8;
    private const int Capacity = 20_000;

    // By then an unclear change is stored or never will be, but for the sweep to find.
    private static readonly TimeSpan Unsettled = TimeSpan.FromSeconds(15);

    private readonly Channel<(OutboxCall Call, TimeSpan? After)> _calls = Channel.CreateBounded<(OutboxCall, TimeSpan?)>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait });

    /// <inheritdoc/>
    public void Committed(CommittedChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        Ring(change, null);
    }

    /// <inheritdoc/>
    /// <remarks>Whoever takes the message finds the row, or nothing to do.</remarks>
    public void Unclear(CommittedChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        Ring(change, Unsettled);
    }

    private void Ring(CommittedChange change, TimeSpan? after)
    {
        if (!_calls.Writer.TryWrite((new(change.Table, change.Shard, change.OutboxKey), after)))
        {
            log.NotRung(change.OutboxKey, "too many calls are waiting");
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(() => Sending(stoppingToken), CancellationToken.None)));

    private async Task Sending(CancellationToken stopping)
    {
        try
        {
            await foreach (var (call, after) in _calls.Reader.ReadAllAsync(stopping).ConfigureAwait(false))
            {
                await Send(call, after, stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The rows stay.
        }
    }

    private async Task Send(OutboxCall call, TimeSpan? after, CancellationToken stopping)
    {
        try
        {
            await queue.SendMessageAsync(BinaryData.FromBytes(call.Write()), visibilityTimeout: after, cancellationToken: stopping).ConfigureAwait(false);
        }
        catch (Exception fault) when (!stopping.IsCancellationRequested)
        {
            // Whatever it is, the next message may get through: storage that does not answer, or no token for it.
            log.NotRung(call.Row, fault.Message);
        }
    }
}

/// <summary>Event ids 2204 and 2205: the outbox through a queue.</summary>
internal static partial class QueuedOutboxLog
{
    [LoggerMessage(2204, LogLevel.Warning, "No queue message could be sent for outbox row {Row}: {Reason}. The sweep finds it.")]
    public static partial void NotRung(this ILogger log, string row, string reason);

    [LoggerMessage(2205, LogLevel.Warning, "The follow-up work of outbox row {Row} failed again; the row stays.")]
    public static partial void LeftAgain(this ILogger log, Exception fault, string row);
}

using Azure.Storage.Queues;

namespace Governance.HostContract.Tests.Player;

/// <summary>Plays the host's queue trigger: takes messages, invokes the function, deletes what succeeds, and puts aside what fails five times.</summary>
internal sealed class PlayedQueue(QueueClient queue, string function, HostPlayer host, Func<string> client) : IAsyncDisposable
{
    private const int MostDeliveries = 5;

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private int _delivered;
    private int _poisoned;

    internal int Delivered => _delivered;

    internal int Poisoned => _poisoned;

    internal void Start() => _running = Task.Run(Run);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var messages = (await queue.ReceiveMessagesAsync(8, TimeSpan.FromSeconds(30), _stop.Token)).Value;
                await Task.WhenAll(messages.Select(async message =>
                {
                    var outcome = await host.Invoke(function, Payloads.Queue(message.Body.ToString(), message.DequeueCount, client()));
                    if (outcome.Succeeded || message.DequeueCount >= MostDeliveries)
                    {
                        Interlocked.Increment(ref outcome.Succeeded ? ref _delivered : ref _poisoned);
                        await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt);
                    }
                    else
                    {
                        await queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, visibilityTimeout: TimeSpan.FromSeconds(1));
                    }
                }));
                if (messages.Length == 0)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(50), _stop.Token);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
        }
    }
}

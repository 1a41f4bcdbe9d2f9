using System.Text;
using Azure.Core.Pipeline;
using Azure.Storage.Queues;
using Governance.Core.Events;
using Governance.Storage.Hosting;
using Governance.Storage.Outbox;
using Governance.Storage.Streams;
using Governance.Storage.Tests.Streams;
using Governance.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Storage.Tests.Outbox;

/// <summary>Follow-up work where a queue and a timer say when.</summary>
public sealed class PickingUpFollowUpWork(AzuriteFixture azurite) : StreamFixture(azurite)
{
    private static (int Found, int Failed) Counts(OutboxLeftovers left) => (left.Found, left.Failed);

    private readonly Handler _tell = new("tell");
    private readonly Handler _views = new("views");
    private readonly AzuriteFixture _azurite = azurite;

    [Fact]
    public async Task A_commit_rings_and_its_row_is_dispatched_once_by_whoever_answers()
    {
        var queue = new QueueClient(_azurite.ConnectionString, $"{_azurite.NextPrefix()}outbox", new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
        await queue.CreateAsync(cancellationToken: Stop);
        using var bell = new OutboxDoorbell(queue, NullLogger<OutboxDoorbell>.Instance);
        await bell.StartAsync(Stop);
        await new EventStreams<Tally, Step>(Table, new CountingCodec(), Clock, [bell]).Create(Id, Alice, [new Step(1)], Stop);

        OutboxCall? call = null;
        await Eventually.Holds(async () => (await queue.ReceiveMessagesAsync(1, cancellationToken: Stop)).Value is [var message] && (call = OutboxCall.TryRead(message.Body)) is not null);
        var pickup = Pickup();
        Assert.True(await pickup.Take(call!, 3, Stop));
        Assert.False(await pickup.Take(call!, 4, Stop));
        Assert.Equal([3], _tell.Attempts);
        Assert.Equal([3], _views.Attempts);
        await bell.StopAsync(Stop);
    }

    [Fact]
    public async Task A_change_that_was_never_answered_rings_too_and_later()
    {
        var queue = new QueueClient(_azurite.ConnectionString, $"{_azurite.NextPrefix()}outbox", new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
        await queue.CreateAsync(cancellationToken: Stop);
        using var bell = new OutboxDoorbell(queue, NullLogger<OutboxDoorbell>.Instance);
        await bell.StartAsync(Stop);
        Faulty.LoseReplies(4);

        await Assert.ThrowsAsync<Azure.RequestFailedException>(() =>
            new EventStreams<Tally, Step>(Table, new CountingCodec(), Clock, [bell]).Create(Id, Alice, [new Step(1)], Stop));

        await Eventually.Holds(async () => (await queue.GetPropertiesAsync(Stop)).Value.ApproximateMessagesCount == 1);
        Assert.Empty((await queue.ReceiveMessagesAsync(1, cancellationToken: Stop)).Value);
        await bell.StopAsync(Stop);
    }

    [Fact]
    public async Task What_fails_stays_and_what_lay_for_a_while_is_found_by_the_sweep()
    {
        await new EventStreams<Tally, Step>(Table, new CountingCodec(), Clock, []).Create(Id, Alice, [new Step(1)], Stop);
        var row = new OutboxCall(Table.Name, StreamRows.Shard(Id), StreamRows.OutboxKey(Id, 1));
        var pickup = Pickup();
        _views.Broken = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => pickup.Take(row, 1, Stop));

        var shard = Convert.ToInt32(StreamRows.Shard(Id), 16);
        Clock.Set(DateTimeOffset.UtcNow);
        Assert.Equal((0, 0), Counts(await pickup.Sweep(shard, 1, Stop)));
        Clock.Set(DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal((0, 1), Counts(await pickup.Sweep(shard, 1, Stop)));
        _views.Broken = false;
        Assert.Equal((1, 0), Counts(await pickup.Sweep(0, pickup.Shards, Stop)));
        Assert.Equal((0, 0), Counts(await pickup.Sweep(shard, 1, Stop)));
        Assert.Equal(int.MaxValue, _views.Attempts.Last());
    }

    [Fact]
    public async Task A_queue_that_is_gone_keeps_no_commit_from_being_made()
    {
        using var bell = new OutboxDoorbell(new QueueClient(_azurite.ConnectionString, "missing"), NullLogger<OutboxDoorbell>.Instance);
        await bell.StartAsync(Stop);
        var made = await new EventStreams<Tally, Step>(Table, new CountingCodec(), Clock, [bell]).Create(Id, Alice, [new Step(1)], Stop);
        Assert.IsType<CreateResult<Tally>.Created>(made);
        await bell.StopAsync(Stop);
    }

    [Fact]
    public async Task Storage_that_does_not_answer_ends_nobody_who_rings()
    {
        using var silent = new Silent();
        using var http = new HttpClient(silent);
        var options = new QueueClientOptions { Transport = new HttpClientTransport(http) };
        (options.Retry.MaxRetries, options.Retry.Delay, options.Retry.MaxDelay) = (1, TimeSpan.Zero, TimeSpan.Zero);
        using var bell = new OutboxDoorbell(new QueueClient(_azurite.ConnectionString, "silent", options), NullLogger<OutboxDoorbell>.Instance);
        await bell.StartAsync(Stop);
        const int Commits = 20;

        for (var commit = 1; commit <= Commits; commit++)
        {
            bell.Committed(new(Table.Name, StreamRows.Shard(Id), StreamRows.OutboxKey(Id, commit), Id, commit, [], null));
        }

        await Eventually.Holds(() => silent.Asked == 2 * Commits);
        Assert.False(bell.ExecuteTask!.IsCompleted);
        await bell.StopAsync(Stop);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("""{"table":"x","shard":"00"}""")]
    [InlineData("""{"correlation_id":"0f8fad5b-d9cb-469f-a165-70867728950e"}""")]
    public void A_message_of_another_kind_is_no_call(string message) => Assert.Null(OutboxCall.TryRead(Encoding.UTF8.GetBytes(message)));

    [Fact]
    public async Task A_call_for_a_table_of_somebody_else_is_none_of_ours()
    {
        var pickup = Pickup();
        Assert.False(await pickup.Take(new("Elsewhere", "00", "!outbox~x"), 1, Stop));
    }

    private OutboxPickup Pickup() => new([Table], [_tell, _views], Clock, NullLogger<OutboxPickup>.Instance);

    private sealed class Silent : HttpMessageHandler
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            throw new HttpRequestException("The connection was refused.");
        }
    }

    private sealed class Handler(string kind) : IOutboxHandler
    {
        public List<int> Attempts { get; } = [];

        public bool Broken { get; set; }

        public string Kind => kind;

        public int BatchSize => 1;

        public Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation)
        {
            Attempts.Add(batch[0].Attempt);
            return Broken ? throw new InvalidOperationException("broken") : Task.CompletedTask;
        }
    }
}

using Governance.Durable.Hub;
using Governance.Testing;
using Governance.Testing.Hub;

namespace Governance.Durable.Tests.Hub;

/// <summary>One shard's transactions: order, company, and what happens when an owner is none any more.</summary>
public sealed class ShardWrites
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly FakeClock _clock = new();
    private readonly InMemoryTaskHubStore _memory;
    private readonly HookedStore _store;

    public ShardWrites() => _store = new(_memory = new(_clock));

    [Fact]
    public async Task Changes_that_wait_for_each_other_share_a_transaction_and_apply_in_order()
    {
        using var shard = await OneShard.Take(_store, _clock, "owner");
        var gate = Gate("first");
        var order = new List<string>();
        var first = shard.Writer.Commit(OneShard.Put("first", () => order.Add("first")));
        await gate.Reached.WaitAsync(Patience);
        var others = Enumerable.Range(0, 20).Select(n => shard.Writer.Commit(OneShard.Put($"row-{n:D2}", () => order.Add($"{n}")))).ToList();
        var before = _memory.Commits;

        gate.Open();
        await Task.WhenAll(others.Append(first)).WaitAsync(Patience);

        Assert.Equal(2, _memory.Commits - before);
        Assert.Equal(["first", .. Enumerable.Range(0, 20).Select(n => $"{n}")], order);
    }

    [Fact]
    public async Task Two_changes_of_one_row_never_share_a_transaction()
    {
        using var shard = await OneShard.Take(_store, _clock, "owner");
        var gate = Gate("first");
        var first = shard.Writer.Commit(OneShard.Put("first"));
        await gate.Reached.WaitAsync(Patience);
        var (put, delete) = (shard.Writer.Commit(OneShard.Put("row")), shard.Writer.Commit(OneShard.Delete("row")));

        gate.Open();
        await Task.WhenAll(first, put, delete).WaitAsync(Patience);

        Assert.Equal(["0/first"], _memory.Rows);
        Assert.Empty(shard.Deposed);
    }

    [Fact]
    public async Task A_change_that_storage_refuses_fails_alone()
    {
        using var shard = await OneShard.Take(_store, _clock, "owner");
        var gate = Gate("first");
        var first = shard.Writer.Commit(OneShard.Put("first"));
        await gate.Reached.WaitAsync(Patience);
        _store.BeforeCommit = (_, commit, _) => HookedStore.Names(commit, "bad") ? throw new InvalidOperationException("too long") : Task.CompletedTask;
        var (good, bad, better) = (shard.Writer.Commit(OneShard.Put("good")), shard.Writer.Commit(OneShard.Put("bad")), shard.Writer.Commit(OneShard.Put("better")));

        gate.Open();
        await Task.WhenAll(first, good, better).WaitAsync(Patience);

        Assert.Equal("too long", (await Assert.ThrowsAsync<InvalidOperationException>(() => bad)).Message);
        Assert.Equal(["0/better", "0/first", "0/good"], _memory.Rows);
    }

    [Theory]
    [InlineData(StoreFault.Fails)]
    [InlineData(StoreFault.LosesAnswer)]
    public async Task A_change_without_an_answer_is_written_once(StoreFault fault)
    {
        var (failures, applied) = (0, 0);
        var faulty = new FaultyTaskHubStore(
            _memory, method => method == nameof(ITaskHubStore.CommitAsync) && Interlocked.Increment(ref failures) is > 1 and < 5 ? fault : StoreFault.None);
        using var shard = await OneShard.Take(faulty, _clock, "owner");
        var before = _memory.Commits;

        var written = shard.Writer.Commit(OneShard.Put("row", () => applied++));
        await Eventually.Holds(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return written.IsCompleted;
        });
        await written;

        Assert.Equal((1, 1), (_memory.Commits - before, applied));
        Assert.Equal(["0/row"], _memory.Rows);
        Assert.Empty(shard.Deposed);
    }

    [Fact]
    public async Task An_owner_of_an_old_epoch_writes_nothing_and_is_told_who_owns_the_shard()
    {
        using var former = await OneShard.Take(_store, _clock, "former");
        using var next = await OneShard.Take(_store, _clock, "next");
        await next.Writer.Commit(OneShard.Put("row"));
        var (rows, commits) = (_memory.Rows, _memory.Commits);

        await Assert.ThrowsAsync<OperationCanceledException>(() => former.Writer.Commit(OneShard.Put("late")).WaitAsync(Patience));

        Assert.Equal(rows, _memory.Rows);
        Assert.Equal(commits, _memory.Commits);
        Assert.Equal(["shard 0 belongs to next in epoch 2."], former.Deposed);
        await next.Writer.Commit(OneShard.Put("goes on"));
        Assert.Empty(next.Deposed);
    }

    [Fact]
    public async Task A_write_that_is_under_way_while_another_takes_over_does_not_count()
    {
        using var former = await OneShard.Take(_store, _clock, "former");
        var (gate, applied) = (Gate("late"), 0);
        var late = former.Writer.Commit(OneShard.Put("late", () => applied++));
        await gate.Reached.WaitAsync(Patience);
        using var next = await OneShard.Take(_memory, _clock, "next");

        gate.Open();

        await Assert.ThrowsAsync<OperationCanceledException>(() => late.WaitAsync(Patience));
        Assert.Empty(_memory.Rows);
        Assert.Equal(0, applied);
    }

    [Fact]
    public async Task A_missing_row_that_memory_knows_ends_the_ownership()
    {
        using var shard = await OneShard.Take(_store, _clock, "owner");

        await Assert.ThrowsAsync<OperationCanceledException>(() => shard.Writer.Commit(OneShard.Delete("missing")).WaitAsync(Patience));

        Assert.Equal(["shard 0 does not hold the rows that this process remembers."], shard.Deposed);
    }

    [Fact]
    public async Task Rubbish_that_is_gone_already_does_not_stop_a_change()
    {
        using var shard = await OneShard.Take(_store, _clock, "owner");
        shard.Writer.Sweep(["gone"]);

        await shard.Writer.Commit(OneShard.Put("row")).WaitAsync(Patience);

        Assert.Equal(["0/row"], _memory.Rows);
        Assert.Empty(shard.Deposed);
    }

    [Fact]
    public async Task A_flush_waits_for_the_deletions_that_are_on_their_way()
    {
        using var shard = await OneShard.Take(_store, _clock, "owner");
        await shard.Writer.Commit(OneShard.Put("rubbish"));
        var gate = Gate("row");
        shard.Writer.Sweep(["rubbish"]);
        var written = shard.Writer.Commit(OneShard.Put("row"));
        await gate.Reached.WaitAsync(Patience);

        var flushed = shard.Writer.Flush();

        Assert.False(flushed.IsCompleted);
        Assert.Contains("0/rubbish", _memory.Rows);
        gate.Open();
        await Task.WhenAll(written, flushed).WaitAsync(Patience);
        Assert.Equal(["0/row"], _memory.Rows);
    }

    [Fact]
    public async Task A_flush_of_more_rubbish_than_a_transaction_holds_deletes_all_of_it()
    {
        using var shard = await OneShard.Take(_store, _clock, "owner");
        var keys = Enumerable.Range(0, 250).Select(n => $"rubbish-{n:D3}").ToList();
        await Task.WhenAll(keys.Select(key => shard.Writer.Commit(OneShard.Put(key))));

        shard.Writer.Sweep(keys);
        await shard.Writer.Flush().WaitAsync(Patience);
        var commits = _memory.Commits;
        await shard.Writer.Flush().WaitAsync(Patience);

        Assert.Empty(_memory.Rows);
        Assert.Equal(commits, _memory.Commits);
    }

    // The commit that names this row stops before it is written.
    private CommitGate Gate(string key)
    {
        var gate = new CommitGate();
        _store.BeforeCommit = (_, commit, _) => HookedStore.Names(commit, key) ? gate.Pass() : Task.CompletedTask;
        return gate;
    }

    private sealed class CommitGate
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public void Open() => _open.TrySetResult();

        public Task Pass()
        {
            _reached.TrySetResult();
            return _open.Task;
        }
    }
}

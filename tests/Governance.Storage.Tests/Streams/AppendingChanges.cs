using Azure;
using Governance.Core;
using Governance.Core.Events;
using Governance.Storage.Streams;
using Governance.Storage.Tables;
using Governance.Testing;

namespace Governance.Storage.Tests.Streams;

public sealed class AppendingChanges(AzuriteFixture azurite) : StreamFixture(azurite)
{
    [Fact]
    public async Task A_new_stream_has_its_head_its_event_and_its_follow_up_work()
    {
        var head = await Begin(5);

        Assert.Equal((1, 5, FakeClock.Noon), (head.Sequence, head.State.Sum, head.At));
        Assert.Equal(head, await Streams.Read(Id, Stop));
        var stored = Assert.Single(await Streams.ReadEvents(Id, 1, 1, Stop));
        Assert.Equal(("STEPPED", Alice, Digest.Zero, head.Hash), (stored.EventType, stored.Actor, stored.PreviousHash, stored.Hash));
        Assert.Equal("""{"ballast":"","by":5}"""u8.ToArray(), stored.Data);
        Assert.Equal(
            [$"!outbox~{Id}~0000000001-0", $"{Id}~event-0000000001", $"{Id}~head"],
            (await Rows()).Select(row => row.Split(' ')[1]));
        Assert.Equal(["tell", "views"], Assert.Single(Announced).Messages.Select(message => message.Kind));
    }

    [Fact]
    public async Task An_id_that_is_taken_gives_what_is_there_and_changes_nothing()
    {
        var head = await Begin(5);
        var before = await Rows();

        var second = await Streams.Create(Id, Actor.System, [new Step(9)], Stop);

        Assert.Equal(new CreateResult<Tally>.Existing(head), second);
        Assert.Equal(before, await Rows());
        Assert.Single(Announced);
    }

    [Fact]
    public async Task Changes_follow_each_other_in_one_chain()
    {
        await Begin();
        for (var by = 2; by <= 5; by++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.IsType<ChangeResult<Tally>.Changed>(await Add(by));
        }

        var head = await Streams.Read(Id, Stop);
        Assert.Equal((5, 15), (head!.Sequence, head.State.Sum));
        Assert.Equal(new ChainVerdict(5, head.Hash, null, null), await Verify(5));
        Assert.Equal([1, 2, 3, 4, 5], Announced.Select(change => change.Sequence));
    }

    [Fact]
    public async Task One_change_may_append_several_events()
    {
        await Begin();

        var result = await Streams.Change(Id, Alice, (_, _) => Outcome<Step>.Accept(new Step(1), new Step(2), new Step(3)), Stop);

        var changed = Assert.IsType<ChangeResult<Tally>.Changed>(result);
        Assert.Equal((4, 7, 3), (changed.Head.Sequence, changed.Head.State.Sum, changed.Events));
        Assert.True((await Verify(4)).Valid);
        Assert.Equal(["tell", "tell", "tell", "views"], Announced[1].Messages.Select(message => message.Kind));
    }

    [Fact]
    public async Task A_refused_change_and_one_that_was_made_before_write_nothing()
    {
        await Begin(5);
        var before = await Rows();

        var refused = await Add(by: 6, limit: 10);
        var repeated = await Streams.Change(Id, Alice, (_, _) => Outcome<Step>.Accept(), Stop);
        var missing = await Streams.Change(Seeded.NextCorrelationId(), Alice, (_, _) => Outcome<Step>.Accept(new Step(1)), Stop);

        Assert.Equal(new TooMuch(5), Assert.IsType<ChangeResult<Tally>.Refused>(refused).Reason);
        Assert.Equal(5, Assert.IsType<ChangeResult<Tally>.Unchanged>(repeated).Head.State.Sum);
        Assert.IsType<ChangeResult<Tally>.Missing>(missing);
        Assert.Equal(before, await Rows());
        Assert.Single(Announced);
    }

    [Fact]
    public async Task A_clock_that_goes_back_does_not_take_the_log_with_it()
    {
        await Begin();
        Clock.Set(FakeClock.Noon.AddHours(-3));
        var seen = default(DateTimeOffset);

        await Streams.Change(Id, Alice, (_, at) => (seen = at) == default ? new TooMuch(0) : CountingCodec.Add(1), Stop);

        Assert.Equal(FakeClock.Noon, seen);
        Assert.Equal(FakeClock.Noon, (await Streams.Read(Id, Stop))!.At);
        Assert.True((await Verify(2)).Valid);
    }

    [Fact]
    public async Task Whoever_loses_a_race_decides_again_on_what_the_winner_left()
    {
        await Begin(5);
        var decided = new List<long>();

        var result = await Streams.Change(
            Id,
            Alice,
            (state, _) =>
            {
                decided.Add(state.Sum);
                if (decided.Count == 1)
                {
                    Add(4).GetAwaiter().GetResult();
                }

                return CountingCodec.Add(3, limit: 10, state.Sum);
            },
            Stop);

        Assert.Equal([5, 9], decided);
        Assert.Equal(new TooMuch(9), Assert.IsType<ChangeResult<Tally>.Refused>(result).Reason);
        Assert.True((await Verify(2)).Valid);
    }

    [Fact]
    public async Task Of_many_that_change_at_once_none_is_lost_and_none_counts_twice()
    {
        await Begin(0);

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Add(1)));

        var changed = results.OfType<ChangeResult<Tally>.Changed>().Count();
        Assert.Equal(20, changed + results.OfType<ChangeResult<Tally>.Contended>().Count());
        var head = await Streams.Read(Id, Stop);
        Assert.Equal((changed, changed + 1), (head!.State.Sum, head.Sequence));
        Assert.True((await Verify(head.Sequence)).Valid);
        Assert.Equal(changed + 1, Announced.Count);
    }

    [Fact]
    public async Task Of_many_that_begin_one_stream_at_once_exactly_one_does()
    {
        var results = await Task.WhenAll(Enumerable.Range(1, 12).Select(by => Streams.Create(Id, Alice, [new Step(by)], Stop)));

        var created = Assert.Single(results.OfType<CreateResult<Tally>.Created>());
        Assert.All(results.OfType<CreateResult<Tally>.Existing>(), existing => Assert.Equal(created.Head.Hash, existing.Head.Hash));
        Assert.Equal(3, (await Rows()).Count);
    }

    [Fact]
    public async Task A_creation_whose_answer_was_lost_is_found_and_announced_once()
    {
        Faulty.LoseReplies(1);

        var head = await Begin(5);

        Assert.Equal(head, await Streams.Read(Id, Stop));
        Assert.Single(Announced);
    }

    [Fact]
    public async Task A_change_whose_answer_was_lost_is_found_and_not_made_again()
    {
        await Begin(5);
        Faulty.LoseReplies(2);

        var changed = Assert.IsType<ChangeResult<Tally>.Changed>(await Add(1));

        Assert.Equal((2, 6), (changed.Head.Sequence, changed.Head.State.Sum));
        Assert.Equal(6, (await Streams.Read(Id, Stop))!.State.Sum);
        Assert.Equal(2, Announced.Count);
    }

    [Fact]
    public async Task A_change_whose_answer_was_lost_is_found_behind_another_that_came_after_it()
    {
        await Begin(5);
        Faulty.BeforeLoss = async () => await Add(10);
        Faulty.LoseReplies(1);

        var changed = Assert.IsType<ChangeResult<Tally>.Changed>(await Add(1));

        Assert.Equal((3, 16), (changed.Head.Sequence, changed.Head.State.Sum));
        Assert.True((await Verify(3)).Valid);
        Assert.Equal([1, 3, 2], Announced.Select(change => change.Sequence));
    }

    [Fact]
    public async Task A_change_that_is_never_answered_is_a_fault_and_a_repeat_decides_on_what_is_there()
    {
        await Begin(5);
        Faulty.LoseReplies(4);

        await Assert.ThrowsAsync<RequestFailedException>(() => Add(1));

        Assert.Equal(new TooMuch(6), Assert.IsType<ChangeResult<Tally>.Refused>(await Add(1, limit: 6)).Reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(TableLimits.BinaryBytes - 200)]
    [InlineData(TableLimits.BinaryBytes)]
    [InlineData((3 * TableLimits.BinaryBytes) + 17)]
    public async Task States_and_events_of_any_size_below_a_rows_limit_come_back(int ballast)
    {
        var step = new Step(1, new string('b', ballast));
        await Streams.Create(Id, Alice, [step], Stop);

        Assert.Equal(step.Ballast, (await Streams.Read(Id, Stop))!.State.Ballast);
        var stored = Assert.Single(await Streams.ReadEvents(Id, 1, 1, Stop));
        Assert.Equal(step, new CountingCodec().ReadEvent(stored.EventType, stored.Data));
        Assert.True((await Verify(1)).Valid);
    }

    [Fact]
    public async Task A_state_beyond_a_rows_limit_is_refused_before_anything_is_sent()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Streams.Create(Id, Alice, [new Step(1, new string('b', BinaryChunks.Limit))], Stop));

        Assert.Empty(await Rows());
    }

    [Fact]
    public async Task Events_are_read_by_key_from_any_place_and_a_missing_one_leaves_a_gap_that_verification_names()
    {
        await Begin();
        await Streams.Change(Id, Alice, (_, _) => Outcome<Step>.Accept([.. Enumerable.Range(0, 40).Select(_ => new Step(1))]), Stop);
        Assert.Equal([20, 21, 22], (await Streams.ReadEvents(Id, 20, 3, Stop)).Select(stored => stored.Sequence));
        Assert.Equal([40, 41], (await Streams.ReadEvents(Id, 40, 10, Stop)).Select(stored => stored.Sequence));
        Assert.Empty(await Streams.ReadEvents(Id, 1, 0, Stop));

        await Table.DeleteEntityAsync(StreamRows.Shard(Id), StreamRows.EventKey(Id, 7), cancellationToken: Stop);

        Assert.Equal(new ChainVerdict(6, (await Streams.ReadEvents(Id, 6, 1, Stop))[0].Hash, 7, "has sequence 8"), await Verify(41));
    }

    [Fact]
    public async Task A_row_that_somebody_edited_breaks_the_chain_there()
    {
        await Begin();
        await Add(2);
        await Add(3);
        var row = (await Table.GetEntityIfExistsAsync(StreamRows.Shard(Id), StreamRows.EventKey(Id, 2), cancellationToken: Stop))!;
        row["D0"] = """{"ballast":"","by":200}"""u8.ToArray();

        await Table.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, Stop);

        Assert.Equal((2, "does not match its hash"), ((await Verify(3)).FirstBadSequence, (await Verify(3)).Flaw));
    }

    [Fact]
    public async Task A_head_without_its_values_is_told_by_name()
    {
        await Begin();
        await Table.UpsertEntityAsync(new(StreamRows.Shard(Id), StreamRows.HeadKey(Id)) { { "Sequence", 1L } }, TableUpdateMode.Replace, Stop);

        var corrupt = await Assert.ThrowsAsync<InvalidDataException>(() => Streams.Read(Id, Stop));

        Assert.Contains($"{Id}~head", corrupt.Message, StringComparison.Ordinal);
    }
}

using Governance.Core;
using Governance.Storage.Streams;
using Governance.Storage.Tables;
using Governance.Testing;

namespace Governance.Storage.Tests.Streams;

public sealed class FencingClaims(AzuriteFixture azurite) : StreamFixture(azurite)
{
    private static readonly byte[] First = Json(new { generation = 1 });
    private static readonly byte[] Second = Json(new { generation = 2 });

    [Fact]
    public async Task A_claim_without_an_event_rewrites_the_head_for_its_version_and_changes_nothing_else_of_it()
    {
        var before = await Begin(5);

        var taken = await Take(First);

        Assert.IsType<ChangeResult<Tally>.Unchanged>(taken);
        var (head, claim) = await Streams.ReadWithClaim(Id, Stop);
        Assert.Equal(before with { ETag = head!.ETag }, head);
        Assert.NotEqual(before.ETag, head.ETag);
        Assert.Equal(First, claim!.Payload);
        Assert.Single(Announced);
    }

    [Fact]
    public async Task A_change_that_was_decided_before_the_claim_was_taken_loses_and_decides_again()
    {
        await Begin(5);
        var tries = 0;

        var result = await Streams.Change(
            Id,
            Alice,
            (state, _) =>
            {
                if (tries++ == 0)
                {
                    Take(First).GetAwaiter().GetResult();
                }

                return CountingCodec.Add(1, sum: state.Sum);
            },
            Stop);

        Assert.IsType<ChangeResult<Tally>.Changed>(result);
        Assert.Equal(2, tries);
    }

    [Fact]
    public async Task A_change_that_keeps_the_claim_loses_when_its_holder_moves_on_meanwhile()
    {
        await Begin(5);
        await Take(First);
        var seen = new List<byte[]>();

        var result = await Streams.ChangeWithClaim(
            Id,
            Alice,
            (state, claim, _) =>
            {
                seen.Add(claim!.Payload);
                if (seen.Count == 1)
                {
                    Assert.NotNull(Streams.UpdateClaim(Id, claim, Second, Stop).GetAwaiter().GetResult());
                }

                return (CountingCodec.Add(1, sum: state.Sum), new ClaimWrite.Keep());
            },
            Stop);

        Assert.IsType<ChangeResult<Tally>.Changed>(result);
        Assert.Equal([First, Second], seen);
        Assert.Equal(Second, (await Streams.ReadWithClaim(Id, Stop)).Claim!.Payload);
    }

    [Fact]
    public async Task A_claim_that_a_change_has_kept_is_still_its_holders()
    {
        await Begin(5);
        await Take(First);
        var held = (await Streams.ReadWithClaim(Id, Stop)).Claim!;
        await Streams.ChangeWithClaim(Id, Alice, (state, _, _) => (CountingCodec.Add(1, sum: state.Sum), new ClaimWrite.Keep()), Stop);

        var moved = await Streams.UpdateClaim(Id, held, Second, Stop);

        Assert.Equal(Second, moved!.Payload);
        Assert.Equal(moved.ETag, (await Streams.ReadWithClaim(Id, Stop)).Claim!.ETag);
        Assert.Null(await Streams.UpdateClaim(Id, held, First, Stop));
    }

    [Fact]
    public async Task A_claim_that_was_voided_cannot_be_moved_on_by_its_holder()
    {
        await Begin(5);
        await Take(First);
        var held = (await Streams.ReadWithClaim(Id, Stop)).Claim!;

        var voided = await Streams.ChangeWithClaim(Id, Alice, (state, _, _) => (CountingCodec.Add(1, sum: state.Sum), new ClaimWrite.Remove()), Stop);

        Assert.IsType<ChangeResult<Tally>.Changed>(voided);
        Assert.Null((await Streams.ReadWithClaim(Id, Stop)).Claim);
        Assert.Null(await Streams.UpdateClaim(Id, held, Second, Stop));
        Assert.Null((await Streams.ReadWithClaim(Id, Stop)).Claim);
    }

    [Fact]
    public async Task Of_two_that_take_an_absent_claim_at_once_the_second_sees_the_first()
    {
        await Begin(5);

        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(n => Streams.ChangeWithClaim(
            Id,
            Alice,
            (state, claim, _) => claim is null
                ? (Outcome<Step>.Accept(), new ClaimWrite.Put(Json(new { holder = n })))
                : (new TooMuch(state.Sum), new ClaimWrite.Keep()),
            Stop)));

        Assert.Single(results.OfType<ChangeResult<Tally>.Unchanged>());
        Assert.Equal(5, results.OfType<ChangeResult<Tally>.Refused>().Count());
    }

    [Fact]
    public async Task Taking_a_claim_whose_answer_was_lost_is_found_to_be_done()
    {
        await Begin(5);
        Faulty.LoseReplies(1);
        var tries = 0;

        var result = await Streams.ChangeWithClaim(
            Id,
            Alice,
            (state, claim, _) =>
            {
                tries++;
                return claim is null ? (Outcome<Step>.Accept(), new ClaimWrite.Put(First)) : (new TooMuch(state.Sum), new ClaimWrite.Keep());
            },
            Stop);

        Assert.IsType<ChangeResult<Tally>.Unchanged>(result);
        Assert.Equal(1, tries);
        Assert.Equal(First, (await Streams.ReadWithClaim(Id, Stop)).Claim!.Payload);
    }

    [Fact]
    public async Task A_refused_change_leaves_head_and_claim_as_they_were()
    {
        await Begin(5);
        await Take(First);
        var before = await Rows();

        await Streams.ChangeWithClaim(Id, Alice, (_, _, _) => (new TooMuch(5), new ClaimWrite.Remove()), Stop);

        Assert.Equal(before, await Rows());
    }

    [Fact]
    public void Keys_lead_back_to_their_stream_and_sort_as_their_numbers_do()
    {
        var key = StreamRows.OutboxKey(Id, 42);

        Assert.Equal((Id, 42L), (StreamRows.OutboxStream(key), StreamRows.OutboxSequence(key)));
        Assert.True(string.CompareOrdinal(StreamRows.EventKey(Id, 9), StreamRows.EventKey(Id, 10)) < 0);
        Assert.True(string.CompareOrdinal(StreamRows.OutboxStart, key) < 0 && string.CompareOrdinal(key, StreamRows.OutboxEnd) < 0);
        Assert.True(string.CompareOrdinal(StreamRows.OutboxEnd, StreamRows.ClaimKey(new(Guid.Empty))) < 0);
        Assert.Contains(StreamRows.Shard(Id), StreamRows.Shards);
        Assert.Equal(256, StreamRows.Shards.Distinct().Count());
        TableLimits.CheckKey(key);
    }

    private Task<ChangeResult<Tally>> Take(byte[] payload) =>
        Streams.ChangeWithClaim(Id, Alice, (_, _, _) => (Outcome<Step>.Accept(), new ClaimWrite.Put(payload)), Stop);
}

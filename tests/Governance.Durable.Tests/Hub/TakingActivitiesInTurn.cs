using System.Collections.Concurrent;
using Governance.Durable.Hub;
using Governance.Testing;

namespace Governance.Durable.Tests.Hub;

public sealed class TakingActivitiesInTurn
{
    private readonly FairQueue<string, int> _queue = new();

    [Fact]
    public async Task A_key_with_a_thousand_items_holds_up_nobody()
    {
        for (var n = 0; n < 1000; n++)
        {
            _queue.Add("wide", n);
        }

        _queue.Add("narrow", -1);

        int[] taken = [await Take(), await Take(), await Take(), await Take()];
        Assert.Equal([0, -1, 1, 2], taken);
        Assert.Equal(997, _queue.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Keys_go_round_and_each_keys_items_keep_their_order(int seed)
    {
        var seeded = new Seeded(seed);
        var added = Enumerable.Range(0, 500).Select(n => (Key: seeded.Pick(["a", "b", "c", "d", "e"]), Item: n)).ToList();
        added.ForEach(each => _queue.Add(each.Key, each.Item));

        // The nth items of all keys, in the order in which the keys came, before any n+1st.
        var keys = added.Select(each => each.Key).Distinct().ToList();
        var expected = added
            .GroupBy(each => each.Key)
            .SelectMany(own => own.Select((each, round) => (round, Order: keys.IndexOf(own.Key), each.Item)))
            .OrderBy(each => each.round).ThenBy(each => each.Order)
            .Select(each => each.Item);
        var taken = new List<int>();
        while (_queue.Count > 0)
        {
            taken.Add(await Take());
        }

        Assert.Equal(expected, taken);
    }

    [Fact]
    public async Task Who_waits_is_given_what_comes()
    {
        var waiting = new[] { Take(), Take() };

        _queue.Add("a", 1);
        _queue.Add("a", 2);

        Assert.Equal([1, 2], (await Task.WhenAll(waiting)).Order());
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task Who_gives_up_takes_nothing()
    {
        using var patience = new CancellationTokenSource();
        var waiting = _queue.Take(patience.Token);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        _queue.Add("a", 1);
        Assert.Equal(1, await Take());
    }

    [Fact]
    public async Task Who_gives_up_just_when_an_item_comes_leaves_it_to_the_next()
    {
        using var patience = new CancellationTokenSource();
        var first = _queue.Take(patience.Token);
        var second = Take();

        // Runs before the queue's own reaction: the first is woken for the item when its token is set already.
        patience.Token.Register(() => _queue.Add("a", 1));
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(1, await second);
    }

    [Fact]
    public async Task Under_many_hands_every_item_is_taken_once()
    {
        const int Hands = 4;
        const int Each = 2_000;
        var taken = new ConcurrentBag<int>();
        var takers = Enumerable.Range(0, Hands).Select(_ => Task.Run(async () =>
        {
            for (var n = 0; n < Each; n++)
            {
                taken.Add(await _queue.Take(CancellationToken.None));
            }
        })).ToList();
        await Parallel.ForAsync(0, Hands, (hand, _) =>
        {
            for (var n = 0; n < Each; n++)
            {
                _queue.Add($"key {n % 7}", (hand * Each) + n);
            }

            return ValueTask.CompletedTask;
        });

        await Task.WhenAll(takers).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(Enumerable.Range(0, Hands * Each), taken.Order());
    }

    private Task<int> Take() => _queue.Take(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
}

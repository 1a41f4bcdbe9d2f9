using System.Collections.Concurrent;
using System.Diagnostics;
using Governance.LoadTests.Load;

namespace Governance.LoadTests.Verify;

/// <summary>Compares what was answered with what the store holds: every log is recomputed, and what was created is what is listed and what is in the log.</summary>
internal static class StoreCheck
{
    private const int AtOnce = 24;
    private static readonly TimeSpan LongestSettling = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(60);

    /// <summary>Waits until follow-up work is done, then checks everything that the run has made.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="since">When it began, by the app's clock or a little before.</param>
    /// <param name="alone">Whether nobody else uses the store, so that everything in it must be this run's.</param>
    internal static async Task<StoreVerdict> Run(LoadBench bench, DateTimeOffset since, bool alone)
    {
        var (client, token, made) = (bench.Client, bench.People.Publisher(0), bench.Ledger.All);
        var watch = Stopwatch.StartNew();
        var listed = await Settle(bench, token, watch);
        var settled = watch.Elapsed;

        var problems = new ConcurrentQueue<string>();
        var (heads, events) = (0, 0L);
        await Parallel.ForEachAsync(made, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (each, cancellation) =>
        {
            var (count, problem) = await StreamCheck.Check(client, token, each.Key, each.Value.Status, cancellation);
            if (problem is not null)
            {
                problems.Enqueue(problem);
            }

            Interlocked.Add(ref heads, count > 0 ? 1 : 0);
            Interlocked.Add(ref events, count);
        });
        var created = await Lists.Created(client, token, since, CancellationToken.None);
        var pending = await Lists.Pending(client, token, CancellationToken.None);
        var awaiting = made.Where(each => each.Value.Status == "AWAITING_CAB").Select(each => each.Key).ToHashSet();
        string[] found =
        [
            .. Compare("the list of deployments", listed, made.Keys, alone),
            .. made.Where(each => listed.Rows.TryGetValue(each.Key, out var status) && status != each.Value.Status)
                .Select(each => $"{each.Key} is listed as {listed.Rows[each.Key]}, not {each.Value.Status}"),
            .. Compare("the list of events", created, made.Keys, alone),
            .. Compare("the list of the CAB", pending, awaiting, alone),
            .. made.Keys.Where(id => !awaiting.Contains(id) && pending.Rows.ContainsKey(id)).Select(id => $"{id} waits for no decision and is in the list of the CAB"),
            .. problems,
        ];
        return new(made.Count, heads, Ours(listed), Ours(created), Ours(pending), awaiting.Count, events, settled.TotalSeconds, watch.Elapsed.TotalSeconds - settled.TotalSeconds, found.Length, [.. found.Take(StoreVerdict.Kept)]);

        int Ours(Listing list) => list.Rows.Keys.Count(made.ContainsKey);
    }

    /// <summary>Compares a list with what must be in it.</summary>
    internal static IEnumerable<string> Compare(string list, Listing listed, IEnumerable<Guid> expected, bool alone)
    {
        var must = expected.ToHashSet();
        return
        [
            .. must.Where(id => !listed.Rows.ContainsKey(id)).Select(id => $"{id} is missing in {list}"),
            .. listed.Twice.Where(must.Contains).Select(id => $"{id} stands twice in {list}"),
            .. listed.Rows.Keys.Where(id => alone && !must.Contains(id)).Select(id => $"{id} is in {list} and must not be"),
        ];
    }

    // Until the list says of each what it must come to, or nothing moves any more.
    private static async Task<Listing> Settle(LoadBench bench, string token, Stopwatch watch)
    {
        for (var (open, moved) = (int.MaxValue, TimeSpan.Zero); ;)
        {
            var listed = await Lists.Deployments(bench.Client, token, CancellationToken.None);

            // What is missing has two steps to go: into the list, and to its status.
            var left = bench.Ledger.All.Sum(each => !listed.Rows.TryGetValue(each.Key, out var status) ? 2 : status != each.Value.Status ? 1 : 0);
            if (left < open)
            {
                (open, moved) = (left, watch.Elapsed);
            }

            if (left == 0 || watch.Elapsed > LongestSettling || watch.Elapsed - moved > LongestStandstill)
            {
                return listed;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }
    }
}

/// <summary>What the comparison found.</summary>
/// <param name="Created">Deployments that were answered for.</param>
/// <param name="Heads">Of these, those with a log that could be read.</param>
/// <param name="Listed">Of these, those in the list of deployments, over all pages.</param>
/// <param name="Logged">Of these, those whose creation is in the list of events.</param>
/// <param name="Pending">Of these, those in the list of the CAB.</param>
/// <param name="Awaiting">How many must be there.</param>
/// <param name="Events">Events whose chain was recomputed.</param>
/// <param name="SettlingSeconds">How long follow-up work went on after the last answer.</param>
/// <param name="CheckSeconds">How long checking took after that.</param>
/// <param name="Wrong">How many things are wrong.</param>
/// <param name="Problems">The first of them, a sentence each.</param>
internal sealed record StoreVerdict(
    int Created, int Heads, int Listed, int Logged, int Pending, int Awaiting, long Events, double SettlingSeconds, double CheckSeconds, int Wrong, IReadOnlyList<string> Problems)
{
    /// <summary>How many problems are kept.</summary>
    internal const int Kept = 20;

    /// <summary>Whether everything is as it must be.</summary>
    internal bool Holds => Wrong == 0;
}

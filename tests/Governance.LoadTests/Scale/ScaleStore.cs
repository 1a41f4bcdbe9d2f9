using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Governance.LoadTests.Load;
using Governance.LoadTests.Stack;

namespace Governance.LoadTests.Scale;

/// <summary>A stack whose store is filled: deployments that wait for their check for ever, and beside them as many real ones as are asked for.</summary>
internal sealed class ScaleStore : IAsyncDisposable
{
    // So many that what the lists have to be told of comes in large batches, and few enough that all of it is in memory.
    private const int AtATime = 10_000;
    private const int Callers = 32;

    // A list of one's own for each publisher costs storage as much as all the other lists together.
    private const int Submitters = 4;

    // Each look reads all that is not known to be listed.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly List<Guid> _all = [];

    private ScaleStore(ProcessStack stack, LoadClient client, LoadBench bench) => (Stack, Client, Bench) = (stack, client, bench);

    internal ProcessStack Stack { get; }

    internal LoadClient Client { get; }

    internal LoadBench Bench { get; }

    /// <summary>How many deployments there are.</summary>
    internal int Count { get; private set; }

    /// <summary>Intents of low risk and of high risk, over so many apps that none gets more than apps have.</summary>
    internal ImmutableArray<Intent> Intents { get; private set; } = [];

    internal static async Task<ScaleStore> Start()
    {
        // The search for deployments whose orchestration has ended would find all that are paused.
        var stack = await ProcessStack.Start(new()
        {
            App = "Governance.LoadTests.dll",
            AppArguments = [PausedOrchestrations.Verb],
            Settings = new Dictionary<string, string?>(ProcessStack.NothingHeldBack) { ["Timers:SweepStuck"] = "0 0 0 1 1 *" },
        });
        var client = new LoadClient(stack.Address);
        var people = await People.SignIn(client, publishers: 100, approvers: 16);
        var bench = new LoadBench(client, ApiCaller.With(stack.Address, people.Publisher(0), people.Approver(0)), people, seed: 1);
        return new(stack, client, bench) { Intents = await bench.Packs(Publishers.Apps, risky: true) };
    }

    /// <summary>Creates until there are so many, and waits until the list shows them.</summary>
    internal async Task FillTo(int fill, TextWriter progress)
    {
        for (var watch = Stopwatch.StartNew(); Count < fill;)
        {
            var ids = new Guid[Math.Min(AtATime, fill - Count)];
            await Parallel.ForAsync(0, ids.Length, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (number, cancellation) =>
            {
                ids[number] = PausedOrchestrations.MarkedId();
                await Preparation.Served(Client, Create(ids[number], number, Submitters), cancellation);
            });
            _all.AddRange(ids);
            Count += ids.Length;
            await UntilListed([.. ids]);
            progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Count:N0} deployments after {watch.Elapsed.TotalSeconds:0} s"));
        }
    }

    /// <summary>So many deployments that wait for the CAB.</summary>
    internal async Task<ImmutableArray<Guid>> Pending(int count)
    {
        var made = await Preparation.Submit(
            Bench, [.. Enumerable.Range(0, count).Select(number => (Intents[number % Intents.Length], Bench.People.Publisher(number)))], "AWAITING_CAB", Patience);
        Count += count;
        return made;
    }

    /// <summary>The call that creates one that is paused.</summary>
    internal Call Create(Guid id, int number, int submitters = int.MaxValue) =>
        new(HttpMethod.Post, Bench.People.Publisher(number % submitters), Requests.Base + "deployments", Intents[number % Intents.Length].With(id));

    /// <summary>Takes down what was created by somebody else.</summary>
    internal void Created(int count) => Count += count;

    /// <summary>One of those that the store was filled with.</summary>
    internal Guid Any(Random random) => _all[random.Next(_all.Count)];

    public async ValueTask DisposeAsync()
    {
        Bench.Api.Dispose();
        Client.Dispose();
        await Stack.DisposeAsync();
    }

    // The newest are in front, so a few pages do.
    private async Task UntilListed(HashSet<Guid> ids)
    {
        for (var since = Stopwatch.GetTimestamp(); ids.Count > 0;)
        {
            string? next = null;
            for (var pages = 0; pages < 4 * AtATime / 200 && ids.Count > 0 && (pages == 0 || next is not null); pages++)
            {
                using var page = await Client.Get(
                    Bench.People.Publisher(0), Requests.Base + "deployments?limit=200" + (next is null ? string.Empty : "&continuation_token=" + Uri.EscapeDataString(next)));
                foreach (var row in page.Json.GetProperty("deployments").EnumerateArray())
                {
                    ids.Remove(row.GetProperty("correlation_id").GetGuid());
                }

                next = Requests.Text(page, "continuation_token");
            }

            if (Stopwatch.GetElapsedTime(since) > Patience)
            {
                throw new LoadException($"{ids.Count} deployments were not listed within {Patience.TotalMinutes:0} minutes.");
            }

            await Task.Delay(LookEvery);
        }
    }
}

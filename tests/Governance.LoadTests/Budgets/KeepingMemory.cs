using System.Collections.Immutable;
using System.Globalization;
using Governance.LoadTests.Load;
using Governance.LoadTests.Measuring;
using Governance.LoadTests.Stack;

namespace Governance.LoadTests.Budgets;

/// <summary>What the app holds while 10,000 deployments wait for the CAB, each with its orchestrations; the app is a process of its own.</summary>
internal static class KeepingMemory
{
    private const int Deployments = 10_000;
    private const int Step = 1_000;
    private const double MostMegabytes = 250;
    private const double FlatWithin = 1.1;

    internal static async IAsyncEnumerable<Figure> Measure()
    {
        await using var stack = await ProcessStack.Start(new());
        using var client = new LoadClient(stack.Address);
        var people = await People.SignIn(client, publishers: 100, approvers: 1);
        using var api = ApiCaller.With(stack.Address, people.Publisher(0), people.Approver(0));
        var bench = new LoadBench(client, api, people, seed: 1);
        var intents = await bench.Packs(Publishers.Apps, risky: true);
        var held = ImmutableArray.CreateBuilder<double>();
        for (var made = 0; made < Deployments; made += Step)
        {
            (Intent, string)[] wanted = [.. Enumerable.Range(made, Step).Select(number => (intents[number % intents.Length], people.Publisher(number)))];
            await Preparation.Submit(bench, wanted, "AWAITING_CAB", Preparation.Patience);
            held.Add(ProcessMeter.Memory(stack.App.Running));
        }

        var (half, last) = (held[(held.Count / 2) - 1], held[^1]);
        yield return new(
            "resident memory of the app with 10,000 deployments waiting for the CAB",
            "≤ 250 MB, flat",
            string.Create(CultureInfo.InvariantCulture, $"{last:0} MB; at each 1,000: {string.Join(", ", held.Select(each => each.ToString("0", CultureInfo.InvariantCulture)))}"),
            last <= MostMegabytes && last <= FlatWithin * half);
    }
}

using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Governance.Core.Events;
using Governance.LoadTests.Stack;

namespace Governance.LoadTests.Load;

/// <summary>What the users of one run share.</summary>
/// <param name="client">For what is measured and checked.</param>
/// <param name="api">For preparing.</param>
/// <param name="people">Who takes part.</param>
/// <param name="seed">Of all that is drawn.</param>
/// <param name="small">Prepares just enough for a short run.</param>
internal sealed class LoadBench(LoadClient client, ApiCaller api, People people, int seed, bool small = false)
{
    private readonly Guid _run = Guid.NewGuid();
    private int _next;

    internal LoadClient Client => client;

    internal ApiCaller Api => api;

    internal People People => people;

    internal int Seed => seed;

    /// <summary>Whether this is a short run that is to begin soon.</summary>
    internal bool Small => small;

    /// <summary>In front of the names of this run's apps.</summary>
    internal string Name => $"Load {_run.ToString("N")[..8]}";

    /// <summary>What this run has made.</summary>
    internal Ledger Ledger { get; } = new();

    /// <summary>An id that nobody has yet: the same intent with another id is another deployment, and what is turned away comes again under its own.</summary>
    internal Guid NextId() => Uuid5.Of(_run, $"{Interlocked.Increment(ref _next)}");

    /// <summary>Packs of so many apps, as intents that name them.</summary>
    /// <param name="apps">Enough that none gets more deployments than apps have.</param>
    /// <param name="risky">Whether the CAB has to decide.</param>
    /// <param name="withArtifact">Whether they name a package, which is uploaded.</param>
    internal async Task<ImmutableArray<Intent>> Packs(int apps, bool risky, bool withArtifact = false)
    {
        var intents = new Intent[apps];
        await Parallel.ForAsync(0, apps, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) =>
            intents[number] = Intent.Of(await api.Intent(risky, withArtifact: withArtifact, app: $"{Name} {number}")));
        return [.. intents];
    }
}

/// <summary>An intent but for its id.</summary>
/// <param name="App">Its app.</param>
/// <param name="Rest">The body behind its first member.</param>
internal sealed record Intent(string App, string Rest)
{
    internal static Intent Of(string body) => new(JsonNode.Parse(body)!["app_name"]!.GetValue<string>(), body[1..]);

    internal byte[] With(Guid id) => Encoding.UTF8.GetBytes($"{{\"correlation_id\":\"{id:D}\",{Rest}");
}

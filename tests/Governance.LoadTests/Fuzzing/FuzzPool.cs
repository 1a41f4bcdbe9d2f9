using System.Text.Json.Nodes;
using Governance.IntegrationTests;
using Governance.Local.Stack;

namespace Governance.LoadTests.Fuzzing;

/// <summary>What one batch of cases is aimed at: real things in different states, with ids that the run's seed and the batch give.</summary>
/// <param name="Awaiting">Deployments that wait for the CAB.</param>
/// <param name="Pending">A deployment whose evidence is unknown.</param>
/// <param name="Approved">A deployment that may be published and has no artifact.</param>
/// <param name="Exceptions">Exceptions that wait for a decision.</param>
/// <param name="Packs">Stored packs, the first of them risky.</param>
/// <param name="App">The app that all of them are of.</param>
internal sealed record FuzzPool(IReadOnlyList<Guid> Awaiting, Guid Pending, Guid Approved, IReadOnlyList<Guid> Exceptions, IReadOnlyList<Guid> Packs, string App)
{
    private const int HowMany = 6;

    /// <summary>The ids of all of it.</summary>
    internal IEnumerable<string> Ids => Awaiting.Concat(Exceptions).Concat(Packs).Append(Pending).Append(Approved).Select(id => id.ToString());

    /// <summary>The version of the pack at a place.</summary>
    internal static string Version(int place) => $"1.{place}";

    /// <summary>Something whose id a path may name.</summary>
    internal Guid Any(Dice dice) => dice.Next(8) switch
    {
        < 4 => dice.Pick(Awaiting),
        4 => Pending,
        5 => Approved,
        6 => Exceptions.Count == 0 ? Pending : dice.Pick(Exceptions),
        _ => dice.Pick(Packs),
    };

    /// <summary>Makes one, through the API.</summary>
    internal static async Task<FuzzPool> Make(ApiClient publisher, int seed, int batch)
    {
        var dice = new Dice(seed, -1 - batch);
        var app = $"Fuzz {seed} {batch}";
        var (packs, awaiting) = (new List<Guid>(), new List<Guid>());
        for (var place = 0; place <= HowMany; place++)
        {
            var pack = dice.Guid();
            await Done(publisher, "evidence/store/", new JsonObject
            {
                ["app_name"] = app,
                ["version"] = Version(place),
                ["evidence"] = (EvidenceBuilder.LowRisk with { Risky = place < HowMany }).Build(),
                ["evidence_pack_id"] = pack.ToString(),
            });
            packs.Add(pack);
            awaiting.Add(await Submit(publisher, app, place, dice.Guid(), pack));
        }

        var approved = awaiting[^1];
        awaiting.RemoveAt(HowMany);
        var pending = await Submit(publisher, app, HowMany + 1, dice.Guid(), dice.Guid());
        var exceptions = new List<Guid>();
        foreach (var finding in new[] { "CVE-2026-1", "CVE-2026-2" })
        {
            var asked = await Done(publisher, "cab/exceptions", new JsonObject
            {
                ["kind"] = "finding",
                ["app_name"] = app,
                ["finding_ids"] = new JsonArray(finding),
                ["reason"] = "Not reachable in our configuration.",
                ["compensating_controls"] = new JsonArray("The feature is switched off by policy."),
                ["expires_at"] = DateTimeOffset.UtcNow.AddDays(30).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture),
            });
            exceptions.Add(asked["id"]!.GetValue<Guid>());
        }

        return new(awaiting, pending, approved, exceptions, packs, app);
    }

    private static async Task<Guid> Submit(ApiClient publisher, string app, int place, Guid id, Guid pack)
    {
        await Done(publisher, "deployments/", new JsonObject
        {
            ["app_name"] = app,
            ["version"] = Version(place),
            ["target_ring"] = "LAB",
            ["evidence_pack_id"] = pack.ToString(),
            ["correlation_id"] = id.ToString(),
        });
        return id;
    }

    private static async Task<JsonObject> Done(ApiClient publisher, string path, JsonObject body) => (await publisher.Post(path, body)).Ok();
}

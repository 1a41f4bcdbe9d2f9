using System.Globalization;
using System.Text.Json.Nodes;
using Governance.IntegrationTests;
using Governance.Testing.Web;

namespace Governance.LoadTests.Fuzzing.Generators;

/// <summary>Bodies of every route that takes JSON: the described example or one with every member, damaged.</summary>
internal sealed class Bodies : IGenerator
{
    private static readonly string[] People = ["everybody", "everybody", "everybody", "everybody", "publisher", "approver", "auditor"];

    public string Name => "bodies";

    public int Weight => 30;

    public FuzzCase Make(FuzzWorld world, Dice dice)
    {
        var call = dice.Pick([.. world.Api.Calls.Where(each => each.Example is not null)]);
        var request = new FuzzRequest("POST", Target(call, world, dice)).As(dice.Pick(People)).Json(JsonDamage.Of(Valid(call, world, dice), dice)) with
        {
            Framing = dice.Chance(10) ? Framing.Chunked : Framing.Length,
            Piece = dice.Chance(3) ? 64 : 0,
        };
        return new(Name, request);
    }

    /// <summary>A path of a call, aimed at something that is there or is not.</summary>
    internal static string Target(DescribedCall call, FuzzWorld world, Dice dice) => call.Path
        .Replace("{id}", (dice.Chance(85) ? world.Pool.Any(dice) : dice.Guid()).ToString(), StringComparison.Ordinal)
        .Replace("{plane}", dice.Chance(90) ? "INTUNE" : "JAMF", StringComparison.Ordinal) + (dice.Chance(30) ? "/" : string.Empty);

    /// <summary>A body that holds, about things of this batch.</summary>
    internal static JsonObject Valid(DescribedCall call, FuzzWorld world, Dice dice)
    {
        var body = Full(call.Path, world, dice) is { } full && dice.Chance(70) ? full : call.Example!.DeepClone().AsObject();
        foreach (var (name, id) in new[] { ("evidence_pack_id", dice.Pick(world.Pool.Packs)), ("deployment_id", world.Pool.Any(dice)) })
        {
            if (body.ContainsKey(name) && dice.Chance(60))
            {
                body[name] = id.ToString();
            }
        }

        if (body.ContainsKey("app_name"))
        {
            body["app_name"] = dice.Chance(50) ? world.Pool.App : $"Fuzz {dice.Name}";
        }

        return body;
    }

    private static JsonObject? Full(string path, FuzzWorld world, Dice dice) => path switch
    {
        "/api/v1/deployments" => new()
        {
            ["app_name"] = world.Pool.App,
            ["version"] = FuzzPool.Version(dice.Next(8)),
            ["target_ring"] = "GLOBAL",
            ["start_ring"] = dice.Pick(["LAB", "GLOBAL", "PILOT"]),
            ["evidence_pack_id"] = world.Pool.Packs[0].ToString(),
            ["connector"] = "INTUNE",
            ["correlation_id"] = dice.Guid().ToString(),
            ["scope"] = new JsonObject
            {
                ["rings"] = new JsonObject { ["GLOBAL"] = Ring(4) },
                ["criticality"] = "high",
                ["business_unit"] = "Finance",
            },
            ["justification"] = "The vendor ends support.",
            ["urgency"] = "urgent",
        },
        "/api/v1/cab/exceptions" => new()
        {
            ["kind"] = dice.Pick(["finding", "rule", "gate_override"]),
            ["app_name"] = world.Pool.App,
            ["version"] = FuzzPool.Version(0),
            ["deployment_id"] = dice.Pick(world.Pool.Awaiting).ToString(),
            ["rule_id"] = "sbom-required",
            ["finding_ids"] = new JsonArray("CVE-2026-1", "CVE-2026-2"),
            ["from_ring"] = "LAB",
            ["to_ring"] = "CANARY",
            ["reason"] = "Not reachable in our configuration.",
            ["compensating_controls"] = new JsonArray("The feature is switched off by policy."),
            ["expires_at"] = Soon(20),
            ["replaces"] = (world.Pool.Exceptions.Count > 0 ? world.Pool.Exceptions[0] : Guid.Empty).ToString(),
        },
        "/api/v1/cab/{id}/approve" => new()
        {
            ["comments"] = "Seen and agreed.",
            ["conditions"] = new JsonArray(
                new JsonObject { ["kind"] = "max_ring", ["ring"] = "PILOT" },
                new JsonObject { ["kind"] = "min_success_rate", ["basis_points"] = 9900 },
                new JsonObject { ["kind"] = "observe_hours", ["hours"] = 24 },
                new JsonObject { ["kind"] = "not_before", ["at"] = Soon(1) },
                new JsonObject { ["kind"] = "not_after", ["at"] = Soon(40) },
                new JsonObject { ["kind"] = "note", ["text"] = "Tell the help desk." }),
        },
        "/api/v1/evidence/store" => new()
        {
            ["app_name"] = world.Pool.App,
            ["version"] = FuzzPool.Version(dice.Next(8)),
            ["evidence"] = Evidence(dice),
            ["evidence_pack_id"] = (dice.Chance(20) ? dice.Pick(world.Pool.Packs) : dice.Guid()).ToString(),
        },
        "/api/v1/policy/assess" or "/api/v1/policy/evaluate" => new()
        {
            ["app_name"] = world.Pool.App,
            ["version"] = "1.0",
            ["target_ring"] = "GLOBAL",
            ["evidence"] = Evidence(dice),
            ["device_count"] = 50_000,
            ["criticality"] = "critical",
        },
        _ => null,
    };

    /// <summary>Evidence with every part in its plain form.</summary>
    internal static JsonObject Evidence(Dice dice)
    {
        var evidence = (EvidenceBuilder.LowRisk with
        {
            Risky = dice.Chance(50),
            Findings = (dice.Next(2), dice.Next(3), 4, 5),
            ArtifactSha256 = Convert.ToHexStringLower(dice.Bytes(32)),
            ArtifactBytes = 1024,
            PlansFrom = DateTimeOffset.UtcNow,
            LabResults = new() { ["targeted"] = 10, ["succeeded"] = 8, ["failed"] = 1, ["pending"] = 1, ["not_applicable"] = 0, ["observed_hours"] = 48 },
        }).Build();
        evidence["tests"] = new JsonObject { ["passed"] = 40, ["failed"] = 1, ["skipped"] = 2 };
        evidence["build_info"] = new JsonObject
        {
            ["builder"] = "pipeline",
            ["commit"] = "abc",
            ["run_url"] = "https://ci.example/1",
            ["timestamp"] = Soon(-1),
            ["requested_by_oid"] = "33333333-3333-4333-8333-333333333333",
        };
        return evidence;
    }

    private static JsonObject Ring(int place) => new()
    {
        ["group_ids"] = new JsonArray($"a0000000-0000-4000-8000-00000000000{place}"),
        ["excluded_group_ids"] = new JsonArray("b0000000-0000-4000-8000-000000000001"),
        ["device_count"] = 12,
        ["connectivity"] = "intermittent",
    };

    private static string Soon(int days) => DateTimeOffset.UtcNow.AddDays(days).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}

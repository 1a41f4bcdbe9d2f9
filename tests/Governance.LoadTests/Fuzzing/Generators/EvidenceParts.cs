using System.Text;
using System.Text.Json.Nodes;
using Governance.Testing.Damage;

namespace Governance.LoadTests.Fuzzing.Generators;

/// <summary>Samples of every format of evidence, in each part that they could stand in, damaged byte by byte or in their structure.</summary>
internal sealed class EvidenceParts : IGenerator
{
    /// <summary>The committed samples, by name.</summary>
    internal static readonly IReadOnlyList<(string Name, byte[] Bytes)> Samples = [.. typeof(EvidenceParts).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith("samples/", StringComparison.Ordinal) && !name.EndsWith(".pem", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name => (name, Read(name)))];

    private static readonly IReadOnlyList<byte[]> Json = [.. Samples.Where(sample => sample.Name.EndsWith(".json", StringComparison.Ordinal)).Select(sample => sample.Bytes)];

    private static readonly string[] Routes = ["/api/v1/evidence/store", "/api/v1/evidence/store", "/api/v1/policy/evaluate", "/api/v1/policy/assess"];

    public string Name => "evidence";

    public int Weight => 14;

    public FuzzCase Make(FuzzWorld world, Dice dice)
    {
        var route = dice.Pick(Routes);
        var around = route.EndsWith("store", StringComparison.Ordinal)
            ? new JsonObject { ["app_name"] = $"Fuzz {dice.Name}", ["version"] = "1.0", ["evidence_pack_id"] = dice.Guid().ToString() }
            : new JsonObject { ["app_name"] = "Fuzz", ["version"] = "1.0", ["target_ring"] = "GLOBAL" };
        byte[] body =
        [
            .. Encoding.UTF8.GetBytes($"{around.ToJsonString()[..^1]},\"evidence\":"),
            .. dice.Chance(20) ? JsonDamage.Of(Bodies.Evidence(dice), dice) : Part(dice),
            (byte)'}',
        ];
        return new(Name, new FuzzRequest("POST", route).As("everybody").Json(body));
    }

    private static byte[] Part(Dice dice)
    {
        var sample = dice.Pick(Json);
        var damaged = dice.Chance(50) ? ByteDamage.Of(sample, dice.Pick(Json), dice.Random) : JsonDamage.Of(JsonNode.Parse(sample)!, dice);
        var (front, back) = dice.Pick([("\"sbom\":", ""), ("\"scan_results\":", ""), ("\"scan_results\":[", "]"), ("\"provenance\":[", "]"), ("\"vex\":[", "]"), ("\"tests\":[", "]"), ("\"tests\":", "")]);
        return [.. Encoding.UTF8.GetBytes($"{{{front}"), .. damaged, .. Encoding.UTF8.GetBytes($"{back}}}")];
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(EvidenceParts).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

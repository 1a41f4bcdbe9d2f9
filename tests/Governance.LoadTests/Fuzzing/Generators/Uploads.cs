using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Governance.Local.Stack;
using Governance.Testing.Damage;

namespace Governance.LoadTests.Fuzzing.Generators;

/// <summary>Files that were uploaded by address and are not what was promised: other bytes, other lengths, nothing at all; then named in evidence.</summary>
internal sealed class Uploads : IGenerator
{
    private static readonly HttpClient Storage = new() { Timeout = TimeSpan.FromSeconds(30) };

    public string Name => "uploads";

    public int Weight => 4;

    public FuzzCase Make(FuzzWorld world, Dice dice)
    {
        var sample = dice.Pick(EvidenceParts.Samples).Bytes;
        byte[] promised = [.. sample, .. Encoding.UTF8.GetBytes($"\n{dice.Name}")];
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(promised));
        var sent = dice.Next(4) switch
        {
            0 => promised,
            1 => [],
            2 => promised[..(promised.Length / 2)],
            _ => ByteDamage.Of(promised, sample, dice.Random),
        };
        var size = dice.Pick<long>([promised.Length, 1, promised.Length + 1, 1L << 20]);
        var part = dice.Pick(["sbom", "scan_results", "provenance", "vex", "tests"]);
        var evidence = new JsonObject { [part] = part == "sbom" ? new JsonObject { ["sha256"] = sha256 } : new JsonArray(new JsonObject { ["sha256"] = sha256 }) };
        var body = new JsonObject { ["app_name"] = $"Fuzz {dice.Name}", ["version"] = "1.0", ["evidence_pack_id"] = dice.Guid().ToString(), ["evidence"] = evidence };
        return new(Name, new FuzzRequest("POST", "/api/v1/evidence/store").As("publisher").Json(JsonDamage.Of(body, dice)))
        {
            Before = dice.Chance(15) ? null : each => Put(each.Publisher, sha256, size, sent, "evidence"),
        };
    }

    /// <summary>Asks for an address and puts bytes there.</summary>
    internal static async Task Put(ApiClient publisher, string sha256, long size, byte[] bytes, string kind)
    {
        var begun = (await publisher.Post("evidence/uploads/", new JsonObject { ["sha256"] = sha256, ["size_bytes"] = size, ["file_name"] = "file.bin", ["kind"] = kind })).Ok();
        if (begun["upload_url"]?.GetValue<string>() is not { } address)
        {
            return;
        }

        using var put = new HttpRequestMessage(HttpMethod.Put, address) { Content = new ByteArrayContent(bytes) };
        put.Headers.TryAddWithoutValidation("x-ms-blob-type", "BlockBlob");
        using var stored = await Storage.SendAsync(put);
        stored.EnsureSuccessStatusCode();
    }
}

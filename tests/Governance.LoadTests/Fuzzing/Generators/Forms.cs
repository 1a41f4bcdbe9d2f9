using System.Security.Cryptography;
using System.Text;
using Governance.Testing.Damage;

namespace Governance.LoadTests.Fuzzing.Generators;

/// <summary>Evidence as multipart/form-data: boundaries, part headers, names, order, files that are not what they are called.</summary>
internal sealed class Forms : IGenerator
{
    public string Name => "forms";

    public int Weight => 7;

    public FuzzCase Make(FuzzWorld world, Dice dice)
    {
        var file = dice.Pick(EvidenceParts.Samples);
        var content = dice.Chance(50) ? file.Bytes : ByteDamage.Of(file.Bytes, dice.Pick(EvidenceParts.Samples).Bytes, dice.Random);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(dice.Chance(80) ? content : file.Bytes));
        var part = dice.Pick(["sbom", "scan_results", "provenance", "vex", "tests"]);
        var named = $$"""{"sha256":"{{sha256}}"}""";
        var evidence = part == "sbom" ? $"{{\"sbom\":{named}}}" : $"{{\"{part}\":[{named}]}}";
        var parts = new List<(string Head, byte[] Body)>
        {
            (Named("app_name"), Encoding.UTF8.GetBytes($"Fuzz {dice.Name}")),
            (Named("version"), "1.0"u8.ToArray()),
            (Named("evidence_pack_id"), Encoding.ASCII.GetBytes(dice.Guid().ToString())),
            (Named("evidence"), dice.Chance(80) ? Encoding.UTF8.GetBytes(evidence) : JsonDamage.Whole(Encoding.UTF8.GetBytes(evidence), dice)),
            (Named(sha256), content),
        };
        for (var damages = dice.Damages(); damages > 0; damages--)
        {
            Damage(parts, dice);
        }

        var boundary = dice.Chance(85) ? "----fuzz" : dice.Pick(["", "\"\"", new string('b', 70), new string('b', 71), "a b", "\"a b\"", "--", "\u00e9", "x;charset=utf-8", "\"x", "x\"; boundary=\"y"]);
        var body = Written(parts, boundary.Trim('"'), dice);
        var request = new FuzzRequest("POST", "/api/v1/evidence/store").As("everybody")
            .With("Content-Type", $"{dice.Pick(["multipart/form-data", "multipart/form-data", "multipart/form-data", "Multipart/Form-Data", "multipart/mixed"])}; boundary={boundary}") with
        { Body = body, Framing = dice.Chance(70) ? Framing.Length : Framing.Chunked };
        return new(Name, dice.Chance(10) ? request with { Body = ByteDamage.Of(body, file.Bytes, dice.Random) } : request) { MayBreakHttp = boundary.Contains('\u00e9') };
    }

    private static string Named(string name) => $"Content-Disposition: form-data; name=\"{name}\"";

    private static void Damage(List<(string Head, byte[] Body)> parts, Dice dice)
    {
        var at = dice.Next(parts.Count);
        var (head, body) = parts[at];
        switch (dice.Next(13))
        {
            case 0 when parts.Count > 1:
                parts.RemoveAt(at);
                break;
            case 1:
                parts.Add(parts[at]);
                break;
            case 2:
                parts.Reverse();
                break;
            case 3:
                parts[at] = (Named(new string('n', dice.Pick([100, 5000, 20_000]))), body);
                break;
            case 4:
                parts[at] = (Named(dice.Pick(["", "\\\"", "..", "\u00e9", Oddities.Markup, "evidence[]", "EVIDENCE", "a\"; name=\"evidence"])), body);
                break;
            case 5:
                parts[at] = (string.Empty, body);
                break;
            case 6:
                parts[at] = ($"{head}\r\nContent-Encoding: gzip", body);
                break;
            case 7:
                parts[at] = ($"{head}; filename=\"../../{new string('f', dice.Pick([1, 3000]))}\"\r\nContent-Type: multipart/mixed; boundary=inner", body);
                break;
            case 8:
                parts[at] = (string.Concat(Enumerable.Range(0, dice.Pick([9, 100])).Select(number => $"X-{number}: y\r\n")) + head, body);
                break;
            case 9:
                parts[at] = (head, dice.Bytes(dice.Pick([0, 5000, 100_000])));
                break;
            case 10:
                parts[at] = (head, [.. body, .. "\r\n------fuzz\r\n"u8]);
                break;
            case 11:
                parts.InsertRange(at, Enumerable.Repeat((Named("evidence"), body), dice.Pick([2, 300])));
                break;
            default:
                parts[at] = (head.Replace("form-data", "attachment", StringComparison.Ordinal), body);
                break;
        }
    }

    private static byte[] Written(List<(string Head, byte[] Body)> parts, string boundary, Dice dice)
    {
        using var form = new MemoryStream();
        foreach (var (head, body) in parts)
        {
            form.Write(Encoding.Latin1.GetBytes($"--{boundary}\r\n{head}\r\n\r\n"));
            form.Write(body);
            form.Write("\r\n"u8);
        }

        form.Write(Encoding.Latin1.GetBytes(dice.Chance(92) ? $"--{boundary}--\r\n" : dice.Pick(["", $"--{boundary}", $"--{boundary}\r\n", "--"])));
        return form.ToArray();
    }
}

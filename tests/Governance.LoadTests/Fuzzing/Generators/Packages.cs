using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Governance.Intune.IntuneWin;
using Governance.Local.Stack;
using Governance.Testing.Damage;

namespace Governance.LoadTests.Fuzzing.Generators;

/// <summary>
/// .intunewin packages: no archives, wrong manifests, wrong keys, contents that would leave their folder or grow without end. Read in this process, and now and then uploaded and deployed,
/// so that publishing meets them too.
/// </summary>
internal sealed class Packages : IGenerator
{
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);
    private static readonly IntuneWinLimits Limits = new();

    private static readonly string[] Names = ["install.cmd", "../evil.cmd", "/etc/passwd", "C:\\x", "a\\..\\..\\b", "CON", "a:b", "", "x/", new('n', 300), "\u202e.cmd", "a\0b", "install.cmd"];

    public string Name => "packages";

    public int Weight => 6;

    public FuzzCase Make(FuzzWorld world, Dice dice)
    {
        if (dice.Chance(88))
        {
            return new(Name, null) { InProcess = () => Alone(dice) };
        }

        var (pack, app) = (dice.Guid(), $"Fuzz {dice.Name}");
        var intent = new JsonObject { ["app_name"] = app, ["version"] = "1.0", ["target_ring"] = "LAB", ["evidence_pack_id"] = pack.ToString(), ["correlation_id"] = dice.Guid().ToString() };
        return new(Name, new FuzzRequest("POST", "/api/v1/deployments").As("publisher").Json(Encoding.UTF8.GetBytes(intent.ToJsonString())))
        {
            Before = async each => await Store(each, await Package(dice), pack, app),
        };
    }

    // One at a time and on a thread of its own: packing takes time that the app in this process would lack.
    private static async Task<(string? Wrong, TimeSpan Took)> Alone(Dice dice)
    {
        await OneAtATime.WaitAsync();
        try
        {
            return await Task.Factory.StartNew(async () => await Read(await Package(dice)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    private static async Task Store(FuzzWorld world, byte[] package, Guid pack, string app)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(package));
        await Uploads.Put(world.Publisher, sha256, Math.Max(1, package.Length), package, "artifact");
        world.Prepared.Add(pack.ToString());
        (await world.Publisher.Post("evidence/store/", new JsonObject
        {
            ["app_name"] = app,
            ["version"] = "1.0",
            ["evidence_pack_id"] = pack.ToString(),
            ["evidence"] = (IntegrationTests.EvidenceBuilder.LowRisk with { ArtifactSha256 = sha256, ArtifactBytes = Math.Max(1, package.Length) }).Build(),
        })).Ok();
    }

    /// <summary>Reads a package as publishing does.</summary>
    /// <returns>What went wrong in a way that no package may bring about; null for a package or a named defect.</returns>
    private static async Task<(string? Wrong, TimeSpan Took)> Read(byte[] bytes)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            var defect = IntuneWinPackage.Open(new MemoryStream(bytes, writable: false), Limits, out var package);
            using (package)
            {
                if (defect is null)
                {
                    defect = await package!.Verify(CancellationToken.None);
                }
            }

            return (defect is { Detail: var said } && (said.Length > 1000 || said.Contains("Exception", StringComparison.Ordinal)) ? $"the defect says {said[..Math.Min(said.Length, 200)]}" : null, clock.Elapsed);
        }
        catch (Exception thrown)
        {
            return ($"the reader threw {thrown}", clock.Elapsed);
        }
    }

    private static async Task<byte[]> Package(Dice dice)
    {
        if (dice.Chance(35))
        {
            var good = await SamplePackage.Make($"Fuzz {dice.Name}", "1.0", Random(dice));
            return dice.Chance(10) ? good : ByteDamage.Of(good, good, dice.Random);
        }

        using var plain = new MemoryStream();
        plain.Write(Inner(dice));
        using var payload = new MemoryStream();
        var keys = await PayloadCipher.Encrypt(plain, payload, Random(dice), CancellationToken.None);
        var manifest = new IntuneWinManifest("install.cmd", dice.Chance(80) ? "install.cmd" : dice.Pick(Names).Replace("\0", "x", StringComparison.Ordinal), plain.Length, dice.Chance(80) ? keys : Wrong(keys, dice), msi(dice));
        var xml = DetectionXml.Write(manifest, IntuneWinPackage.PayloadName).ToString();
        return Outer(payload.ToArray(), dice.Chance(50) ? Encoding.UTF8.GetBytes(xml) : Spoilt(xml, dice), dice);

        static MsiFacts? msi(Dice dice) => dice.Chance(80) ? null : new(Oddities.Plain(dice).Replace("\0", "x", StringComparison.Ordinal), "1", null, null, false, null);
    }

    private static RandomSource Random(Dice dice) => buffer => dice.Random.NextBytes(buffer);

    private static byte[] Inner(Dice dice)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var count = dice.Pick([0, 1, 2, 2000]); count > 0; count--)
            {
                using var entry = zip.CreateEntry(dice.Pick(Names) is { Length: > 0 } name ? name : "x", CompressionLevel.Fastest).Open();
                entry.Write(new byte[dice.Pick([0, 10, 10, count > 3 ? 10 : 2 << 20])]);
            }
        }

        var inner = Claiming(bytes.ToArray(), dice);
        return dice.Chance(30) ? ByteDamage.Of(inner, inner, dice.Random) : inner;
    }

    private static ContentKeys Wrong(ContentKeys keys, Dice dice)
    {
        var which = dice.Next(4);
        return new()
        {
            EncryptionKey = which == 0 ? dice.Bytes(32) : keys.EncryptionKey,
            MacKey = which == 1 ? dice.Bytes(32) : keys.MacKey,
            InitializationVector = keys.InitializationVector,
            Mac = which == 2 ? dice.Bytes(32) : keys.Mac,
            FileDigest = which == 3 ? dice.Bytes(32) : keys.FileDigest,
        };
    }

    private static byte[] Spoilt(string xml, Dice dice) => dice.Next(7) switch
    {
        0 => Encoding.UTF8.GetBytes($"<!DOCTYPE a [<!ENTITY b \"{new string('c', 1000)}\"><!ENTITY d \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>{xml.Replace("install.cmd", "&d;", StringComparison.Ordinal)}"),
        1 => Encoding.UTF8.GetBytes($"<!DOCTYPE a SYSTEM \"file:///etc/passwd\">{xml}"),
        2 => Encoding.Unicode.GetBytes(xml),
        3 => Encoding.UTF8.GetBytes(System.Text.RegularExpressions.Regex.Replace(xml, "<UnencryptedContentSize>[0-9]*", $"<UnencryptedContentSize>{dice.Pick(["-1", "0", "1", "9223372036854775807", "9223372036854775808", "1e3", "", "٥", "34359738368"])}")),
        4 => Encoding.UTF8.GetBytes(new StringBuilder().Insert(0, "<a>", dice.Pick([100, 50_000])).Append(xml).ToString()),
        5 => new byte[dice.Pick([0, 1, 3 << 20])],
        _ => ByteDamage.Of(Encoding.UTF8.GetBytes(xml), Encoding.UTF8.GetBytes(xml), dice.Random),
    };

    private static byte[] Outer(byte[] payload, byte[] detection, Dice dice)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var times = dice.Pick([1, 1, 1, 1, 1, 1, 0, 2]); times > 0; times--)
            {
                Put(zip, IntuneWinPackage.PayloadEntry, dice.Chance(95) ? payload : new byte[8 << 20], dice.Chance(80));
            }

            for (var times = dice.Pick([1, 1, 1, 1, 1, 1, 0, 2]); times > 0; times--)
            {
                Put(zip, dice.Chance(95) ? IntuneWinPackage.DetectionEntry : "../" + IntuneWinPackage.DetectionEntry, detection, dice.Chance(80));
            }

            for (var more = dice.Pick([0, 0, 0, 1, 3000]); more > 0; more--)
            {
                Put(zip, $"more/{more}", [], stored: true);
            }
        }

        var outer = Claiming(bytes.ToArray(), dice);
        return dice.Chance(15) ? ByteDamage.Of(outer, outer, dice.Random) : outer;
    }

    // Lengths that the archive's directory states and its contents do not have: packed, unpacked, or where an entry begins.
    private static byte[] Claiming(byte[] zip, Dice dice)
    {
        if (dice.Chance(80))
        {
            return zip;
        }

        var claim = dice.Pick<uint>([0, 1, 200_000_000, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF]);
        var field = dice.Pick([20, 24, 42]);
        for (var at = zip.AsSpan().IndexOf("PK\u0001\u0002"u8); at >= 0;)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(at + field), claim);
            var next = zip.AsSpan(at + 46).IndexOf("PK\u0001\u0002"u8);
            at = next < 0 ? -1 : at + 46 + next;
        }

        return zip;
    }

    private static void Put(ZipArchive zip, string name, byte[] content, bool stored)
    {
        using var entry = zip.CreateEntry(name, stored ? CompressionLevel.NoCompression : CompressionLevel.Fastest).Open();
        entry.Write(content);
    }
}

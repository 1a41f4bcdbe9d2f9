using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Core.Audit;
using Governance.Functions.Audit;
using Governance.Local;
using Governance.Local.Audit;
using Governance.Local.Stack;
using Governance.Storage.Audit;
using Governance.Testing;
using Microsoft.Extensions.DependencyInjection;
using static Governance.IntegrationTests.World;

namespace Governance.IntegrationTests;

/// <summary>A bundle of a real deployment, checked with nothing but its bytes, whole and edited in each of its parts.</summary>
public sealed class AuditBundleIntegrationTests(AuditedWorld audited) : IClassFixture<AuditedWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Parts => ["events.json", "state.json", "evidence/packs/", "evidence/files/", "anchor/anchor.json", "anchor/inclusion-proof.json", "index.html", "manifest.json"];

    [Fact]
    public async Task A_bundle_holds_and_says_what_is_not_anchored_yet()
    {
        var report = await Check(audited.Bundle);

        Assert.Empty(report.Flaws);
        Assert.Contains(report.Held, held => held.Contains("stands in anchor", StringComparison.Ordinal));
        Assert.Contains(report.Held, held => held.Contains("the state is the one", StringComparison.Ordinal));
        Assert.Contains(report.Held, held => held.Contains("the page shows", StringComparison.Ordinal));
        Assert.Contains(report.Notes, note => note.StartsWith($"No anchor covers event {audited.Events} yet", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task A_changed_byte_in_any_part_is_found_there(string part)
    {
        foreach (var place in new[] { 3, 5, 9 })
        {
            var (bundle, name) = Edited(part, bytes =>
            {
                bytes[bytes.Length * place / 10] ^= 2;
                return bytes;
            });

            var report = await Check(bundle);

            Assert.True(report.Flaws.Count > 0, $"{name}, byte at {place}/10");
            Assert.Contains(report.Flaws, flaw => flaw.Where.Contains(name, StringComparison.Ordinal) || part == "manifest.json" || flaw.Where.StartsWith("events.json", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task A_part_that_was_left_out_is_named(string part)
    {
        var (bundle, name) = Edited(part, _ => null);

        var report = await Check(bundle);

        Assert.Contains(report.Flaws, flaw => flaw.Where == name && flaw.What.StartsWith("It is left out", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("events.json")]
    [InlineData("state.json")]
    [InlineData("evidence/packs/")]
    [InlineData("evidence/files/")]
    [InlineData("anchor/anchor.json")]
    [InlineData("anchor/inclusion-proof.json")]
    [InlineData("index.html")]
    public async Task An_edit_that_the_manifest_was_made_to_fit_is_still_found(string part)
    {
        var (edited, name) = Edited(part, bytes => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace('4', '5')));

        var report = await Check(Refitted(edited));

        Assert.Contains(report.Flaws, flaw => flaw.Where.Contains(name, StringComparison.Ordinal) || flaw.Where.StartsWith("events.json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Events_that_were_left_out_are_named_and_so_are_others_in_their_order()
    {
        var (cut, _) = Edited("events.json", bytes => Rewritten(bytes, events => events.RemoveAt(1)));
        Assert.Contains((await Check(Refitted(cut))).Flaws, flaw => flaw.Where == "events.json, event 2");

        var (swapped, _) = Edited("events.json", bytes => Rewritten(bytes, events =>
        {
            var second = events[1]!.DeepClone();
            events[1] = events[2]!.DeepClone();
            events[2] = second;
        }));
        Assert.Contains((await Check(Refitted(swapped))).Flaws, flaw => flaw.Where == "events.json, event 2");

        var (shortened, _) = Edited("events.json", bytes => Rewritten(bytes, events => events.RemoveAt(events.Count - 1)));
        Assert.Contains((await Check(shortened)).Flaws, flaw => flaw.Where.StartsWith("events.json, event", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_was_added_is_named()
    {
        using var copy = new MemoryStream();
        copy.Write(audited.Bundle);
        using (var zip = new ZipArchive(copy, ZipArchiveMode.Update, leaveOpen: true))
        {
            await using var entry = zip.CreateEntry("evidence/files/extra").Open();
            entry.Write("more"u8);
        }

        Assert.Contains((await Check(copy.ToArray())).Flaws, flaw => flaw.Where == "evidence/files/extra" && flaw.What.StartsWith("It was added", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_anchor_from_elsewhere_confirms_a_bundle_or_shows_what_its_maker_left_out()
    {
        Assert.Contains((await Check(audited.Bundle, audited.Anchor)).Held, held => held.Contains("from outside agrees", StringComparison.Ordinal));

        var later = await Check(audited.Bundle, audited.LaterAnchor);
        Assert.Empty(later.Flaws);

        // The maker takes an older bundle for the whole truth: the later anchor knows more.
        var older = await Check(audited.OlderBundle, audited.LaterAnchor);
        Assert.Contains(older.Flaws, flaw => flaw.Where == $"events.json, event {audited.Events}" && flaw.What.Contains("left out", StringComparison.Ordinal));

        var forged = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(audited.Anchor).Replace("\"sequence\":", "\"sequence\":1", StringComparison.Ordinal));
        Assert.NotEmpty((await Check(audited.Bundle, forged)).Flaws);
    }

    [Fact]
    public async Task The_command_answers_by_its_exit_code()
    {
        var folder = Directory.CreateTempSubdirectory("governance-audit");
        try
        {
            var (whole, edited, anchor, nothing) = (Path.Combine(folder.FullName, "whole.zip"), Path.Combine(folder.FullName, "edited.zip"), Path.Combine(folder.FullName, "anchor.json"), Path.Combine(folder.FullName, "nothing.zip"));
            await File.WriteAllBytesAsync(whole, audited.Bundle, Stop);
            await File.WriteAllBytesAsync(edited, Edited("index.html", _ => null).Bundle, Stop);
            await File.WriteAllBytesAsync(anchor, audited.Anchor, Stop);
            await File.WriteAllBytesAsync(nothing, audited.Bundle[..(audited.Bundle.Length / 2)], Stop);

            Assert.Equal(0, (await Run("verify", whole)).Exit);
            Assert.Equal(0, (await Run("verify", whole, "--anchor", anchor)).Exit);
            var (exit, said) = await Run("verify", edited);
            Assert.Equal(1, exit);
            Assert.Contains("ALTERED  index.html: It is left out.", said, StringComparison.Ordinal);
            Assert.Equal(2, (await Run("verify", nothing)).Exit);
            Assert.Equal(2, (await Run("verify", Path.Combine(folder.FullName, "not-there.zip"))).Exit);
            Assert.Equal(2, (await Run("verify", whole, "--anchor", whole)).Exit);
            Assert.Equal(2, (await Run("verify")).Exit);
            Assert.Equal(2, (await Run("verify", whole, "--anchor", await Unrelated(folder))).Exit);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Only_auditors_and_administrators_get_a_bundle()
    {
        Assert.Equal(403, (await audited.World.Publisher.Get($"deployments/{audited.Id}/audit-bundle")).Status);
        Assert.Equal(403, (await audited.World.Approver.Get($"deployments/{audited.Id}/audit-bundle")).Status);
        Assert.Equal(404, (await audited.Auditor.Get($"deployments/{audited.World.NextId()}/audit-bundle")).Status);
    }

    [Fact]
    public async Task Foreign_text_on_the_page_acts_on_nothing()
    {
        var page = Encoding.UTF8.GetString(Read(audited.Bundle, "index.html"));

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
        Assert.Contains("\\u{202e}", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http:", page, StringComparison.Ordinal);
        await Task.CompletedTask;
    }

    private static async Task<string> Unrelated(DirectoryInfo folder)
    {
        var path = Path.Combine(folder.FullName, "unrelated.json");
        var leaf = new AnchorLeaf(CorrelationId.Parse("11111111-1111-4111-8111-111111111111"), 1, Digest.Of([1]));
        var first = AnchorRules.Next(null, [leaf], [leaf.CorrelationId], DateTimeOffset.UnixEpoch).Anchor with { Number = 1000 };
        await File.WriteAllBytesAsync(path, first.Write(), Stop);
        return path;
    }

    private static async Task<(int Exit, string Said)> Run(params string[] args)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        var exit = await LocalProgram.Run(args, output, errors);
        return (exit, output.ToString() + errors);
    }

    private static async Task<BundleReport> Check(byte[] bundle, byte[]? anchor = null)
    {
        using var zip = new MemoryStream(bundle);
        return await BundleVerifier.Verify(zip, anchor, Stop);
    }

    private (byte[] Bundle, string Name) Edited(string part, Func<byte[], byte[]?> change)
    {
        using var from = new ZipArchive(new MemoryStream(audited.Bundle), ZipArchiveMode.Read);
        var name = from.Entries.First(entry => entry.FullName.StartsWith(part, StringComparison.Ordinal)).FullName;
        using var to = new MemoryStream();
        using (var zip = new ZipArchive(to, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in from.Entries)
            {
                var bytes = Read(audited.Bundle, entry.FullName);
                if ((entry.FullName == name ? change(bytes) : bytes) is { } kept)
                {
                    using var write = zip.CreateEntry(entry.FullName).Open();
                    write.Write(kept);
                }
            }
        }

        return (to.ToArray(), name);
    }

    // Whoever edits a part can also edit what the manifest says of it.
    private static byte[] Refitted(byte[] bundle)
    {
        var manifest = BundleManifest.Read(Read(bundle, "manifest.json"));
        using var copy = new MemoryStream();
        copy.Write(bundle);
        using (var zip = new ZipArchive(copy, ZipArchiveMode.Update, leaveOpen: true))
        {
            var files = zip.Entries.Where(entry => entry.FullName != "manifest.json").Select(entry => entry.FullName).ToList();
            zip.GetEntry("manifest.json")!.Delete();
            using var write = zip.CreateEntry("manifest.json").Open();
            write.Write((manifest with { Files = [.. files.Select(name => new BundleFile(name, Digest.Of(Read(bundle, name)), Read(bundle, name).Length))] }).Write());
        }

        return copy.ToArray();
    }

    private static byte[] Rewritten(byte[] events, Action<JsonArray> change)
    {
        var array = JsonNode.Parse(events)!.AsArray();
        change(array);
        return Encoding.UTF8.GetBytes(array.ToJsonString());
    }

    private static byte[] Read(byte[] bundle, string name)
    {
        using var zip = new ZipArchive(new MemoryStream(bundle), ZipArchiveMode.Read);
        using var content = zip.GetEntry(name)!.Open();
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }
}

/// <summary>A deployment that was anchored, had one more event, was bundled, and was anchored again.</summary>
public sealed class AuditedWorld(AzuriteFixture azurite) : IAsyncLifetime
{
    public World World { get; } = new(azurite);

    internal ApiClient Auditor { get; private set; } = null!;

    internal string Id { get; private set; } = string.Empty;

    internal long Events { get; private set; }

    internal byte[] OlderBundle { get; private set; } = [];

    internal byte[] Bundle { get; private set; } = [];

    internal byte[] Anchor { get; private set; } = [];

    internal byte[] LaterAnchor { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        await World.InitializeAsync();
        Auditor = await World.SignIn(World.NextId(), "Auditor");
        var app = World.NextApp();
        var stored = await World.Store(app);
        Id = Text((await World.Submit(app, stored.PackId)).Ok()["correlation_id"]);
        await World.Until(Id, "ACTIVE");
        Anchor = await Anchored();
        OlderBundle = await Auditor.Download($"deployments/{Id}/audit-bundle");
        (await World.Publisher.Post(
            $"deployments/{Id}/incidents/", new JsonObject { ["severity"] = "minor", ["summary"] = "<script>alert(1)</script> \u202etxt.exe" })).Ok();
        Bundle = await Auditor.Download($"deployments/{Id}/audit-bundle");
        LaterAnchor = await Anchored();
        Events = (await World.Deployment(Id))["sequence"]!.GetValue<long>();
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();

    private async Task<byte[]> Anchored()
    {
        JsonNode? anchor = null;
        await Eventually.Holds(async () =>
        {
            await World.Stack.Services.GetRequiredService<AnchorAuditLog>().Step(null, CancellationToken.None);
            anchor = (await World.Publisher.Get($"events/verify/{Id}/")).Ok()["anchor"];
            return anchor is not null && anchor["not_anchored"]!.AsArray().Count == 0;
        });
        return (await World.Stack.Services.GetRequiredService<AnchorLog>().Bytes(anchor!["number"]!.GetValue<long>(), CancellationToken.None))!;
    }
}

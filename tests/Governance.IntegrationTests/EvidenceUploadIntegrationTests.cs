using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Local.Stack;
using Governance.Storage.Hosting;
using Governance.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static Governance.IntegrationTests.World;

namespace Governance.IntegrationTests;

/// <summary>Evidence as it is handed in: as JSON, as a form with its files, by upload; and what is refused.</summary>
public sealed class EvidenceUploadIntegrationTests(TrustingWorld world) : IClassFixture<TrustingWorld>
{
    private static readonly byte[] Scan = Encoding.UTF8.GetBytes("""{"SchemaVersion": 2, "ArtifactName": "app", "ArtifactType": "filesystem", "Results": [{"Target": "x", "Vulnerabilities": [{"VulnerabilityID": "CVE-2024-0001", "PkgName": "zlib", "InstalledVersion": "1.2.0", "Severity": "HIGH"}]}]}""");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_form_brings_the_evidence_and_its_files()
    {
        var app = world.NextApp();

        var stored = await Post(Form(app, Naming(Scan), (Name(Scan), Scan)));

        Assert.Equal(201, stored.Status);
        Assert.Equal(1, stored.Body!["scan_summary"]!["counts"]!["high"]!.GetValue<int>());
        var again = await Post(Form(app, Naming(Scan), (Name(Scan), Scan)));
        Assert.Equal((200, Text(stored.Body["evidence_pack_id"])), (again.Status, Text(again.Body!["evidence_pack_id"])));
        var json = await world.Publisher.Post("evidence/store/", new JsonObject { ["app_name"] = app.App, ["version"] = app.Version, ["evidence"] = JsonNode.Parse(Naming(Scan)) });
        Assert.Equal((200, Text(stored.Body["digest"])), (json.Status, Text(json.Body!["digest"])));
    }

    [Fact]
    public async Task The_same_content_is_stored_once_whichever_way_it_comes()
    {
        var content = Encoding.UTF8.GetBytes($$"""{"SchemaVersion": 2, "ArtifactName": "{{world.NextId()}}", "ArtifactType": "filesystem", "Results": []}""");
        await Post(Form(world.NextApp(), Naming(content), (Name(content), content)));
        var before = await Blobs(Name(content));

        (await Post(Form(world.NextApp(), Naming(content), (Name(content), content)))).Ok();
        await world.Publisher.Upload(content, "scan.json", "evidence");
        var app = world.NextApp();
        (await world.Publisher.Post("evidence/store/", new JsonObject { ["app_name"] = app.App, ["version"] = app.Version, ["evidence"] = JsonNode.Parse(Naming(content)) })).Ok();

        Assert.Single(before);
        Assert.Equal(before, await Blobs(Name(content)));
    }

    [Fact]
    public async Task A_file_that_is_not_what_its_name_says_is_refused_and_not_stored()
    {
        var promised = Name("something else"u8.ToArray());

        var refused = await Post(Form(world.NextApp(), $$"""{"scan_results": [{"sha256": "{{promised}}"}]}""", (promised, Scan)));

        Assert.Equal((400, promised), (refused.Status, Text(refused.Body!["errors"]![0]!["field"])));
        Assert.Contains(Name(Scan), Text(refused.Body["detail"]), StringComparison.Ordinal);
        Assert.Empty(await Blobs(promised));
    }

    [Fact]
    public async Task An_upload_that_is_not_what_was_promised_is_told_by_its_digest()
    {
        var promised = Name(Encoding.UTF8.GetBytes(world.NextId().ToString()));
        var begun = (await world.Publisher.Post("evidence/uploads/", new JsonObject { ["sha256"] = promised, ["size_bytes"] = 3, ["file_name"] = "x.json", ["kind"] = "evidence" })).Ok();
        using var http = new HttpClient();
        using var put = new HttpRequestMessage(HttpMethod.Put, Text(begun["upload_url"])) { Content = new ByteArrayContent([1, 2, 3]) };
        put.Headers.TryAddWithoutValidation("x-ms-blob-type", "BlockBlob");
        (await http.SendAsync(put, Stop)).EnsureSuccessStatusCode();

        var refused = await Store($$"""{"scan_results": [{"sha256": "{{promised}}"}]}""");

        Assert.Equal((400, "evidence.scan_results[0]"), (refused.Status, Text(refused.Body!["errors"]![0]!["field"])));
        Assert.Contains(Name([1, 2, 3]), Text(refused.Body["detail"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_artifact_is_taken_in_when_its_evidence_is_stored_and_not_when_somebody_reads()
    {
        var app = world.NextApp();
        var stored = await world.Store(app);
        var artifact = Text(stored.Body["evidence"]!["artifact"]!["sha256"]);

        Assert.Equal(201, stored.Answer.Status);
        Assert.True((await world.Stack.Services.GetRequiredService<StorageLayout>().Artifacts.GetBlobClient(artifact).ExistsAsync(Stop)).Value);
    }

    [Fact]
    public async Task A_form_that_is_not_as_expected_is_refused()
    {
        var (evidence, file) = (Naming(Scan), (Name(Scan), Scan));
        var app = world.NextApp();

        Assert.Equal(400, (await Post(Form(app, evidence, (Name([9]), [9])))).Status);
        Assert.Equal(400, (await Post(Form(app, evidence, file, file))).Status);
        Assert.Equal(400, (await Post(Form(app, "{", file))).Status);
        Assert.Equal(400, (await Post(Form(app, "[]", file))).Status);
        Assert.Equal(400, (await Post(Form(app, """{"sbom": 1}""", file))).Status);
        Assert.Equal(400, (await Post(Form(app, Naming(Encoding.UTF8.GetBytes(world.NextId().ToString()))))).Status);
        Assert.Equal(400, (await Post(Form(app, evidence, ("other", [1])))).Status);

        using var filesFirst = new MultipartFormDataContent { { new ByteArrayContent(Scan), Name(Scan) }, { new StringContent(evidence), "evidence" } };
        Assert.Contains("comes before the files", Text((await Post(filesFirst)).Body!["detail"]), StringComparison.Ordinal);
        using var encoded = Form(app, evidence);
        encoded.Add(new ByteArrayContent(Scan) { Headers = { ContentEncoding = { "gzip" } } }, Name(Scan));
        Assert.Equal(415, (await Post(encoded)).Status);
        using var cut = new ByteArrayContent(Encoding.ASCII.GetBytes("--x\r\nContent-Disposition: form-data; name=\"evidence\"\r\n\r\n{"));
        cut.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        Assert.Equal(400, (await Post(cut)).Status);
        using var unbounded = new ByteArrayContent([1]);
        unbounded.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data");
        Assert.Equal(415, (await Post(unbounded)).Status);
        using var large = Form(app, evidence);
        large.Add(new ByteArrayContent(new byte[5000]), "version");
        Assert.Equal(413, (await Post(large)).Status);
    }

    [Fact]
    public async Task Sizes_over_their_limits_are_413()
    {
        var small = new byte[(16 << 20) + 1];
        Encoding.UTF8.GetBytes("<testsuites>").CopyTo(small, 0);

        Assert.Equal(413, (await Store($$"""{"rollout_plan": "{{new string('x', 16 << 20)}}"}""")).Status);
        Assert.Equal(413, (await Store($$"""{"scan_results": [{{Files(40)}}], "tests": [{{Files(40, 100)}}]}""")).Status);
        Assert.Equal(413, (await Post(Form(world.NextApp(), $$"""{"tests": [{"sha256": "{{Name(small)}}"}]}""", (Name(small), small)))).Status);
        var large = new byte[(64 << 20) + 1];
        Assert.Equal(413, (await Post(Form(world.NextApp(), $$"""{"scan_results": [{"sha256": "{{Name(large)}}"}]}""", (Name(large), large)))).Status);
        var wish = new JsonObject { ["sha256"] = Name(large), ["size_bytes"] = large.Length, ["file_name"] = "scan.json", ["kind"] = "evidence" };
        Assert.Equal(413, (await world.Publisher.Post("evidence/uploads/", wish)).Status);
    }

    [Fact]
    public async Task Nesting_strings_names_and_counts_over_their_limits_are_400()
    {
        Assert.Equal(400, (await Store($$"""{"sbom": {{new string('[', 70)}}{{new string(']', 70)}} }""")).Status);
        Assert.Equal(400, (await Store($$"""{"sbom": {"bomFormat": "CycloneDX", "specVersion": "1.6", "x": "{{new string('x', (1 << 20) + 1)}}"} }""")).Status);
        Assert.Equal(400, (await Store($$"""{"sbom": {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library", "name": "{{new string('x', 4097)}}"}]} }""")).Status);
        Assert.Equal(400, (await Store($$"""{"sbom": {"bomFormat": "CycloneDX", "specVersion": "1.6", "{{new string('x', 513)}}": 1} }""")).Status);
        Assert.Equal(400, (await Store($$"""{"sbom": {"format": "plain", "components": [{{string.Join(',', Enumerable.Repeat("""{"name":"a"}""", 100_001))}}]} }""")).Status);
        var ratings = string.Join(',', Enumerable.Repeat("""{"severity":"low"}""", 65));
        Assert.Equal(400, (await Store($$"""{"scan_results": {"bomFormat": "CycloneDX", "specVersion": "1.6", "vulnerabilities": [{"id": "CVE-2024-1", "ratings": [{{ratings}}]}]} }""")).Status);
        var aliases = string.Join(',', Enumerable.Range(0, 65).Select(n => $$"""{"id":"A-{{n}}","source":{} }"""));
        Assert.Equal(400, (await Store($$"""{"scan_results": {"bomFormat": "CycloneDX", "specVersion": "1.6", "vulnerabilities": [{"id": "CVE-2024-1", "references": [{{aliases}}]}]} }""")).Status);
    }

    [Fact]
    public async Task A_name_that_stands_twice_is_400_inline_and_in_a_file()
    {
        var twice = """{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library", "name": "a", "name": "b"}]}"""u8.ToArray();

        Assert.Equal(400, (await Store($$"""{"sbom": {{Encoding.UTF8.GetString(twice)}} }""")).Status);
        var inFile = await Post(Form(world.NextApp(), $$"""{"sbom": {"sha256": "{{Name(twice)}}"} }""", (Name(twice), twice)));
        Assert.Equal(400, inFile.Status);
        Assert.StartsWith("evidence.sbom", Text(inFile.Body!["errors"]![0]!["field"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_decompressed()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(new byte[50 << 20]);
        }

        using var body = new ByteArrayContent(packed.ToArray()) { Headers = { ContentType = new("application/json"), ContentEncoding = { "gzip" } } };
        Assert.Equal(415, (await Post(body)).Status);
        var bytes = packed.ToArray();
        var asFile = await Post(Form(world.NextApp(), $$"""{"sbom": {"sha256": "{{Name(bytes)}}"} }""", (Name(bytes), bytes)));
        Assert.Equal((400, "evidence.sbom"), (asFile.Status, Text(asFile.Body!["errors"]![0]!["field"])));
    }

    [Fact]
    public async Task Provenance_that_a_configured_key_signed_lowers_the_risk_of_the_supply_chain()
    {
        var trusted = await SupplyChain(world.Key);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var unknown = await SupplyChain(stranger);
        var without = await SupplyChain(null);

        Assert.Equal("verified", trusted.Verdict);
        Assert.NotEqual("verified", unknown.Verdict);
        Assert.True(trusted.Value < unknown.Value, $"{trusted.Value} < {unknown.Value}");
        Assert.True(trusted.Value < without.Value, $"{trusted.Value} < {without.Value}");
        Assert.StartsWith("$.provenance", trusted.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trusted_key_speaks_for_no_builder_that_is_not_on_its_list() =>
        Assert.NotEqual("verified", (await SupplyChain(world.Key, "https://example.org/somebody-else")).Verdict);

    private async Task<(string? Verdict, decimal Value, string Path)> SupplyChain(ECDsa? signer, string builder = TrustingWorld.Builder)
    {
        var app = world.NextApp();
        var bytes = await SamplePackage.Make(app.App, app.Version);
        var sha256 = await world.Publisher.Upload(bytes, "setup.intunewin", "artifact");
        var evidence = (EvidenceBuilder.LowRisk with { ArtifactSha256 = sha256, ArtifactBytes = bytes.Length }).Build();
        if (signer is not null)
        {
            evidence["provenance"] = new JsonArray(Signed(signer, sha256, builder));
        }

        var stored = (await world.Publisher.Post("evidence/store/", new JsonObject { ["app_name"] = app.App, ["version"] = app.Version, ["evidence"] = evidence })).Ok();
        var pack = (await world.Publisher.Get($"evidence/{stored["evidence_pack_id"]}/")).Ok();
        var risk = (await world.Publisher.Post("policy/assess", new JsonObject { ["target_ring"] = "LAB", ["evidence_pack_id"] = stored["evidence_pack_id"]!.DeepClone() })).Ok();
        var factor = risk["factors"]!.AsArray().Single(each => Text(each!["name"]) == "supply_chain_trust")!;
        return (pack["provenance"]?["verdict"]?.GetValue<string>(), factor["value"]!.GetValue<decimal>(), Text(factor["evidence_path"]));
    }

    private static JsonObject Signed(ECDsa key, string artifact, string builder)
    {
        const string type = "application/vnd.in-toto+json";
        var payload = Encoding.UTF8.GetBytes(
            $$"""
            {"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "setup.intunewin", "digest": {"sha256": "{{artifact}}"} }], "predicateType": "https://slsa.dev/provenance/v1",
             "predicate": {"buildDefinition": {"buildType": "https://example.org/build/v1", "externalParameters": {} }, "runDetails": {"builder": {"id": "{{builder}}"} } } }
            """);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"DSSEv1 {type.Length} {type} {payload.Length} "), .. payload];
        return new()
        {
            ["payloadType"] = type,
            ["payload"] = Convert.ToBase64String(payload),
            ["signatures"] = new JsonArray(new JsonObject { ["sig"] = Convert.ToBase64String(key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)) }),
        };
    }

    private async Task<ApiAnswer> Store(string evidence)
    {
        var app = world.NextApp();
        using var body = new StringContent($$"""{"app_name": "{{app.App}}", "version": "{{app.Version}}", "evidence": {{evidence}} }""", Encoding.UTF8, "application/json");
        return await Post(body);
    }

    private Task<ApiAnswer> Post(HttpContent content) =>
        world.Publisher.SendContent(HttpMethod.Post, "evidence/store/", content);

    private static MultipartFormDataContent Form((string App, string Version) app, string evidence, params (string Name, byte[] Bytes)[] files)
    {
        var form = new MultipartFormDataContent { { new StringContent(app.App), "app_name" }, { new StringContent(app.Version), "version" }, { new StringContent(evidence), "evidence" } };
        foreach (var (name, bytes) in files)
        {
            form.Add(new ByteArrayContent(bytes), name);
        }

        return form;
    }

    private async Task<IReadOnlyList<string>> Blobs(string digest)
    {
        var found = new List<string>();
        await foreach (var blob in world.Stack.Services.GetRequiredService<StorageLayout>().Evidence.GetBlobsAsync(cancellationToken: Stop))
        {
            if (blob.Name.Contains(digest, StringComparison.Ordinal))
            {
                found.Add($"{blob.Name} {blob.Properties.ETag}");
            }
        }

        return found;
    }

    private static string Naming(byte[] scan) => $$"""{"scan_results": [{"sha256": "{{Name(scan)}}"}]}""";

    private static string Name(byte[] content) => Digest.Of(content).ToString();

    private static string Files(int count, int from = 0) => string.Join(',', Enumerable.Range(from, count).Select(n => $$"""{"sha256": "{{Digest.Of(BitConverter.GetBytes(n))}}"}"""));
}

/// <summary>A world that trusts one key for one builder.</summary>
public sealed class TrustingWorld(AzuriteFixture azurite) : World(azurite)
{
    internal const string Builder = "https://example.org/builder";

    internal ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private protected override LocalStackOptions Change(LocalStackOptions options) => options with
    {
        Customise = builder => builder.Configuration.AddInMemoryCollection(
        [
            new("EvidenceTrust:Keys:0:Id", "ci"),
            new("EvidenceTrust:Keys:0:PublicKey", Key.ExportSubjectPublicKeyInfoPem().Replace("\n", "\\n", StringComparison.Ordinal)),
            new("EvidenceTrust:Keys:0:Builders", $"{Builder}, https://example.org/another"),
        ]),
    };
}

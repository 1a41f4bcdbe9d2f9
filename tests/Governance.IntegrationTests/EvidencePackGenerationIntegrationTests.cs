using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using static Governance.IntegrationTests.World;

namespace Governance.IntegrationTests;

public sealed class EvidencePackGenerationIntegrationTests(World world) : IClassFixture<World>
{
    [Fact]
    public async Task A_pack_is_stored_under_its_digest_and_read_back()
    {
        var app = world.NextApp();
        var stored = await world.Store(app);

        Assert.Equal(201, stored.Answer.Status);
        var read = (await world.Publisher.Get($"evidence/{stored.PackId}/")).Ok();
        Assert.Equal((app.App, app.Version), (Text(read["app_name"]), Text(read["version"])));
        Assert.Equal(Text(stored.Answer.Body!["digest"]), Text(read["digest"]));
        Assert.True(JsonNode.DeepEquals(stored.Body["evidence"], read["evidence_data"]));
    }

    [Fact]
    public async Task The_same_content_again_is_the_same_pack()
    {
        var app = world.NextApp();
        var first = await world.Store(app);

        var again = await world.Publisher.Post("evidence/store/", first.Body.DeepClone());

        Assert.Equal((201, 200), (first.Answer.Status, again.Status));
        Assert.Equal(Text(first.PackId), Text(again.Body!["evidence_pack_id"]));
    }

    [Fact]
    public async Task Another_content_under_a_taken_id_is_refused()
    {
        var app = world.NextApp();
        var id = world.NextId();
        (await world.Store(app, packId: id)).Answer.Ok();

        var other = await world.Store(app, evidence => evidence with { Findings = (0, 0, 1, 0) }, id);

        Assert.Equal((409, "PACK_EXISTS"), (other.Answer.Status, other.Answer.Code));
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task A_stored_pack_is_never_changed(string method)
    {
        var stored = await world.Store(world.NextApp());

        var refused = await world.Publisher.Send(new HttpMethod(method), $"evidence/{stored.PackId}/", stored.Body.DeepClone());

        Assert.Equal(405, refused.Status);
        Assert.Equal(200, (await world.Publisher.Get($"evidence/{stored.PackId}/")).Status);
    }

    [Fact]
    public async Task An_SBOM_is_parsed_and_counted()
    {
        var stored = await world.Store(world.NextApp());

        Assert.Equal(2, stored.Answer.Ok()["sbom"]!["components"]!.GetValue<int>());
        Assert.Equal(2, (await world.Publisher.Get($"evidence/{stored.PackId}/")).Ok()["sbom_components"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_malformed_SBOM_is_refused_with_the_place_of_every_problem()
    {
        var app = world.NextApp();
        var evidence = new JsonObject { ["sbom"] = new JsonObject { ["bomFormat"] = "CycloneDX", ["specVersion"] = "1.5", ["components"] = new JsonArray(new JsonObject { ["type"] = "library" }) } };

        var refused = await world.Publisher.Post("evidence/store/", new JsonObject { ["app_name"] = app.App, ["version"] = app.Version, ["evidence"] = evidence });

        Assert.Equal(400, refused.Status);
        Assert.Contains(refused.Body!["errors"]!.AsArray(), error => Text(error!["field"]).StartsWith("evidence.sbom", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Scans_are_aggregated_over_reports()
    {
        var app = world.NextApp();
        var evidence = (EvidenceBuilder.LowRisk with { Findings = (0, 2, 5, 12) }).Build();

        var stored = (await world.Publisher.Post("evidence/store/", new JsonObject { ["app_name"] = app.App, ["version"] = app.Version, ["evidence"] = evidence })).Ok();

        var counts = (await world.Publisher.Get($"evidence/{stored["evidence_pack_id"]}/")).Ok()["scan_counts"]!;
        Assert.Equal([0, 2, 5, 12], new[] { "critical", "high", "medium", "low" }.Select(severity => counts[severity]!.GetValue<int>()));
    }

    [Fact]
    public async Task Risk_factors_name_the_evidence_they_come_from()
    {
        var stored = await world.Store(world.NextApp(), evidence => evidence with { Risky = true, Findings = (0, 1, 0, 0) });

        var risk = (await world.Publisher.Post("policy/assess", new JsonObject { ["target_ring"] = "LAB", ["evidence_pack_id"] = stored.PackId.DeepClone() })).Ok();

        var factors = risk["factors"]!.AsArray().ToDictionary(factor => Text(factor!["name"]), factor => factor!);
        Assert.Equal(1.00m, factors["privilege_impact"]["value"]!.GetValue<decimal>());
        Assert.Equal(0.70m, factors["sbom_vulnerability"]["value"]!.GetValue<decimal>());
        Assert.StartsWith("$.install", Text(factors["privilege_impact"]["evidence_path"]), StringComparison.Ordinal);
        var check = (await world.Publisher.Post("policy/evaluate/", new JsonObject { ["target_ring"] = "PILOT", ["evidence_pack_id"] = stored.PackId.DeepClone() })).Ok();
        Assert.Equal("BLOCKED", Text(check["policy"]!["verdict"]));
    }

    [Fact]
    public async Task The_active_policy_and_model_are_readable()
    {
        var policy = (await world.Publisher.Get("policy/")).Ok();
        var model = (await world.Publisher.Get("policy/risk-model")).Ok();

        Assert.NotEmpty(policy["policies"]!["rules"]!.AsArray());
        Assert.Equal(64, Text(model["risk_model"]!["sha256"]).Length);
    }

    [Fact]
    public async Task An_overwrite_behind_our_back_is_detected()
    {
        var app = world.NextApp();
        var stored = await world.Store(app);
        var id = Text((await world.Submit(app, stored.PackId)).Ok()["correlation_id"]);
        await world.Until(id, "ACTIVE");
        var before = (await world.Publisher.Get($"events/verify/{id}/")).Ok();
        Assert.True(before["valid"]!.GetValue<bool>());

        var container = new BlobServiceClient(world.Stack.ConnectionString).GetBlobContainerClient($"{world.Prefix}evidence");
        var evidence = (await world.Publisher.Get($"evidence/{stored.PackId}/")).Ok()["files"]!.AsArray().Single(file => Text(file!["kind"]) == "evidence");
        await foreach (var blob in container.GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken))
        {
            if (blob.Name.EndsWith(Text(evidence!["sha256"]), StringComparison.Ordinal))
            {
                await container.GetBlobClient(blob.Name).UploadAsync(new BinaryData(Encoding.UTF8.GetBytes("{}")), overwrite: true, TestContext.Current.CancellationToken);
            }
        }

        var after = (await world.Publisher.Get($"events/verify/{id}/")).Ok();
        Assert.False(after["valid"]!.GetValue<bool>());
        Assert.False(after["evidence_valid"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Content_that_is_not_what_it_promised_never_counts()
    {
        var promised = new string('a', 64);
        var begun = (await world.Publisher.Post("evidence/uploads/", new JsonObject
        {
            ["sha256"] = promised,
            ["size_bytes"] = 3,
            ["file_name"] = "x.json",
            ["kind"] = "evidence",
        })).Ok();
        using var http = new HttpClient();
        using var put = new HttpRequestMessage(HttpMethod.Put, Text(begun["upload_url"])) { Content = new ByteArrayContent([1, 2, 3]) };
        put.Headers.TryAddWithoutValidation("x-ms-blob-type", "BlockBlob");
        (await http.SendAsync(put, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        var app = world.NextApp();

        var refused = await world.Publisher.Post("evidence/store/", new JsonObject
        {
            ["app_name"] = app.App,
            ["version"] = app.Version,
            ["evidence"] = new JsonObject { ["scan_results"] = new JsonArray(new JsonObject { ["sha256"] = promised }) },
        });

        Assert.Equal(400, refused.Status);
    }

    [Fact]
    public async Task An_unknown_pack_is_404()
    {
        Assert.Equal(404, (await world.Publisher.Get($"evidence/{world.NextId()}/")).Status);
        Assert.Equal(404, (await world.Publisher.Get("evidence/not-an-id/")).Status);
        var assessed = await world.Publisher.Post("policy/assess", new JsonObject { ["target_ring"] = "LAB", ["evidence_pack_id"] = world.NextId().ToString() });
        Assert.Equal((422, "EVIDENCE_UNKNOWN"), (assessed.Status, assessed.Code));
    }
}

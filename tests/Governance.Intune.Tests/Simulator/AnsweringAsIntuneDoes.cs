using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Governance.Core.Rollout;
using Governance.Intune.Tests.Support;
using static Governance.Intune.Tests.Support.RawGraph;

namespace Governance.Intune.Tests.Simulator;

/// <summary>The simulator answers in the real service's forms, and can be moved from outside.</summary>
public sealed class AnsweringAsIntuneDoes
{
    [Fact]
    public async Task A_version_that_only_beta_has_is_dropped_without_a_word()
    {
        await using var tenant = await Tenant.Start();
        using var http = Client(tenant);
        var body = Body();
        body["displayVersion"] = "1.2";

        using var answer = await http.PostAsJsonAsync(Apps, body);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.DoesNotContain("displayVersion", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_look_as_Graphs_do()
    {
        await using var tenant = await Tenant.Start();
        using var http = Client(tenant);
        http.DefaultRequestHeaders.Add("client-request-id", "5b0c1111-2222-4333-8444-555555555555");

        using var answer = await http.PostAsJsonAsync(Apps, Body());
        using var refused = await http.GetAsync($"{Apps}/{Guid.Empty}");

        var entity = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("#microsoft.graph.win32LobApp", entity.GetProperty("@odata.type").GetString());
        Assert.EndsWith("#deviceAppManagement/mobileApps/$entity", entity.GetProperty("@odata.context").GetString(), StringComparison.Ordinal);
        Assert.Equal(("notPublished", JsonValueKind.Null), (entity.GetProperty("publishingState").GetString(), entity.GetProperty("committedContentVersion").ValueKind));
        Assert.Equal("4.0", answer.Headers.GetValues("odata-version").Single());
        Assert.Equal("5b0c1111-2222-4333-8444-555555555555", answer.Headers.GetValues("client-request-id").Single());
        var error = (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal(refused.Headers.GetValues("request-id").Single(), error.GetProperty("innerError").GetProperty("request-id").GetString());
        Assert.StartsWith("Resource does not exist. - Operation ID", JsonDocument.Parse(error.GetProperty("message").GetString()!).RootElement.GetProperty("Message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_are_filtered_paged_counted_and_expanded()
    {
        await using var tenant = await Tenant.Start();
        using var http = Client(tenant);
        for (var i = 0; i < 5; i++)
        {
            var body = Body();
            (body["displayName"], body["notes"]) = ($"It's {(char)('E' - i)}", i == 3 ? "cid=00000000-0000-4000-8000-000000000001" : "none");
            using var made = await http.PostAsJsonAsync(Apps, body);
        }

        async Task<string[]> Names(string query)
        {
            var names = new List<string>();
            for (var next = $"{Apps}?{query}"; next is not null;)
            {
                var page = await http.GetFromJsonAsync<JsonElement>(next);
                names.AddRange(page.GetProperty("value").EnumerateArray().Select(app => app.GetProperty("displayName").GetString()!));
                next = page.TryGetProperty("@odata.nextLink", out var link) ? link.GetString() : null;
            }

            return [.. names];
        }

        Assert.Equal(["It's A", "It's B", "It's C", "It's D", "It's E"], await Names("$orderby=displayName&$top=2&$select=displayName"));
        Assert.Equal(["It's B"], await Names("$filter=contains(notes,'cid=00000000-0000-4000-8000-000000000001') and isof('microsoft.graph.win32LobApp')"));
        Assert.Equal(["It's C"], await Names("$filter=displayName eq 'it''s c'"));
        Assert.Equal(["It's A", "It's E"], await Names("$filter=(displayName eq 'It''s A' or startswith(displayName,'It''s E')) and publisher eq 'P'&$orderby=displayName"));
        Assert.Empty(await Names("$filter=contains(notes,'cid=00000000-0000-4000-8000-000000000002')"));
        Assert.Empty(await Names("$filter=isof('microsoft.graph.webApp')"));
        var counted = await http.GetFromJsonAsync<JsonElement>($"{Apps}?$count=true&$expand=assignments&$top=1");
        Assert.Equal(5, counted.GetProperty("@odata.count").GetInt32());
        Assert.Empty(counted.GetProperty("value")[0].GetProperty("assignments").EnumerateArray());
    }

    [Fact]
    public async Task Storage_wants_the_present_signature_equal_ids_known_blocks_and_no_token()
    {
        await using var tenant = await Tenant.Start();
        using var http = Client(tenant);
        var (file, address) = await Address(http);

        async Task<(HttpStatusCode, string?)> Put(string uri, string body = "x", bool token = false)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, uri) { Content = new StringContent(body) };
            request.Headers.Authorization = token ? new AuthenticationHeaderValue("Bearer", "t") : null;
            using var answer = await http.SendAsync(request);
            return (answer.StatusCode, answer.Headers.TryGetValues("x-ms-error-code", out var codes) ? codes.Single() : null);
        }

        Assert.Equal((HttpStatusCode.Created, null), await Put($"{address}&comp=block&blockid=MDAwMDAx"));
        Assert.Equal((HttpStatusCode.BadRequest, "InvalidBlobOrBlock"), await Put($"{address}&comp=block&blockid=MDAx"));
        Assert.Equal((HttpStatusCode.BadRequest, "InvalidQueryParameterValue"), await Put($"{address}&comp=block&blockid=!"));
        Assert.Equal((HttpStatusCode.BadRequest, "InvalidQueryParameterValue"), await Put($"{address}&comp=tags"));
        Assert.Equal((HttpStatusCode.BadRequest, "InvalidXmlDocument"), await Put($"{address}&comp=blocklist", "no xml"));
        Assert.Equal((HttpStatusCode.BadRequest, "InvalidBlockList"), await Put($"{address}&comp=blocklist", "<BlockList><Latest>MDAwMDAy</Latest></BlockList>"));
        Assert.Equal((HttpStatusCode.Forbidden, "AuthenticationFailed"), await Put($"{address}&comp=block&blockid=MDAwMDAx", token: true));
        Assert.Equal((HttpStatusCode.Forbidden, "AuthenticationFailed"), await Put($"{address.Replace("sig=", "sig=A", StringComparison.Ordinal)}&comp=block&blockid=MDAwMDAx"));

        using var renewed = await http.PostAsync($"{file}/renewUpload", null);
        Assert.Equal(HttpStatusCode.NoContent, renewed.StatusCode);
        var now = (await http.GetFromJsonAsync<JsonElement>(file)).GetProperty("azureStorageUri").GetString()!;
        Assert.Equal((HttpStatusCode.Forbidden, "AuthenticationFailed"), await Put($"{address}&comp=block&blockid=MDAwMDAx"));
        Assert.Equal((HttpStatusCode.Created, null), await Put($"{now}&comp=block&blockid=MDAwMDAx"));
        tenant.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal((HttpStatusCode.Forbidden, "AuthenticationFailed"), await Put($"{now}&comp=block&blockid=MDAwMDAx"));
    }

    [Fact]
    public async Task Content_put_in_one_piece_is_stored_and_fails_its_commit()
    {
        await using var tenant = await Tenant.Start();
        using var http = Client(tenant);
        var (file, address) = await Address(http);
        using var put = await http.PutAsync(address, new ByteArrayContent(new byte[80]));
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);

        using var commit = await http.PostAsJsonAsync($"{file}/commit", new { fileEncryptionInfo = new { } });

        Assert.Equal(HttpStatusCode.NoContent, commit.StatusCode);
        Assert.Equal("commitFileFailed", (await http.GetFromJsonAsync<JsonElement>(file)).GetProperty("uploadState").GetString());
        using var renew = await http.PostAsync($"{file}/renewUpload", null);
        Assert.Equal("azureStorageUriRenewalFailed", (await http.GetFromJsonAsync<JsonElement>(file)).GetProperty("uploadState").GetString());
    }

    [Fact]
    public async Task Limits_answer_429_until_their_window_is_over()
    {
        await using var tenant = await Tenant.Start(o => o with { WritesPer20Seconds = 2, RequestsPer20Seconds = 3 });
        using var http = Client(tenant);
        await Create(http);
        await Create(http);

        using var third = await http.PostAsJsonAsync(Apps, Body());
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(20)), (third.StatusCode, third.Headers.RetryAfter!.Delta!.Value));
        using var read = await http.GetAsync(Apps);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        using var fourth = await http.GetAsync(Apps);
        Assert.Equal(HttpStatusCode.TooManyRequests, fourth.StatusCode);
        tenant.Clock.Advance(TimeSpan.FromSeconds(20));
        await Create(http);
    }

    [Fact]
    public async Task Its_control_moves_time_adds_faults_decides_approvals_and_shows_what_was_asked()
    {
        await using var tenant = await Tenant.Start(o => o with { Control = true, Approval = new() });
        using var http = Client(tenant);
        var app = await Create(http);

        var before = tenant.Simulator.Clock.Now;
        Assert.Equal(HttpStatusCode.NoContent, await Do(http.PostAsJsonAsync("_sim/advance", new { seconds = 3600 })));
        Assert.Equal(TimeSpan.FromHours(1), tenant.Simulator.Clock.Now - before);
        Assert.Equal(HttpStatusCode.NoContent, await Do(http.PostAsync(
            "_sim/faults", new StringContent("""{"path":"mobileApps$","effect":{"answer":{"status":503,"body":"html"}}}"""))));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Do(http.GetAsync(Apps)));
        Assert.Equal(HttpStatusCode.NoContent, await Do(http.DeleteAsync("_sim/faults")));
        Assert.Equal(HttpStatusCode.NotFound, await Do(http.PostAsync("_sim/faults", new StringContent("no json"))));
        Assert.Equal(503, (await http.GetFromJsonAsync<JsonElement>("_sim/journal"))[1].GetProperty("status").GetInt32());
        Assert.Equal(HttpStatusCode.NoContent, await Do(http.DeleteAsync("_sim/journal")));
        Assert.Equal(app, (await http.GetFromJsonAsync<JsonElement>("_sim/apps"))[0].GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.NoContent, await Do(http.PutAsJsonAsync($"_sim/apps/{app}/notes", new { notes = "edited" })));
        Assert.Equal("edited", tenant.Simulator.Tenant.Apps.Single().Text("notes"));

        using var delete = new HttpRequestMessage(HttpMethod.Delete, $"{Apps}/{app}");
        delete.Headers.Add("x-msft-approval-justification", Convert.ToBase64String("Why not"u8));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await Do(http.SendAsync(delete)));
        var filed = (await http.GetFromJsonAsync<JsonElement>("_sim/approvals"))[0].GetProperty("code").GetString();
        Assert.Equal("needsApproval", await StatusOf(http, filed!));
        Assert.Equal(HttpStatusCode.NoContent, await Do(http.PostAsync($"_sim/approvals/{filed}/reject", null)));
        Assert.Equal(HttpStatusCode.NotFound, await Do(http.PostAsync($"_sim/approvals/{filed}/approve", null)));
        Assert.Equal("rejected", await StatusOf(http, filed!));
        Assert.Equal(HttpStatusCode.NoContent, await Do(http.DeleteAsync($"_sim/apps/{app}")));
        Assert.Equal(HttpStatusCode.NotFound, await Do(http.DeleteAsync($"_sim/apps/{app}")));
        Assert.Equal(HttpStatusCode.NotFound, await Do(http.GetAsync("_sim/other")));
    }
}

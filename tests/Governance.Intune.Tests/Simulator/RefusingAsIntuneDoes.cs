using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Governance.Core.Rollout;
using Governance.Intune.Tests.Support;
using static Governance.Intune.Tests.Support.RawGraph;

namespace Governance.Intune.Tests.Simulator;

/// <summary>The simulator refuses what the real service refuses: a connector that passes here must not fail there.</summary>
public sealed class RefusingAsIntuneDoes
{
    [Theory]
    [InlineData("@odata.type", null, "@odata.type")]
    [InlineData("displayName", null, "DisplayName")]
    [InlineData("description", null, "description")]
    [InlineData("fileName", "", "fileName")]
    [InlineData("setupFilePath", null, "setupFilePath")]
    [InlineData("minimumSupportedWindowsRelease", "v10_1903", "minimumSupportedWindowsRelease")]
    [InlineData("applicableArchitectures", null, "architecture")]
    [InlineData("installExperience", null, "installExperience")]
    [InlineData("returnCodes", null, "returnCodes")]
    [InlineData("rules", null, "detection rule")]
    [InlineData("detectionRules", "x", "does not exist")]
    [InlineData("allowAvailableUninstall", "x", "does not exist")]
    public async Task A_body_that_the_real_service_refuses_is_refused(string property, string? value, string says)
    {
        await using var tenant = await Tenant.Start();
        using var http = Client(tenant);
        var body = Body();
        _ = value is null ? body.Remove(property) : body[property] = value;

        using var answer = await http.PostAsJsonAsync(Apps, body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(says, Sentence(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Empty(tenant.Simulator.Tenant.Apps);
    }

    [Theory]
    [InlineData("""[{"@odata.type":"#microsoft.graph.win32LobAppRegistryRule","ruleType":"requirement","keyPath":"x","operationType":"exists","operator":"notConfigured"}]""")]
    [InlineData("""[{"@odata.type":"#microsoft.graph.win32LobAppRegistryDetection","ruleType":"detection","keyPath":"x"}]""")]
    [InlineData("""[{"@odata.type":"#microsoft.graph.win32LobAppFileSystemRule","ruleType":"detection","path":"x","fileOrFolderName":"y","operationType":"version","operator":"notConfigured"}]""")]
    [InlineData("""[{"@odata.type":"#microsoft.graph.win32LobAppPowerShellScriptRule","ruleType":"detection","scriptContent":"!"}]""")]
    [InlineData("""[{"@odata.type":"#microsoft.graph.win32LobAppProductCodeRule","ruleType":"other","productCode":"x","productVersionOperator":"equal"}]""")]
    public async Task A_rule_that_the_real_service_refuses_is_refused(string rules)
    {
        await using var tenant = await Tenant.Start();
        using var http = Client(tenant);
        var body = Body();
        body["rules"] = JsonSerializer.Deserialize<JsonElement>(rules);

        using var answer = await http.PostAsJsonAsync(Apps, body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Before_it_is_published_an_app_takes_neither_changes_nor_assignments_nor_a_second_version()
    {
        await using var tenant = await Tenant.Start();
        using var http = Client(tenant);
        var app = $"{Apps}/{await Create(http)}";

        Assert.Contains("PublishingState is not 'Published'", await Refused(http.PatchAsJsonAsync(app, new Dictionary<string, object> { ["@odata.type"] = "#microsoft.graph.win32LobApp", ["notes"] = "x" })));
        Assert.Contains("PublishingState is not 'Published'", await Refused(http.PostAsJsonAsync($"{app}/assign", new { mobileAppAssignments = Array.Empty<object>() })));
        Assert.Contains("PublishingState is not 'Published'", await Refused(http.PostAsJsonAsync($"{app}/assignments", new { intent = "required" })));
        Assert.Contains("@odata.type", await Refused(http.PatchAsJsonAsync(app, new { committedContentVersion = "1" })));
        Assert.Contains("segment 'contentVersions'", await Refused(http.PostAsJsonAsync($"{app}/contentVersions", new { })));
        using var first = await http.PostAsJsonAsync($"{app}/microsoft.graph.win32LobApp/contentVersions", new { });
        Assert.Equal("1", (await first.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString());
        Assert.Contains("before the first content version", await Refused(http.PostAsJsonAsync($"{app}/graph.win32LobApp/contentVersions", new { })));
        Assert.Contains("AppFiles must be committed", await Refused(http.PatchAsJsonAsync(
            app, new Dictionary<string, object> { ["@odata.type"] = "#microsoft.graph.win32LobApp", ["committedContentVersion"] = "1" })));
        Assert.Contains("http verb DELETE", await Refused(http.DeleteAsync($"{app}/graph.win32LobApp/contentVersions/1")));
    }

    [Theory]
    [InlineData("$filter=nonsense")]
    [InlineData("$filter=displayName eq 'open")]
    [InlineData("$filter=(displayName eq 'a'")]
    [InlineData("$filter=fileName eq 'a'")]
    [InlineData("$select=id,committedContentVersion")]
    [InlineData("$top=0")]
    [InlineData("$top=1000")]
    public async Task Questions_that_v1_does_not_take_are_refused(string query)
    {
        await using var tenant = await Tenant.Start();
        using var http = Client(tenant);

        await Refused(http.GetAsync($"{Apps}?{query}"));
    }

    [Theory]
    [InlineData("GET", "v1.0/deviceAppManagement/mobileApps/graph.win32LobApp")]
    [InlineData("GET", "v1.0/deviceAppManagement/mobileApps/{app}/deviceStatuses")]
    [InlineData("POST", "v1.0/deviceAppManagement/mobileApps/{app}/updateRelationships")]
    [InlineData("GET", "v1.0/deviceManagement/operationApprovalRequests")]
    [InlineData("GET", "v1.0/nothing")]
    [InlineData("GET", "elsewhere")]
    [InlineData("GET", "_sim/apps")]
    [InlineData("GET", "v1.0/groups/10000000-0000-4000-8000-000000000001/owners")]
    public async Task Paths_that_are_not_there_are_400(string method, string path)
    {
        await using var tenant = await Tenant.Start();
        using var http = Client(tenant);
        using var request = new HttpRequestMessage(new(method), path.Replace("{app}", await Create(http), StringComparison.Ordinal));

        await Refused(http.SendAsync(request));
    }

    [Fact]
    public async Task Assignments_follow_Intunes_rules()
    {
        await using var tenant = await Tenant.Start();
        using var http = Client(tenant);
        var app = $"{Apps}/{Given.Of(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default)).Ids.AppId}";
        object Assignment(Guid group, string intent = "required", string type = "groupAssignmentTarget", object? settings = null) => new Dictionary<string, object?>
        {
            ["intent"] = intent,
            ["target"] = new Dictionary<string, object> { ["@odata.type"] = $"#microsoft.graph.{type}", ["groupId"] = group },
            ["settings"] = settings,
        };
        async Task<HttpStatusCode> Assign(params object[] all)
        {
            using var answer = await http.PostAsJsonAsync($"{app}/assign", new { mobileAppAssignments = all });
            return answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.InternalServerError, await Assign(Assignment(Tenant.Lab, "mandatory")));
        Assert.Equal(HttpStatusCode.BadRequest, await Assign(Assignment(Guid.NewGuid())));
        Assert.Equal(HttpStatusCode.BadRequest, await Assign(Assignment(Tenant.Lab, type: "deviceTarget")));
        Assert.Equal(HttpStatusCode.BadRequest, await Assign(Assignment(Tenant.Lab, type: "exclusionGroupAssignmentTarget", settings: new { x = 1 })));
        Assert.Equal(HttpStatusCode.BadRequest, await Assign(new { intent = "required" }));
        Assert.Equal(HttpStatusCode.NoContent, await Assign(
            Assignment(Tenant.Lab), Assignment(Tenant.Lab, "uninstall"), Assignment(Guid.Empty, "available", "allLicensedUsersAssignmentTarget")));
        Assert.Equal(["required", "available"], tenant.App(Given.Id(1)).Assignments.Select(a => a.Intent));

        using var added = await http.PostAsJsonAsync($"{app}/assignments", Assignment(Tenant.Canary));
        var id = (await added.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        using var changed = await http.PatchAsJsonAsync($"{app}/assignments/{id}", Assignment(Tenant.Canary, "uninstall"));
        Assert.Equal("uninstall", (await changed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("intent").GetString());
        using var deleted = await http.DeleteAsync($"{app}/assignments/{id}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await http.DeleteAsync($"{app}/assignments/{id}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        var actual = Assert.IsType<PlaneReading<PlaneActual>.Read>(await tenant.Plane().ReadActual(new(Given.Id(1), PlaneIds.None), default)).Value;
        Assert.Contains(new(AssignmentTarget.AllUsers, null, AssignmentIntent.Available), actual.Assignments);
    }

    [Fact]
    public async Task Relationships_are_replaced_as_a_whole_on_beta()
    {
        await using var tenant = await Tenant.Start();
        using var http = Client(tenant);
        var (a, b) = (await Create(http), await Create(http));
        async Task<HttpStatusCode> Relate(string from, params object[] relationships)
        {
            using var answer = await http.PostAsJsonAsync($"beta/deviceAppManagement/mobileApps/{from}/updateRelationships", new { relationships });
            return answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.NoContent, await Relate(a, new { targetId = b, supersedenceType = "update" }));
        Assert.Equal(HttpStatusCode.BadRequest, await Relate(b, new { targetId = a }));
        Assert.Equal(HttpStatusCode.BadRequest, await Relate(a, new { targetId = Guid.NewGuid() }));
        Assert.Equal(HttpStatusCode.BadRequest, await Relate(a, [.. Enumerable.Range(0, 10).Select(_ => (object)new { targetId = b })]));
        Assert.Single((await http.GetFromJsonAsync<JsonElement>("v1.0/deviceAppManagement/mobileAppRelationships")).GetProperty("value").EnumerateArray());
        Assert.Equal(HttpStatusCode.NoContent, await Relate(a));
        Assert.Empty((await http.GetFromJsonAsync<JsonElement>($"beta/deviceAppManagement/mobileApps/{a}/relationships")).GetProperty("value").EnumerateArray());
        Assert.Empty((await http.GetFromJsonAsync<JsonElement>("v1.0/deviceAppManagement/mobileAppCategories")).GetProperty("value").EnumerateArray());
    }

    [Fact]
    public async Task Justifications_and_expiry_of_approvals_are_checked()
    {
        await using var tenant = await Tenant.Start(o => o with { Approval = new() });
        using var http = Client(tenant);
        var app = await Create(http);
        async Task<HttpStatusCode> Delete(string? justification, string? code = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, $"{Apps}/{app}");
            request.Headers.TryAddWithoutValidation("x-msft-approval-justification", justification);
            if (code is not null)
            {
                request.Headers.TryAddWithoutValidation("x-msft-approval-code", code);
            }

            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }

        var why = Convert.ToBase64String("Why not"u8);
        Assert.Equal(HttpStatusCode.BadRequest, await Delete("not base64!"));
        Assert.Equal(HttpStatusCode.BadRequest, await Delete(Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('x', 1025)))));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await Delete(why));
        Assert.Equal(HttpStatusCode.Conflict, await Delete(why));
        Assert.Equal(HttpStatusCode.Forbidden, await Delete(why, Guid.NewGuid().ToString()));
        tenant.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await Delete(why));
        Assert.Equal(["expired", "needsApproval"], tenant.Simulator.Approvals.Requests.Select(r => r.Status));
    }

    [Fact]
    public async Task Requests_beyond_Graphs_size_are_413_and_reports_need_their_filter()
    {
        await using var tenant = await Tenant.Start();
        using var http = Client(tenant);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await Do(http.PostAsync(Apps, new ByteArrayContent(new byte[(4 << 20) + 1]))));
        Assert.Equal(HttpStatusCode.BadRequest, await Do(http.PostAsync(Apps, new StringContent("[]"))));
        Assert.Equal(HttpStatusCode.BadRequest, await Do(http.PostAsJsonAsync("v1.0/deviceManagement/reports/retrieveDeviceAppInstallationStatusReport", new { })));
        Assert.Equal(HttpStatusCode.BadRequest, await Do(http.PostAsJsonAsync("v1.0/deviceManagement/reports/exportJobs", new { reportName = "DeviceInstallStatusByApp" })));
        Assert.Equal(HttpStatusCode.NotFound, await Do(http.GetAsync("v1.0/deviceManagement/reports/exportJobs('none')")));
        Assert.Equal(HttpStatusCode.NotFound, await Do(http.GetAsync($"v1.0/groups/{Guid.Empty}")));
        Assert.Equal("LAB", (await http.GetFromJsonAsync<JsonElement>($"v1.0/groups/{Tenant.Lab}")).GetProperty("displayName").GetString());
        var page = await http.GetFromJsonAsync<JsonElement>($"v1.0/groups/{Tenant.Canary}/transitiveMembers");
        Assert.Equal(100, page.GetProperty("value").GetArrayLength());
        Assert.Equal(30, (await http.GetFromJsonAsync<JsonElement>(page.GetProperty("@odata.nextLink").GetString())).GetProperty("value").GetArrayLength());
    }
}

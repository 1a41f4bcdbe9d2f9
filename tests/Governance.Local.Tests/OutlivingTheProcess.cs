using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Governance.Core;
using Governance.Core.Rollout;
using Governance.Local.Intune;
using Governance.Local.Stack;

namespace Governance.Local.Tests;

/// <summary>A simulated tenant that is kept in a file: each life begins from the file as the life before left it, without any word of farewell.</summary>
public sealed class OutlivingTheProcess : IDisposable
{
    private const string Apps = "v1.0/deviceAppManagement/mobileApps";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("governance-tenant-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder.FullName, "tenant.jsonl");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task An_app_that_was_answered_is_there_in_the_next_life_and_a_deleted_one_is_not()
    {
        await using var first = await Start();
        var (kept, gone) = (await Create(first, "Kept"), await Create(first, "Gone"));
        using var http = new HttpClient { BaseAddress = first.Root };
        Assert.Equal(204, (int)(await http.DeleteAsync($"{Apps}/{gone}", Stop)).StatusCode);

        await using var second = await Start();

        var app = Assert.Single(second.Simulator.Tenant.Apps);
        Assert.Equal((kept, "Kept"), (app.Id, app.Text("displayName")));
        Assert.Equal(first.Simulator.Tenant.Find(kept)!.CreatedAt, app.CreatedAt);
    }

    [Fact]
    public async Task A_publish_goes_on_where_the_life_before_was_cut_after_every_single_call()
    {
        var lives = new List<IntuneSimulatorHost>();
        try
        {
            async Task<HttpClient> Next()
            {
                lives.Add(await Start());
                return new() { BaseAddress = lives[^1].Root };
            }

            var id = await Create((await Alive(Next)).Host, "Published");
            var content = RandomNumberGenerator.GetBytes(64);
            var version = (await Post(await Next(), $"{Apps}/{id}/microsoft.graph.win32LobApp/contentVersions", new { })).GetProperty("id").GetString();
            var files = $"{Apps}/{id}/microsoft.graph.win32LobApp/contentVersions/{version}/files";
            var made = await Post(await Next(), files, new { name = "a.intunewin", size = 10, sizeEncrypted = content.Length });
            var file = $"{files}/{made.GetProperty("id").GetString()}";
            var address = (await Get(await Next(), file)).GetProperty("azureStorageUri").GetString()!;
            Assert.Equal(new Uri(address).PathAndQuery, new Uri((await Get(await Next(), file)).GetProperty("azureStorageUri").GetString()!).PathAndQuery);
            var upload = new Uri(address).PathAndQuery;
            await Put(await Next(), $"{upload}&comp=block&blockid=MDAwMA%3D%3D", content);
            await Put(await Next(), $"{upload}&comp=blocklist", "<BlockList><Latest>MDAwMA==</Latest></BlockList>"u8.ToArray());

            lives.Add(await Start());
            Assert.Equal(content, Assert.Single(lives[^1].Simulator.Tenant.Blobs.Values).Content()!.Single());
        }
        finally
        {
            foreach (var life in lives)
            {
                await life.DisposeAsync();
            }
        }

        async Task<(HttpClient Http, IntuneSimulatorHost Host)> Alive(Func<Task<HttpClient>> next) => (await next(), lives[^1]);
    }

    [Fact]
    public async Task Assignments_are_kept_and_ids_of_two_lives_never_meet()
    {
        await using var first = await Start();
        var id = await Create(first, "One");
        var app = first.Simulator.Tenant.Find(id)!;
        (app.EverPublished, app.PublishedAt) = (true, first.Simulator.Clock.Now);
        using var http = new HttpClient { BaseAddress = first.Root };
        var assigned = await http.PostAsJsonAsync(
            $"{Apps}/{id}/assign",
            new Dictionary<string, object>
            {
                ["mobileAppAssignments"] = new[] { new Dictionary<string, object> { ["intent"] = "required", ["target"] = new Dictionary<string, object> { ["@odata.type"] = "#microsoft.graph.groupAssignmentTarget", ["groupId"] = LocalStack.GroupOf(Ring.Lab) } } },
            },
            Stop);
        Assert.Equal(204, (int)assigned.StatusCode);

        await using var second = await Start();
        var other = await Create(second, "Two");

        Assert.Equal(app.Assignments, second.Simulator.Tenant.Find(id)!.Assignments);
        Assert.NotEqual(id, other);
        Assert.Equal(2, second.Simulator.Tenant.Apps.Count);
        Assert.Equal(
            first.Simulator.Tenant.Groups[LocalStack.GroupOf(Ring.Lab)].Devices, second.Simulator.Tenant.Groups[LocalStack.GroupOf(Ring.Lab)].Devices);
    }

    [Fact]
    public async Task A_last_line_that_was_cut_off_was_never_answered()
    {
        await using (var first = await Start())
        {
            await Create(first, "Whole");
        }

        await System.IO.File.AppendAllTextAsync(File, """{"app":{"id":"cut""", Stop);

        await using var second = await Start();
        Assert.Equal("Whole", Assert.Single(second.Simulator.Tenant.Apps).Text("displayName"));
    }

    [Fact]
    public async Task A_file_of_something_else_is_left_alone()
    {
        await System.IO.File.WriteAllTextAsync(File, "Dear diary,\nnothing.\n", Stop);

        var refused = await Assert.ThrowsAsync<InvalidDataException>(Start);

        Assert.Contains(File, refused.Message, StringComparison.Ordinal);
        Assert.StartsWith("Dear diary", await System.IO.File.ReadAllTextAsync(File, Stop), StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_names_the_file() =>
        Assert.Equal(new TenantOptions(7, 3) { State = "t.jsonl" }, TenantOptions.Parse(["--port", "7", "--state", "t.jsonl", "--devices", "3"]));

    private static async Task<string> Create(IntuneSimulatorHost host, string name)
    {
        using var http = new HttpClient { BaseAddress = host.Root };
        return (await Post(http, Apps, JsonDocument.Parse($$"""
            {
              "@odata.type": "#microsoft.graph.win32LobApp", "displayName": "{{name}}", "description": "d", "publisher": "p", "fileName": "a.intunewin", "setupFilePath": "a.cmd",
              "installCommandLine": "a", "uninstallCommandLine": "a", "applicableArchitectures": "x64", "minimumSupportedWindowsRelease": "2H20",
              "installExperience": { "runAsAccount": "system", "deviceRestartBehavior": "suppress" },
              "rules": [{ "@odata.type": "#microsoft.graph.win32LobAppFileSystemRule", "ruleType": "detection", "path": "C:\\a", "fileOrFolderName": "a.exe", "check32BitOn64System": false, "operationType": "exists", "operator": "notConfigured", "comparisonValue": null }],
              "returnCodes": [{ "returnCode": 0, "type": "success" }], "notes": "n"
            }
            """).RootElement)).GetProperty("id").GetString()!;
    }

    private static async Task<JsonElement> Post<T>(HttpClient http, string path, T body)
    {
        using var answer = await http.PostAsJsonAsync(path, body, Stop);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private static Task<JsonElement> Get(HttpClient http, string path) => http.GetFromJsonAsync<JsonElement>(path, Stop);

    private static async Task Put(HttpClient http, string path, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(body) };
        using var answer = await http.SendAsync(request, Stop);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    private Task<IntuneSimulatorHost> Start() => IntuneSimulatorHost.Start(new TenantOptions(0, 12).Tenant, TimeProvider.System, state: File);
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Governance.Intune.Tests.Support;

/// <summary>Plain HTTP against the simulated tenant, for what the SDK would never send.</summary>
internal static class RawGraph
{
    public const string Apps = "v1.0/deviceAppManagement/mobileApps";

    public static HttpClient Client(Tenant tenant) => new() { BaseAddress = new(tenant.GraphAddress, "/") };

    public static Dictionary<string, object> Body() => JsonSerializer.Deserialize<Dictionary<string, object>>("""
        { "@odata.type": "#microsoft.graph.win32LobApp", "displayName": "A", "description": "D", "publisher": "P", "fileName": "a.intunewin",
          "setupFilePath": "a.msi", "installCommandLine": "i", "uninstallCommandLine": "u", "applicableArchitectures": "x64",
          "minimumSupportedWindowsRelease": "Windows10_21H2", "installExperience": { "runAsAccount": "system", "deviceRestartBehavior": "suppress" },
          "returnCodes": [ { "returnCode": 0, "type": "success" } ],
          "rules": [ { "@odata.type": "#microsoft.graph.win32LobAppProductCodeRule", "ruleType": "detection", "productCode": "{x}", "productVersionOperator": "notConfigured" } ] }
        """)!;

    public static async Task<string> Create(HttpClient http)
    {
        using var answer = await http.PostAsJsonAsync(Apps, Body());
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    /// <summary>A file that waits for its content: where it is, and where its content goes.</summary>
    public static async Task<(string File, string Address)> Address(HttpClient http)
    {
        var versions = $"{Apps}/{await Create(http)}/graph.win32LobApp/contentVersions";
        using var version = await http.PostAsJsonAsync(versions, new { });
        using var file = await http.PostAsJsonAsync($"{versions}/1/files", new { name = "f", size = 10, sizeEncrypted = 64 });
        var made = await file.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("azureStorageUriRequestPending", made.GetProperty("uploadState").GetString());
        Assert.Equal(JsonValueKind.Null, made.GetProperty("azureStorageUri").ValueKind);
        var path = $"{versions}/1/files/{made.GetProperty("id").GetString()}";
        return (path, (await http.GetFromJsonAsync<JsonElement>(path)).GetProperty("azureStorageUri").GetString()!);
    }

    public static async Task<string> Refused(Task<HttpResponseMessage> sent)
    {
        using var answer = await sent;
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        return Sentence(await answer.Content.ReadAsStringAsync());
    }

    public static async Task<HttpStatusCode> Do(Task<HttpResponseMessage> sent)
    {
        using var answer = await sent;
        return answer.StatusCode;
    }

    public static async Task<string> StatusOf(HttpClient http, string code) =>
        (await http.GetFromJsonAsync<JsonElement>($"beta/deviceManagement/operationApprovalRequests?$filter=requestId eq '{code}'"))
        .GetProperty("value")[0].GetProperty("status").GetString()!;

    public static string Sentence(string error) => JsonDocument.Parse(error).RootElement.GetProperty("error").GetProperty("message").GetString()!;
}

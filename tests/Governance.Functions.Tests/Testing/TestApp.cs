using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Governance.Core;
using Governance.Functions.Health;
using Governance.Functions.Hosting;
using Governance.Functions.OpenApi;
using Governance.Functions.Operations;
using Governance.Functions.SignIn;
using Governance.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Governance.Functions.Tests.Testing;

/// <summary>The host of the functions on a free port of this machine, with development sign-in, a clock that stands still and a log that is kept; of the app's own functions it has those that need no storage.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    public static readonly PersonId Alice = new(new Guid("a11ce000-0000-4000-8000-000000000001"));

    private readonly WebApplication _app;

    private TestApp(WebApplication app, FakeClock clock, KeptLog log)
    {
        (_app, Clock, Log) = (app, clock, log);
        Client = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = GovernanceApp.AddressOf(app), Timeout = TimeSpan.FromSeconds(30) };
    }

    public HttpClient Client { get; }

    public FakeClock Clock { get; }

    public KeptLog Log { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<TestApp> Start(IEnumerable<Function> functions, Action<WebApplicationBuilder>? customise = null, params (string Name, string Value)[] settings)
    {
        var (clock, log) = (new FakeClock(), new KeptLog());
        var app = Build(functions, clock, log, customise, settings);
        await app.StartAsync();
        return new TestApp(app, clock, log);
    }

    public static WebApplication Build(
        IEnumerable<Function> functions, FakeClock clock, KeptLog log, Action<WebApplicationBuilder>? customise = null, params (string Name, string Value)[] settings) =>
        GovernanceApp.Build(["--environment", "Development", "--SignIn:Mode", "Development", "--Http:Port", "0"], builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
            builder.Services.AddSingleton<TimeProvider>(clock);
            builder.Services.AddSingleton(new FunctionCatalog([.. HealthFunctions.All, .. DescriptionFunctions.All, .. OperationFunctions.All, .. functions]));
            builder.Logging.ClearProviders().AddProvider(log);
            customise?.Invoke(builder);
        });

    public string Token(Roles roles, CallerKind kind = CallerKind.User) => Services.GetRequiredService<DevelopmentTokens>().Issue(Alice, kind, roles).Token;

    public HttpRequestMessage Request(HttpMethod method, string path, Roles? roles = Roles.Any, string? body = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (roles is { } some)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token(some));
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        return request;
    }

    public Task<HttpResponseMessage> Get(string path, Roles? roles = Roles.Any) => Client.SendAsync(Request(HttpMethod.Get, path, roles));

    public Task<HttpResponseMessage> Post(string path, string body, Roles? roles = Roles.Any) => Client.SendAsync(Request(HttpMethod.Post, path, roles, body));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>What an answer says.</summary>
internal static class Answers
{
    public static async Task<JsonElement> Json(this HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync()).RootElement;

    /// <summary>Checks that an answer is problem details in full and gives its code and errors.</summary>
    public static async Task<(string Code, string[] Fields)> Problem(this HttpResponseMessage answer, int status)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Json();
        Assert.Equal("about:blank", problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        Assert.Equal(answer.Headers.GetValues("X-Correlation-Id").Single(), problem.GetProperty("correlation_id").GetString());
        string[] fields = problem.TryGetProperty("errors", out var errors) ? [.. errors.EnumerateArray().Select(error => error.GetProperty("field").GetString()!)] : [];
        return (problem.GetProperty("code").GetString()!, fields);
    }
}

using System.Net;
using Governance.Functions.Health;
using Governance.Functions.Hosting;
using Governance.Functions.OpenApi;
using Governance.Functions.Operations;
using Governance.Functions.SignIn;
using Governance.Functions.Tests.Testing;
using Governance.Testing;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Functions.Tests.Hosting;

/// <summary>Every route of the app with every role, generated from the catalog. The app has no storage here: who is let in meets a fault or a refusal of the route itself, which is another test's matter.</summary>
public sealed class AuthorisationMatrix : IAsyncLifetime
{
    private static readonly string[] Open =
    [
        "HealthLive", "HealthReady", "DescribeApi", "IssueDevelopmentToken", "ShowDevelopmentSignIn", "SignInForDevelopment", "BeginSignIn", "CompleteSignIn", "ReviewStyle",
    ];

    private static readonly IReadOnlyCollection<string> InEveryTestApp =
        [.. HealthFunctions.All.Concat(DescriptionFunctions.All).Concat(OperationFunctions.All).Select(function => function.Name)];

    private readonly string _keyFile = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.pem");
    private TestApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await TestApp.Start(
        FunctionCatalog.Declared.Where(function => function.Trigger is HttpTrigger && !InEveryTestApp.Contains(function.Name)), null, ("SignIn:KeyFile", _keyFile));

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        File.Delete(_keyFile);
    }

    private IEnumerable<(string Name, HttpTrigger Trigger)> Routes => ((FunctionCatalog)_app.Services.GetService(typeof(FunctionCatalog))!).On<HttpTrigger>();

    private IEnumerable<(string Name, HttpTrigger Trigger)> Api => Routes.Where(route => route.Trigger.Access.Kind == AccessKind.SignedIn);

    private IEnumerable<(string Name, HttpTrigger Trigger)> Pages => Routes.Where(route => route.Trigger.Access.Kind == AccessKind.Page);

    [Fact]
    public void Nothing_is_open_but_health_the_description_sign_in_and_callbacks_of_Teams()
    {
        Assert.Equal(Open.Order(), Routes.Where(route => route.Trigger.Access.Kind is AccessKind.Anonymous or AccessKind.LocalMachine).Select(route => route.Name).Order());
        Assert.All(Api.Concat(Pages), route => Assert.NotEqual(Roles.None, route.Trigger.Access.Roles));
        Assert.NotEmpty(Api);
        Assert.NotEmpty(Pages);
    }

    [Fact]
    public async Task Each_signed_in_route_refuses_a_call_without_a_token()
    {
        foreach (var (name, trigger) in Api)
        {
            using var answer = await _app.Client.SendAsync(_app.Request(new HttpMethod(trigger.Method), PathOf(trigger), roles: null));
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, name);
            Assert.Equal("SIGN_IN_REQUIRED", (await answer.Problem(401)).Code);
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        }
    }

    [Fact]
    public async Task Each_signed_in_route_refuses_a_token_that_is_over_of_another_tenant_for_another_audience_or_a_cookie()
    {
        var settings = _app.Services.GetRequiredService<SignInSettings>();
        using var late = Issuer(settings, new FakeClock(_app.Clock.GetUtcNow() - DevelopmentTokens.Lifetime - TimeSpan.FromMinutes(5)));
        using var elsewhere = Issuer(settings with { TenantId = new("99999999-9999-4999-8999-999999999999") }, _app.Clock);
        using var foreign = Issuer(settings with { ClientId = new("99999999-9999-4999-8999-999999999998") }, _app.Clock);
        using var forger = Issuer(settings with { KeyFile = null }, _app.Clock);
        foreach (var (name, trigger) in Api)
        {
            foreach (var token in new[] { late, elsewhere, foreign, forger }.Select(issuer => issuer.Issue(TestApp.Alice, CallerKind.User, Roles.Any).Token))
            {
                var request = _app.Request(new HttpMethod(trigger.Method), PathOf(trigger), roles: null);
                request.Headers.Authorization = new("Bearer", token);
                using var answer = await _app.Client.SendAsync(request);
                Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{name}: {answer.StatusCode}");
                Assert.Equal("TOKEN_REFUSED", (await answer.Problem(401)).Code);
            }

            using var withCookie = await Send(trigger, _app.Cookie(Roles.Any));
            Assert.True(withCookie.StatusCode == HttpStatusCode.Unauthorized, name);
        }
    }

    [Fact]
    public async Task Each_signed_in_route_lets_its_roles_in_and_no_others()
    {
        foreach (var (name, trigger) in Api)
        {
            foreach (var role in RoleNames.Single.Append(Roles.None))
            {
                using var answer = await _app.Client.SendAsync(_app.Request(new HttpMethod(trigger.Method), PathOf(trigger), role));
                var admitted = answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden);
                Assert.True(admitted == ((trigger.Access.Roles & role) != Roles.None), $"{name} with {role}: {answer.StatusCode}");
                if (!admitted)
                {
                    Assert.Equal("ROLE_MISSING", (await answer.Problem(403)).Code);
                }
            }
        }
    }

    [Fact]
    public async Task A_role_that_only_people_have_lets_no_application_in()
    {
        foreach (var (name, trigger) in Api.Where(route => (route.Trigger.Access.Roles & ~Roles.PeopleOnly) == Roles.None))
        {
            var request = _app.Request(new HttpMethod(trigger.Method), PathOf(trigger), roles: null);
            request.Headers.Authorization = new("Bearer", _app.Token(Roles.Any, CallerKind.App));
            using var answer = await _app.Client.SendAsync(request);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, name);
        }
    }

    [Fact]
    public async Task Each_page_lets_its_roles_in_and_tells_the_others_so_in_a_page()
    {
        foreach (var (name, trigger) in Pages)
        {
            foreach (var role in RoleNames.Single.Append(Roles.None))
            {
                using var answer = await Send(trigger, _app.Cookie(role));
                var admitted = answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.SeeOther);
                Assert.True(admitted == ((trigger.Access.Roles & role) != Roles.None), $"{name} with {role}: {answer.StatusCode}");
                Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
            }
        }
    }

    [Fact]
    public async Task Each_page_refuses_whoever_is_not_signed_in_there_whatever_else_they_bring()
    {
        string?[] cookies =
        [
            null,
            _app.Cookie(Roles.Any, lifetime: TimeSpan.FromMinutes(-1)),
            _app.Cookie(Roles.Any, keys: new EphemeralDataProtectionProvider()),
            "governance=forged",
        ];
        foreach (var (name, trigger) in Pages)
        {
            foreach (var cookie in cookies)
            {
                foreach (var bearer in new[] { false, true })
                {
                    using var answer = await Send(trigger, cookie, bearer);
                    Assert.True(answer.StatusCode == (trigger.Method == "GET" ? HttpStatusCode.SeeOther : HttpStatusCode.Unauthorized), $"{name}: {answer.StatusCode}");
                }
            }

            using var elsewhere = await Send(trigger, _app.Cookie(Roles.Any, tenant: new("99999999-9999-4999-8999-999999999999")));
            Assert.True(elsewhere.StatusCode == HttpStatusCode.Unauthorized, name);
        }
    }

    [Fact]
    public async Task Each_form_is_refused_without_the_anti_forgery_token_of_the_person_who_is_signed_in()
    {
        foreach (var (name, trigger) in Pages.Where(route => route.Trigger.Method == "POST"))
        {
            var request = new HttpRequestMessage(HttpMethod.Post, PathOf(trigger)) { Content = new FormUrlEncodedContent([KeyValuePair.Create("comments", "Yes.")]) };
            request.Headers.Add("Cookie", _app.Cookie(Roles.Any));
            using var answer = await _app.Client.SendAsync(request);
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{name}: {answer.StatusCode}");
            Assert.Contains("FORM_REFUSED", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private static DevelopmentTokens Issuer(SignInSettings settings, FakeClock clock) => new(settings, clock);

    private async Task<HttpResponseMessage> Send(HttpTrigger trigger, string? cookie, bool bearer = false)
    {
        using var plain = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = _app.Client.BaseAddress };
        var request = _app.Request(new HttpMethod(trigger.Method), PathOf(trigger), bearer ? Roles.Any : null);
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        return await plain.SendAsync(request);
    }

    private static string PathOf(HttpTrigger trigger) => "/" + trigger.FullRoute.Replace("{id}", "5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11", StringComparison.Ordinal).Replace("{plane}", "INTUNE", StringComparison.Ordinal);
}

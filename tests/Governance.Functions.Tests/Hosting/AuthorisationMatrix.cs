using System.Net;
using Governance.Functions.Health;
using Governance.Functions.Hosting;
using Governance.Functions.OpenApi;
using Governance.Functions.Operations;
using Governance.Functions.SignIn;
using Governance.Functions.Tests.Testing;

namespace Governance.Functions.Tests.Hosting;

/// <summary>Every route of the app with every role, generated from the catalog. The app has no storage here: who is let in meets a fault or a refusal of the route itself, which is another test's matter.</summary>
public sealed class AuthorisationMatrix : IAsyncLifetime
{
    private static readonly string[] Open = ["HealthLive", "HealthReady", "DescribeApi", "IssueDevelopmentToken"];

    private static readonly IReadOnlyCollection<string> InEveryTestApp =
        [.. HealthFunctions.All.Concat(DescriptionFunctions.All).Concat(OperationFunctions.All).Select(function => function.Name)];

    private TestApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await TestApp.Start(FunctionCatalog.Declared.Where(function =>
        function.Trigger is HttpTrigger && !InEveryTestApp.Contains(function.Name)));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IEnumerable<(string Name, HttpTrigger Trigger)> Routes => ((FunctionCatalog)_app.Services.GetService(typeof(FunctionCatalog))!).On<HttpTrigger>();

    [Fact]
    public void Nothing_is_open_but_health_the_description_and_callbacks_of_Teams()
    {
        Assert.Equal(Open.Order(), Routes.Where(route => route.Trigger.Access.Kind is AccessKind.Anonymous or AccessKind.LocalMachine).Select(route => route.Name).Order());
        Assert.All(Routes.Where(route => route.Trigger.Access.Kind == AccessKind.SignedIn), route => Assert.NotEqual(Roles.None, route.Trigger.Access.Roles));
    }

    [Fact]
    public async Task Each_signed_in_route_refuses_a_call_without_a_token()
    {
        foreach (var (name, trigger) in Routes.Where(route => route.Trigger.Access.Kind == AccessKind.SignedIn))
        {
            using var answer = await _app.Client.SendAsync(_app.Request(new HttpMethod(trigger.Method), PathOf(trigger), roles: null));
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, name);
            Assert.Equal("SIGN_IN_REQUIRED", (await answer.Problem(401)).Code);
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        }
    }

    [Fact]
    public async Task Each_signed_in_route_lets_its_roles_in_and_no_others()
    {
        foreach (var (name, trigger) in Routes.Where(route => route.Trigger.Access.Kind == AccessKind.SignedIn))
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
        foreach (var (name, trigger) in Routes.Where(route => route.Trigger.Access is { Kind: AccessKind.SignedIn, Roles: var roles } && (roles & ~Roles.PeopleOnly) == Roles.None))
        {
            var request = _app.Request(new HttpMethod(trigger.Method), PathOf(trigger), roles: null);
            request.Headers.Authorization = new("Bearer", _app.Token(Roles.Any, CallerKind.App));
            using var answer = await _app.Client.SendAsync(request);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, name);
        }
    }

    private static string PathOf(HttpTrigger trigger) => "/" + trigger.FullRoute.Replace("{id}", "5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11", StringComparison.Ordinal).Replace("{plane}", "INTUNE", StringComparison.Ordinal);
}

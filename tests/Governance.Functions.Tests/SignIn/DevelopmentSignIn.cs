using System.Collections.Immutable;
using System.Globalization;
using Governance.Core;
using Governance.Functions.SignIn;
using Governance.Functions.Tests.Testing;
using Governance.Testing;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Governance.Functions.Tests.SignIn;

public sealed class DevelopmentSignIn : IDisposable
{
    private const string Wish = """{"object_id": "33333333-3333-4333-8333-333333333333", "kind": "user", "roles": ["Auditor"]}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("governance-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_token_of_the_app_signs_in_whom_it_is_for_until_it_ends()
    {
        await using var app = await TestApp.Start(Samples.All);
        using var issued = await app.Post("/development/tokens", Wish, roles: null);
        var token = await issued.Json();
        Assert.Equal("2026-03-04T00:00:00Z", token.GetProperty("expires_at").GetString());
        Assert.Equal("user:33333333-3333-4333-8333-333333333333", await WhoAmI(app, token.GetProperty("access_token").GetString()!));

        app.Clock.Advance(DevelopmentTokens.Lifetime + TimeSpan.FromMinutes(2));
        Assert.Equal("401", await WhoAmI(app, token.GetProperty("access_token").GetString()!));
    }

    [Fact]
    public async Task A_wish_that_names_no_one_or_an_unknown_role_is_refused()
    {
        await using var app = await TestApp.Start([]);
        using var answer = await app.Post("/development/tokens", """{"kind": "robot", "roles": ["King", "Auditor"]}""", roles: null);
        Assert.Equal(["roles", "object_id", "kind"], (await answer.Problem(400)).Fields);
    }

    [Fact]
    public async Task A_name_that_is_not_this_machines_gets_no_token()
    {
        await using var app = await TestApp.Start([]);
        var request = app.Request(HttpMethod.Post, "/development/tokens", roles: null, Wish);
        request.Headers.Host = "rebound.example:7071";
        using var answer = await app.Client.SendAsync(request);
        Assert.Equal("LOCAL_ONLY", (await answer.Problem(403)).Code);
    }

    [Fact]
    public async Task A_key_in_memory_ends_with_the_app_and_one_in_a_file_does_not()
    {
        var file = Path.Combine(_folder, "state", "sign-in.pem");
        string token;
        await using (var app = await TestApp.Start(Samples.All, null, ("SignIn:KeyFile", file)))
        {
            token = app.Token(Roles.Auditor);
        }

        await using var again = await TestApp.Start(Samples.All, null, ("SignIn:KeyFile", file));
        await using var other = await TestApp.Start(Samples.All);
        Assert.Equal($"user:{TestApp.Alice}", await WhoAmI(again, token));
        Assert.Equal("401", await WhoAmI(other, token));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public void An_application_gets_a_token_without_a_scope()
    {
        var settings = new SignInSettings(
            SignInMode.Development, SignInSettings.DevelopmentTenant, SignInSettings.DevelopmentClient, new Uri("https://localhost"), "cab.access", false,
            ImmutableDictionary<PersonId, ImmutableArray<PersonId>>.Empty, TimeSpan.FromHours(1), new(null, null), null);
        using var tokens = new DevelopmentTokens(settings, new FakeClock());
        var token = new JsonWebToken(tokens.Issue(TestApp.Alice, CallerKind.App, Roles.Publisher).Token);
        Assert.Equal("app", token.GetClaim("idtyp").Value);
        Assert.DoesNotContain(token.Claims, claim => claim.Type == "scp");
    }

    private static async Task<string> WhoAmI(TestApp app, string token)
    {
        var request = app.Request(HttpMethod.Get, "/api/v1/samples/latest", roles: null);
        request.Headers.Authorization = new("Bearer", token);
        using var answer = await app.Client.SendAsync(request);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
    }
}

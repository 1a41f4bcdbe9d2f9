using System.Security.Cryptography;
using Governance.Functions.SignIn;
using Governance.Functions.Tests.Testing;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Governance.Functions.Tests.SignIn;

public sealed class SigningInWithEntra : IAsyncLifetime
{
    private const string Tenant = "11111111-1111-4111-8111-111111111111";
    private const string Client = "22222222-2222-4222-8222-222222222222";
    private const string V2 = $"https://login.microsoftonline.com/{Tenant}/v2.0";
    private const string V1 = $"https://sts.windows.net/{Tenant}/";

    private readonly RSA _rsa = RSA.Create(2048);
    private TestApp _app = null!;

    private RsaSecurityKey Key => new(_rsa) { KeyId = "current" };

    public async ValueTask InitializeAsync() => _app = await TestApp.Start(
        Samples.All,
        builder => builder.Services.PostConfigure<JwtBearerOptions>(BearerSignIn.Scheme, options =>
        {
            var metadata = new OpenIdConnectConfiguration { Issuer = V2 };
            metadata.SigningKeys.Add(Key);
            options.ConfigurationManager = new StaticConfigurationManager<OpenIdConnectConfiguration>(metadata);
        }),
        ("SignIn:Mode", "Entra"), ("SignIn:TenantId", Tenant), ("SignIn:ClientId", Client));

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
    }

    [Theory]
    [InlineData(V2, Client)]
    [InlineData(V1, $"api://{Client}")]
    public async Task A_token_of_the_tenant_for_this_API_is_taken_in_both_versions(string issuer, string audience) =>
        Assert.Equal(200, await Status(Token(issuer, audience)));

    [Theory]
    [InlineData("https://login.microsoftonline.com/99999999-9999-4999-8999-999999999999/v2.0", Client, Tenant)]
    [InlineData("https://login.microsoftonline.com/99999999-9999-4999-8999-999999999999/v2.0", Client, "99999999-9999-4999-8999-999999999999")]
    [InlineData(V2, Client, "99999999-9999-4999-8999-999999999999")]
    [InlineData(V2, "00000003-0000-0000-c000-000000000000", Tenant)]
    [InlineData("https://governance.localhost/development", Client, Tenant)]
    [InlineData("dotnet-user-jwts", Client, Tenant)]
    public async Task A_token_of_another_tenant_issuer_or_audience_is_refused(string issuer, string audience, string tenant) =>
        Assert.Equal(401, await Status(Token(issuer, audience, tenant)));

    [Theory]
    [InlineData(-180, -3600, 401)]
    [InlineData(-60, -3600, 200)]
    [InlineData(3600, 300, 401)]
    public async Task A_token_counts_in_its_time_with_two_minutes_of_grace(int expires, int notBefore, int status) =>
        Assert.Equal(status, await Status(Token(expires: expires, notBefore: notBefore)));

    [Fact]
    public async Task A_token_with_no_end_is_refused()
    {
        var token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = V2,
            Audience = Client,
            Claims = Claims(Tenant),
            SigningCredentials = new(Key, SecurityAlgorithms.RsaSha256),
        });
        Assert.Equal(401, await Status(token));
    }

    [Fact]
    public async Task A_token_signed_by_anything_but_the_tenants_key_is_refused()
    {
        using var other = RSA.Create(2048);
        Assert.Equal(401, await Status(Token(credentials: new(new RsaSecurityKey(other) { KeyId = "current" }, SecurityAlgorithms.RsaSha256))));
        Assert.Equal(401, await Status(Token(credentials: new(Key, SecurityAlgorithms.RsaSha512))));

        // The public key used as a shared secret: the algorithm is the server's choice, not the token's.
        var secret = new SymmetricSecurityKey(_rsa.ExportSubjectPublicKeyInfo()) { KeyId = "current" };
        Assert.Equal(401, await Status(Token(credentials: new(secret, SecurityAlgorithms.HmacSha256))));
    }

    [Fact]
    public async Task A_token_with_no_signature_is_refused()
    {
        var unsigned = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = V2,
            Audience = Client,
            Claims = Claims(Tenant),
            Expires = DateTime.UtcNow.AddHours(1),
        });
        Assert.Equal(401, await Status(unsigned));
        Assert.Equal(401, await Status(Token()[..^20]));
        Assert.Equal(401, await Status("a.b.c"));
    }

    [Fact]
    public async Task A_refused_token_is_told_apart_from_none_without_its_reason()
    {
        var request = _app.Request(HttpMethod.Get, "/api/v1/samples/latest", roles: null);
        request.Headers.Authorization = new("Bearer", Token(expires: -3600));
        using var answer = await _app.Client.SendAsync(request);
        Assert.Equal("TOKEN_REFUSED", (await answer.Problem(401)).Code);
        Assert.DoesNotContain("IDX", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_tenants_keys_cannot_be_had_a_caller_is_asked_to_come_again()
    {
        await using var alone = await TestApp.Start(
            Samples.All, null, ("SignIn:Mode", "Entra"), ("SignIn:TenantId", Tenant), ("SignIn:ClientId", Client), ("SignIn:Authority", "https://127.0.0.1:1/"));
        var request = alone.Request(HttpMethod.Get, "/api/v1/samples/latest", roles: null);
        request.Headers.Authorization = new("Bearer", Token());
        using var answer = await alone.Client.SendAsync(request);
        Assert.Equal("UNAVAILABLE", (await answer.Problem(503)).Code);
    }

    [Fact]
    public async Task A_route_of_Teams_leaves_its_token_alone()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/samples/bytes") { Content = new ByteArrayContent([1]) };
        request.Headers.Authorization = new("Bearer", "a.b.c");
        using var answer = await _app.Client.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode);
        Assert.DoesNotContain(_app.Log.Lines, line => line.Text.Contains("IDX", StringComparison.Ordinal));
    }

    [Fact]
    public async Task There_are_no_development_tokens()
    {
        using var answer = await _app.Post("/development/tokens", """{"object_id": "33333333-3333-4333-8333-333333333333"}""", roles: null);
        await answer.Problem(404);
        Assert.Null(_app.Services.GetService<DevelopmentTokens>());
    }

    private static Dictionary<string, object> Claims(string tenant) => new()
    {
        ["oid"] = "33333333-3333-4333-8333-333333333333",
        ["tid"] = tenant,
        ["scp"] = "cab.access",
        ["roles"] = new[] { "Auditor" },
    };

    // Entra's clock is the real one: the library that checks these tokens takes no other.
    private string Token(string issuer = V2, string audience = Client, string tenant = Tenant, int expires = 3600, int notBefore = -60, SigningCredentials? credentials = null) =>
        new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            NotBefore = DateTime.UtcNow.AddSeconds(Math.Min(notBefore, expires - 1)),
            Expires = DateTime.UtcNow.AddSeconds(expires),
            Claims = Claims(tenant),
            SigningCredentials = credentials ?? new(Key, SecurityAlgorithms.RsaSha256),
        });

    private async Task<int> Status(string token)
    {
        var request = _app.Request(HttpMethod.Get, "/api/v1/samples/latest", roles: null);
        request.Headers.Authorization = new("Bearer", token);
        using var answer = await _app.Client.SendAsync(request);
        return (int)answer.StatusCode;
    }
}

using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Governance.Functions.Hosting;
using Governance.Functions.Pages;
using Governance.Functions.Review;
using Governance.Functions.SignIn;
using Governance.Functions.Tests.Testing;
using Governance.Testing.Web;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Governance.Functions.Tests.SignIn;

/// <summary>The code flow against a tenant that is played here, with its own key and token endpoint.</summary>
public sealed class SigningInInBrowsers : IAsyncLifetime
{
    private const string Tenant = "11111111-1111-4111-8111-111111111111";
    private const string Client = "22222222-2222-4222-8222-222222222222";
    private const string Person = "33333333-3333-4333-8333-333333333333";
    private const string Issuer = $"https://login.microsoftonline.com/{Tenant}/v2.0";
    private const string Authorize = $"https://login.microsoftonline.com/{Tenant}/oauth2/v2.0/authorize";
    private const string Token = $"https://login.microsoftonline.com/{Tenant}/oauth2/v2.0/token";

    private static readonly Function FormPage = Function.Page("ShowForm", "/form", Access.Page(Roles.Any), Show, "A form.");

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly Tokens _endpoint = new();
    private TestApp _app = null!;
    private PageBrowser _browser = null!;

    private RsaSecurityKey Key => new(_rsa) { KeyId = "current" };

    public async ValueTask InitializeAsync()
    {
        _app = await TestApp.Start(
            [.. ReviewFunctions.All, FormPage],
            builder =>
            {
                builder.Services.AddSingleton(new EntraBackchannel(_endpoint));
                builder.Services.PostConfigure<JwtBearerOptions>(BearerSignIn.Scheme, options =>
                {
                    var metadata = new OpenIdConnectConfiguration { Issuer = Issuer, AuthorizationEndpoint = Authorize, TokenEndpoint = Token };
                    metadata.SigningKeys.Add(Key);
                    options.ConfigurationManager = new StaticConfigurationManager<OpenIdConnectConfiguration>(metadata);
                });
            },
            ("SignIn:Mode", "Entra"), ("SignIn:TenantId", Tenant), ("SignIn:ClientId", Client), ("SignIn:Pages:ClientSecret", "of-the-test"), ("Http:PublicAddress", "https://governance.example"));
        _browser = new(_app.Client.BaseAddress!);
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _app.DisposeAsync();
        _rsa.Dispose();
        _endpoint.Dispose();
    }

    [Fact]
    public async Task A_person_is_sent_to_the_tenant_and_comes_back_signed_in_to_where_they_wanted()
    {
        var asked = await _browser.Get("/review/5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11");
        Assert.Equal(303, asked.Status);
        var begun = await _browser.Get(asked.Location!);
        var query = QueryHelpers.ParseQuery(new Uri(begun.Location!).Query);
        Assert.StartsWith(Authorize + "?", begun.Location, StringComparison.Ordinal);
        Assert.Equal(("code", "query", "S256"), (query["response_type"].ToString(), query["response_mode"].ToString(), query["code_challenge_method"].ToString()));
        Assert.Equal("https://governance.example/review/signed-in", query["redirect_uri"]);

        _endpoint.IdToken = IdToken(query["nonce"]!);
        var back = await _browser.Get($"/review/signed-in?code=the-code&state={Uri.EscapeDataString(query["state"]!)}");

        Assert.Equal((303, "/review/5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11"), (back.Status, back.Location));
        Assert.Equal(Token, _endpoint.Address);
        Assert.Equal(("authorization_code", "the-code", "of-the-test", "https://governance.example/review/signed-in"), (_endpoint.Sent("grant_type"), _endpoint.Sent("code"), _endpoint.Sent("client_secret"), _endpoint.Sent("redirect_uri")));
        Assert.Equal(query["code_challenge"], WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(_endpoint.Sent("code_verifier")))));
        Assert.True(await SignedIn());
    }

    [Fact]
    public async Task The_session_cookie_is_for_this_host_alone_and_out_of_reach_of_scripts()
    {
        await Complete();

        var session = Assert.Single(_browser.SetCookies, cookie => cookie.StartsWith("__Host-governance=", StringComparison.Ordinal));
        Assert.Contains("secure", session, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("httponly", session, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", session, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/", session, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain", session, StringComparison.OrdinalIgnoreCase);
        Assert.All(_browser.SetCookies, cookie => Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(Person, session, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_ends_after_its_hour_whatever_is_done_in_it()
    {
        await Complete();
        _app.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.True(await SignedIn());
        _app.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.False(await SignedIn());
    }

    [Fact]
    public async Task A_redirect_that_this_browser_did_not_ask_for_signs_nobody_in()
    {
        var (state, nonce) = await Begin();
        _endpoint.IdToken = IdToken(nonce);
        using var victim = new PageBrowser(_app.Client.BaseAddress!);

        Assert.Equal(401, (await victim.Get($"/review/signed-in?code=c&state={state}")).Status);
        Assert.Equal(401, (await _browser.Get("/review/signed-in?code=c&state=another")).Status);
        Assert.Equal(401, (await _browser.Get("/review/signed-in?code=c")).Status);
        Assert.Null(_endpoint.Address);
        Assert.Empty(victim.Cookies);
    }

    [Fact]
    public async Task A_redirect_counts_once_and_for_a_quarter_of_an_hour()
    {
        var (state, nonce) = await Begin();
        _endpoint.IdToken = IdToken(nonce);
        _app.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(401, (await _browser.Get($"/review/signed-in?code=c&state={state}")).Status);

        await Complete();
        Assert.Equal(401, (await _browser.Get($"/review/signed-in?code=c&state={state}")).Status);
    }

    [Fact]
    public async Task A_sign_in_that_was_broken_off_says_so_and_repeats_nothing_of_what_came()
    {
        var (state, _) = await Begin();

        var back = await _browser.Get($"/review/signed-in?error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E&state={state}");

        Assert.Equal(401, back.Status);
        Assert.DoesNotContain("alert(1)", back.Body, StringComparison.Ordinal);
        Assert.Equal("text/html; charset=utf-8", back.Headers["Content-Type"]);
    }

    [Theory]
    [InlineData("audience", "00000003-0000-0000-c000-000000000000")]
    [InlineData("audience", $"api://{Client}")]
    [InlineData("issuer", "https://login.microsoftonline.com/99999999-9999-4999-8999-999999999999/v2.0")]
    [InlineData("tid", "99999999-9999-4999-8999-999999999999")]
    [InlineData("nonce", "of-another-attempt")]
    [InlineData("expired", "")]
    [InlineData("key", "")]
    public async Task A_token_that_is_not_for_this_app_attempt_or_tenant_signs_nobody_in(string wrong, string value)
    {
        using var other = RSA.Create(2048);
        var (state, nonce) = await Begin();
        _endpoint.IdToken = IdToken(
            wrong == "nonce" ? value : nonce,
            wrong == "audience" ? value : Client,
            wrong == "issuer" ? value : Issuer,
            wrong == "tid" ? value : Tenant,
            wrong == "expired" ? -600 : 3600,
            wrong == "key" ? new RsaSecurityKey(other) { KeyId = "current" } : Key);

        Assert.Equal(401, (await _browser.Get($"/review/signed-in?code=c&state={state}")).Status);
        Assert.False(await SignedIn());
    }

    [Fact]
    public async Task A_guest_is_refused()
    {
        var (state, nonce) = await Begin();
        _endpoint.IdToken = IdToken(nonce, extra: ("acct", "1"));

        Assert.Equal(403, (await _browser.Get($"/review/signed-in?code=c&state={state}")).Status);
        Assert.False(await SignedIn());
    }

    [Fact]
    public async Task A_code_that_the_tenant_refuses_signs_nobody_in_and_a_silent_tenant_is_asked_again_later()
    {
        var (state, _) = await Begin();
        _endpoint.Status = HttpStatusCode.BadRequest;
        Assert.Equal(401, (await _browser.Get($"/review/signed-in?code=c&state={state}")).Status);

        (state, _) = await Begin();
        _endpoint.Status = HttpStatusCode.BadGateway;
        var silent = await _browser.Get($"/review/signed-in?code=c&state={state}");
        Assert.Equal(503, silent.Status);
        Assert.StartsWith("text/html", silent.Headers["Content-Type"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cookie_that_was_changed_or_made_by_another_app_is_none()
    {
        await Complete();
        var good = _browser.Cookies["__Host-governance"];
        foreach (var forged in new[] { good[..^2] + "AA", "CfDJ8forged", "%00", new string('A', 3000) })
        {
            _browser.Cookies["__Host-governance"] = forged;
            Assert.False(await SignedIn());
        }
    }

    [Fact]
    public async Task There_is_no_development_sign_in() => Assert.Equal(404, (await _browser.Get("/development/sign-in")).Status);

    [Fact]
    public async Task Signing_out_needs_a_form_of_ours_and_ends_the_session()
    {
        await Complete();
        Assert.Equal(400, (await _browser.Post("/review/sign-out", [])).Status);
        Assert.True(await SignedIn());

        // A page of its own gives the form out: the others need storage.
        var signedOut = await _browser.Submit("/form", "/review/sign-out");
        Assert.Equal(200, signedOut.Status);
        Assert.False(await SignedIn());
        var form = Assert.Single(_browser.SetCookies, cookie => cookie.StartsWith("__Host-governance-form=", StringComparison.Ordinal));
        Assert.Contains("secure", form, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", form, StringComparison.OrdinalIgnoreCase);
    }

    private static Task<IResult> Show(ApiRequest request) =>
        Task.FromResult<IResult>(new PageResult(Layout.Page("Form", Html.Empty, PageSessions.Person(request.Http, request.Caller))));

    private async Task<(string State, string Nonce)> Begin()
    {
        var begun = await _browser.Get("/review/sign-in");
        var query = QueryHelpers.ParseQuery(new Uri(begun.Location!).Query);
        return (query["state"].ToString(), query["nonce"].ToString());
    }

    private async Task Complete()
    {
        var (state, nonce) = await Begin();
        _endpoint.IdToken = IdToken(nonce);
        Assert.Equal(303, (await _browser.Get($"/review/signed-in?code=c&state={state}")).Status);
    }

    // The app has no storage here: whoever is let in to the queue meets a fault of the route itself.
    private async Task<bool> SignedIn() => (await _browser.Get("/review")).Status is not (303 or 401 or 403);

    // Entra's clock is the real one: the library that checks these tokens takes no other.
    private string IdToken(
        string nonce, string audience = Client, string issuer = Issuer, string tenant = Tenant, int expires = 3600, SecurityKey? key = null, (string Name, string Value)? extra = null)
    {
        var claims = new Dictionary<string, object> { ["oid"] = Person, ["tid"] = tenant, ["roles"] = new[] { "CabApprover" }, ["name"] = "Bo", ["nonce"] = nonce };
        if (extra is var (name, value))
        {
            claims[name] = value;
        }

        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            NotBefore = DateTime.UtcNow.AddSeconds(expires - 3660),
            Expires = DateTime.UtcNow.AddSeconds(expires),
            Claims = claims,
            SigningCredentials = new(key ?? Key, SecurityAlgorithms.RsaSha256),
        });
    }

    private sealed class Tokens : HttpMessageHandler
    {
        private Dictionary<string, Microsoft.Extensions.Primitives.StringValues> _sent = [];

        public string? Address { get; private set; }

        public string IdToken { get; set; } = string.Empty;

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        public string Sent(string name) => _sent[name].ToString();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Address = request.RequestUri!.AbsoluteUri;
            _sent = QueryHelpers.ParseQuery(await request.Content!.ReadAsStringAsync(cancellationToken));
            return new(Status) { Content = new StringContent(JsonSerializer.Serialize(new { id_token = IdToken, token_type = "Bearer" })) };
        }
    }
}

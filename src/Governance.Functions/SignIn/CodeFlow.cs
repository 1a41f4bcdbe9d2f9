using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.Pages;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Governance.Functions.SignIn;

/// <summary>
/// Signs people in in a browser with Entra ID: OpenID Connect, authorization code with PKCE, state and nonce. What belongs to one attempt lies in an encrypted cookie of this browser for a quarter of an hour.
/// </summary>
/// <remarks>https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow</remarks>
internal sealed class CodeFlow(
    SignInSettings settings, HttpSettings http, IOptionsMonitor<JwtBearerOptions> bearer, EntraBackchannel backchannel, IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>Where Entra ID sends people back to; in the app's registration as a redirect address of a web app.</summary>
    public const string CallbackPath = "/review/signed-in";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private readonly IDataProtector _protector = protection.CreateProtector("Governance.SignIn.CodeFlow");

    /// <summary>Sends the browser to Entra ID.</summary>
    /// <param name="call">The call that is answered.</param>
    /// <param name="returnTo">Where the person goes after it; a path of this app.</param>
    /// <param name="again">Asks which account to take, even where only one is known.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<IResult> Begin(HttpContext call, string returnTo, bool again, CancellationToken cancellation)
    {
        if (await Metadata(cancellation) is not { } metadata)
        {
            return Problems.Unavailable(http.RetryAfter);
        }

        var attempt = new SignInAttempt(Random(), Random(), Random(), returnTo, clock.GetUtcNow() + Patience);
        call.Response.Cookies.Append(CookieOf(attempt.State), Protect(attempt), Cookie());
        var query = new Dictionary<string, string?>
        {
            ["client_id"] = settings.ClientId.ToString("D"),
            ["response_type"] = "code",
            ["response_mode"] = "query",
            ["redirect_uri"] = Callback(call),
            ["scope"] = "openid profile",
            ["state"] = attempt.State,
            ["nonce"] = attempt.Nonce,
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(attempt.Verifier))),
            ["code_challenge_method"] = "S256",
        };
        if (again)
        {
            query["prompt"] = "select_account";
        }

        return new SeeOther(QueryHelpers.AddQueryString(metadata.AuthorizationEndpoint, query));
    }

    /// <summary>Takes a person back from Entra ID.</summary>
    public async Task<IResult> Complete(HttpContext call, string? state, string? code, CancellationToken cancellation)
    {
        if (state is null || Attempt(call, state) is not { } attempt)
        {
            return NotCompleted();
        }

        call.Response.Cookies.Delete(CookieOf(state), Cookie());
        if (code is null)
        {
            return NotCompleted();
        }

        if (await Metadata(cancellation) is not { } metadata)
        {
            return Problems.Unavailable(http.RetryAfter);
        }

        var token = await backchannel.Redeem(metadata.TokenEndpoint, settings, code, attempt.Verifier, Callback(call), cancellation);
        return token is not null && await Validate(token, attempt.Nonce) is { } valid ? await SignIn(call, valid, attempt.ReturnTo) : NotCompleted();
    }

    private async Task<IResult> SignIn(HttpContext call, TokenValidationResult valid, string returnTo)
    {
        if (CallerClaims.ReadInBrowser(new ClaimsPrincipal(valid.ClaimsIdentity), settings).Refused is { } refused)
        {
            return refused;
        }

        await PageSessions.Begin(call, valid.ClaimsIdentity.Claims, clock.GetUtcNow() + settings.Session);
        return new SeeOther(returnTo);
    }

    // The same keys, issuers and algorithms as for bearer tokens; an ID token is for this app by its plain id alone.
    private async Task<TokenValidationResult?> Validate(string token, string nonce)
    {
        var options = bearer.Get(BearerSignIn.Scheme);
        var parameters = options.TokenValidationParameters.Clone();
        parameters.ValidAudiences = [settings.ClientId.ToString("D")];
        parameters.ConfigurationManager = options.ConfigurationManager as BaseConfigurationManager;
        var valid = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(token, parameters);
        return valid.IsValid && valid.SecurityToken is JsonWebToken jwt && jwt.TryGetPayloadValue<string>("nonce", out var said) && Same(said, nonce) ? valid : null;
    }

    private async Task<OpenIdConnectConfiguration?> Metadata(CancellationToken cancellation)
    {
        try
        {
            return bearer.Get(BearerSignIn.Scheme).ConfigurationManager is { } metadata ? await metadata.GetConfigurationAsync(cancellation) : null;
        }
        catch (InvalidOperationException)
        {
            // IDX20803: the metadata cannot be had.
            return null;
        }
    }

    private string Callback(HttpContext call) => http.PublicAddress is { } address
        ? new Uri(address, CallbackPath).AbsoluteUri
        : $"{call.Request.Scheme}://{call.Request.Host}{CallbackPath}";

    private SignInAttempt? Attempt(HttpContext call, string state)
    {
        if (call.Request.Cookies[CookieOf(state)] is not { } sealedAttempt)
        {
            return null;
        }

        try
        {
            var attempt = JsonSerializer.Deserialize(_protector.Unprotect(Base64Url.DecodeFromChars(sealedAttempt)), SignInJson.Default.SignInAttempt);
            return attempt is not null && Same(attempt.State, state) && clock.GetUtcNow() < attempt.Until ? attempt : null;
        }
        catch (Exception forged) when (forged is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    private string Protect(SignInAttempt attempt) =>
        Base64Url.EncodeToString(_protector.Protect(JsonSerializer.SerializeToUtf8Bytes(attempt, SignInJson.Default.SignInAttempt)));

    // Entra ID's redirect comes from another site, so Lax; a name for each attempt, so that two tabs do not spoil each other's.
    private static CookieOptions Cookie() => new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = Patience, IsEssential = true };

    private static string CookieOf(string state) => $"__Host-governance-sign-in-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state)))[..12]}";

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private static bool Same(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    private static IResult NotCompleted() => Problems.Of(
        StatusCodes.Status401Unauthorized, "SIGN_IN_NOT_COMPLETED", "Signing in did not come to its end: it took too long, was broken off, or belongs to another browser. Try again.");
}

/// <summary>What belongs to one sign-in that is under way.</summary>
/// <param name="State">Ties the redirect to this browser.</param>
/// <param name="Nonce">Ties the token to this attempt.</param>
/// <param name="Verifier">Ties the code to this app.</param>
/// <param name="ReturnTo">Where the person goes after it.</param>
/// <param name="Until">When it is too late, UTC.</param>
internal sealed record SignInAttempt(string State, string Nonce, string Verifier, string ReturnTo, DateTimeOffset Until);

[JsonSerializable(typeof(SignInAttempt))]
internal sealed partial class SignInJson : JsonSerializerContext;

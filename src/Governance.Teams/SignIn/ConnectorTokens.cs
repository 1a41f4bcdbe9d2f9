using System.Text.Json;
using Governance.Teams.Connector;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Governance.Teams.SignIn;

/// <summary>Proves that a callback comes from the bot connector: its bearer token, and that the token is for this very activity's service.</summary>
/// <remarks>https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication</remarks>
internal sealed class ConnectorTokens(BotOptions bot, bool allowLoopback, ConnectorKeys keys, TimeProvider clock)
{
    /// <summary>The only channel.</summary>
    internal const string Channel = "msteams";

    private const int MaxToken = 8 * 1024;
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);
    private static readonly string[] Algorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512];

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxToken };

    /// <summary>Judges a callback.</summary>
    /// <param name="authorization">The header; never logged.</param>
    /// <param name="activity">What came with it.</param>
    /// <param name="cancellation">Ends waiting for keys.</param>
    /// <returns>Null where the proof holds.</returns>
    internal async Task<TokenFlaw?> Judge(string? authorization, TeamsActivity activity, CancellationToken cancellation)
    {
        if (authorization?.Split(' ') is not [{ } scheme, { Length: > 0 } token] || !scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return TokenFlaw.Missing;
        }

        if (Kid(token) is not { } kid)
        {
            return TokenFlaw.Unreadable;
        }

        var (key, anyKnown) = await keys.Find(kid, cancellation).ConfigureAwait(false);
        if (key is null)
        {
            return anyKnown ? TokenFlaw.UnknownKey : TokenFlaw.NoKeys;
        }

        var result = await _handler.ValidateTokenAsync(token, Parameters(key)).ConfigureAwait(false);
        if (!result.IsValid)
        {
            return TokenFlaw.Invalid;
        }

        return !IsEndorsed(key) || activity.ChannelId != Channel ? TokenFlaw.NotEndorsed
            : !IsForService(result, activity.ServiceUrl) ? TokenFlaw.OtherService
            : null;
    }

    private TokenValidationParameters Parameters(SecurityKey key) => new()
    {
        ValidIssuer = bot.Issuer,
        ValidAudience = bot.AppId.ToString("D"),
        ValidAlgorithms = Algorithms,
        IssuerSigningKey = key,
        RequireSignedTokens = true,
        ValidateIssuerSigningKey = true,
        LifetimeValidator = (from, to, _, _) => to is { } end && clock.GetUtcNow().UtcDateTime < end + Skew && (from is not { } begin || clock.GetUtcNow().UtcDateTime >= begin - Skew),
    };

    private static string? Kid(string token)
    {
        if (token.Length > MaxToken)
        {
            return null;
        }

        try
        {
            return new JsonWebToken(token).Kid is { Length: > 0 } kid ? kid : null;
        }
        catch (Exception none) when (none is ArgumentException or SecurityTokenException)
        {
            return null;
        }
    }

    // Keys without endorsements sign for other channels of the same service.
    private static bool IsEndorsed(JsonWebKey key) =>
        key.AdditionalData.TryGetValue("endorsements", out var endorsements)
        && endorsements is JsonElement { ValueKind: JsonValueKind.Array } channels
        && channels.EnumerateArray().Any(channel => channel.ValueKind == JsonValueKind.String && channel.ValueEquals(Channel));

    private bool IsForService(TokenValidationResult result, string? serviceUrl) =>
        result.Claims.TryGetValue("serviceurl", out var claim)
        && claim is string promised
        && string.Equals(promised, serviceUrl, StringComparison.OrdinalIgnoreCase)
        && Uri.TryCreate(serviceUrl, UriKind.Absolute, out var address)
        && ServiceHosts.IsTrusted(address, bot.ServiceUrl, allowLoopback);
}

/// <summary>Why a callback is not believed to be from the bot connector; for the log, never for the caller.</summary>
internal enum TokenFlaw
{
    /// <summary>No bearer token.</summary>
    Missing,

    /// <summary>Not a signed token that names its key.</summary>
    Unreadable,

    /// <summary>Signed, as it says, by a key that the connector does not publish.</summary>
    UnknownKey,

    /// <summary>The connector's keys cannot be had: nothing can be judged.</summary>
    NoKeys,

    /// <summary>Signature, algorithm, issuer, audience or time do not hold.</summary>
    Invalid,

    /// <summary>The key is not endorsed for Teams, or the activity is of another channel.</summary>
    NotEndorsed,

    /// <summary>The token is for another service address than the activity's, or for none of the connector's.</summary>
    OtherService,
}

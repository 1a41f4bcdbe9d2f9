using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Governance.Local.Teams;

/// <summary>Issues the connector's tokens and publishes its keys, as the real one does; can change its key.</summary>
internal sealed class ConnectorIssuer(Guid botId, TimeProvider clock) : IDisposable
{
    /// <summary>As the public cloud's.</summary>
    internal const string Issuer = "https://api.botframework.com";

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly List<(string Kid, RSA Rsa)> _keys = [("key-1", RSA.Create(2048))];
    private readonly Lock _gate = new();

    /// <summary>The key that signs now.</summary>
    internal string CurrentKid
    {
        get
        {
            lock (_gate)
            {
                return _keys[^1].Kid;
            }
        }
    }

    /// <summary>Signs with a new key from now on, and publishes only that.</summary>
    internal void Rotate()
    {
        lock (_gate)
        {
            _keys.Add(($"key-{_keys.Count + 1}", RSA.Create(2048)));
        }
    }

    /// <summary>A token for an activity's service; valid an hour.</summary>
    /// <param name="change">Changes the claims, signing or times before it is made; for tests of refusals.</param>
    internal string Token(string serviceUrl, Action<SecurityTokenDescriptor>? change = null)
    {
        (string Kid, RSA Rsa) key;
        lock (_gate)
        {
            key = _keys[^1];
        }

        var now = clock.GetUtcNow().UtcDateTime;
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = botId.ToString("D"),
            NotBefore = now,
            Expires = now.AddHours(1),
            Claims = new Dictionary<string, object> { ["serviceurl"] = serviceUrl },
            SigningCredentials = new(new RsaSecurityKey(key.Rsa) { KeyId = key.Kid }, SecurityAlgorithms.RsaSha256),
        };
        change?.Invoke(descriptor);
        return _handler.CreateToken(descriptor);
    }

    /// <summary>The OpenID metadata.</summary>
    internal static JsonObject Metadata(Uri root) => new()
    {
        ["issuer"] = Issuer,
        ["authorization_endpoint"] = "https://invalid.botframework.com",
        ["jwks_uri"] = new Uri(root, "/v1/.well-known/keys").AbsoluteUri,
        ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
        ["token_endpoint_auth_methods_supported"] = new JsonArray("private_key_jwt"),
    };

    /// <summary>The keys, with the channels that each is endorsed for.</summary>
    internal JsonObject Keys()
    {
        (string Kid, RSA Rsa) key;
        lock (_gate)
        {
            key = _keys[^1];
        }

        var numbers = key.Rsa.ExportParameters(includePrivateParameters: false);
        return new()
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "RSA",
                ["use"] = "sig",
                ["kid"] = key.Kid,
                ["x5t"] = key.Kid,
                ["n"] = Base64UrlEncoder.Encode(numbers.Modulus),
                ["e"] = Base64UrlEncoder.Encode(numbers.Exponent),
                ["endorsements"] = new JsonArray("msteams", "webchat"),
            }),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, rsa) in _keys)
        {
            rsa.Dispose();
        }
    }
}

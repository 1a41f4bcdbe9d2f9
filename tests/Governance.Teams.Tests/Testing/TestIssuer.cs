using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Governance.Teams.Tests.Testing;

/// <summary>Issues tokens as the connector does, and its metadata; can make every kind of wrong one.</summary>
internal sealed class TestIssuer(TimeProvider clock) : IDisposable
{
    public const string Issuer = "https://api.botframework.com";

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    // Making a key takes longer than most tests; each issuer begins with the same one.
    private static readonly RSAParameters FirstKey = NewKey();

    private RSA _rsa = RSA.Create(FirstKey);
    private int _number = 1;

    public string Kid => $"key-{_number}";

    public string[]? Endorsements { get; set; } = ["msteams"];

    public int MetadataReads { get; private set; }

    public int KeyReads { get; private set; }

    /// <summary>Whether the metadata cannot be had.</summary>
    public bool Down { get; set; }

    // Without the library's cache, which would keep an earlier issuer's disposed key for the same numbers.
    public SigningCredentials Credentials =>
        new(new RsaSecurityKey(_rsa) { KeyId = Kid, CryptoProviderFactory = new() { CacheSignatureProviders = false } }, SecurityAlgorithms.RsaSha256);

    public byte[] PublicKey => _rsa.ExportSubjectPublicKeyInfo();

    public void Rotate()
    {
        _rsa.Dispose();
        (_rsa, _number) = (RSA.Create(2048), _number + 1);
    }

    public string Token(string serviceUrl, Action<SecurityTokenDescriptor>? change = null)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Bench.BotId.ToString(),
            NotBefore = now,
            Expires = now.AddHours(1),
            Claims = new Dictionary<string, object> { ["serviceurl"] = serviceUrl },
            SigningCredentials = Credentials,
        };
        change?.Invoke(descriptor);
        return _handler.CreateToken(descriptor);
    }

    /// <returns>Null for another address.</returns>
    public HttpResponseMessage? Answer(HttpRequestMessage request)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (!path.StartsWith("/v1/.well-known/", StringComparison.Ordinal))
        {
            return null;
        }

        if (Down)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError);
        }

        if (path.EndsWith("openidconfiguration", StringComparison.Ordinal))
        {
            MetadataReads++;
            return FakeHttp.Json(JsonSerializer.Serialize(new { issuer = Issuer, jwks_uri = "https://login.botframework.com/v1/.well-known/keys", id_token_signing_alg_values_supported = new[] { "RS256" } }));
        }

        KeyReads++;
        var numbers = _rsa.ExportParameters(false);
        var key = new Dictionary<string, object> { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = Kid, ["n"] = Base64UrlEncoder.Encode(numbers.Modulus), ["e"] = Base64UrlEncoder.Encode(numbers.Exponent) };
        if (Endorsements is not null)
        {
            key["endorsements"] = Endorsements;
        }

        return FakeHttp.Json(JsonSerializer.Serialize(new { keys = new[] { key } }));
    }

    public void Dispose() => _rsa.Dispose();

    private static RSAParameters NewKey()
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportParameters(includePrivateParameters: true);
    }
}

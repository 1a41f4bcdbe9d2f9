using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Governance.Functions.SignIn;

namespace Governance.LoadTests.Fuzzing;

/// <summary>Makes tokens with the app's own development key, so that they can be right in all but one thing.</summary>
internal sealed class TokenForge : IDisposable
{
    internal const string Valid = """{"alg":"ES256","typ":"JWT"}""";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Where the app reads the key.</summary>
    internal string KeyFile { get; } = Path.Combine(Directory.CreateTempSubdirectory("governance-fuzz").FullName, "development.pem");

    internal TokenForge() => File.WriteAllText(KeyFile, _key.ExportPkcs8PrivateKeyPem());

    /// <summary>What may be published of the key, as a careless verifier would take it for a secret.</summary>
    internal byte[] PublicKey => Encoding.ASCII.GetBytes(_key.ExportSubjectPublicKeyInfoPem());

    /// <summary>The claims of a token that holds.</summary>
    internal static JsonObject Claims(Guid person, params string[] roles)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return new()
        {
            ["iss"] = DevelopmentTokens.Issuer,
            ["aud"] = SignInSettings.DevelopmentClient.ToString("D"),
            ["iat"] = now - 10,
            ["nbf"] = now - 10,
            ["exp"] = now + (12 * 3600),
            ["oid"] = person.ToString("D"),
            ["sub"] = person.ToString("D"),
            ["tid"] = SignInSettings.DevelopmentTenant.ToString("D"),
            ["ver"] = "2.0",
            ["azp"] = SignInSettings.DevelopmentClient.ToString("D"),
            ["idtyp"] = "user",
            ["scp"] = "cab.access",
            ["roles"] = new JsonArray([.. roles.Select(role => (JsonNode)role)]),
        };
    }

    /// <summary>A token that holds.</summary>
    internal string Token(Guid person, params string[] roles) => Sign(Valid, Claims(person, roles).ToJsonString());

    /// <summary>Signs any header and payload with the app's key.</summary>
    internal string Sign(string header, string payload)
    {
        var signed = $"{Part(header)}.{Part(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))}";
    }

    /// <summary>A part of a token.</summary>
    internal static string Part(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(Path.GetDirectoryName(KeyFile)!, recursive: true);
    }
}

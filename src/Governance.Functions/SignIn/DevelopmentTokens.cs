using System.Security.Cryptography;
using Governance.Core;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Governance.Functions.SignIn;

/// <summary>
/// Tokens for one developer's machine, shaped as Entra ID shapes them, signed with a key of this app alone. Exists only where sign-in is in development mode.
/// </summary>
internal sealed class DevelopmentTokens : IDisposable
{
    /// <summary>Who issues them; no address of anybody.</summary>
    public const string Issuer = "https://governance.localhost/development";

    /// <summary>How long a token is good for.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly SignInSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ECDsa _key;
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>Takes the key from the configured file, or makes a new one there or in memory.</summary>
    public DevelopmentTokens(SignInSettings settings, TimeProvider clock)
    {
        _settings = settings;
        _clock = clock;
        _key = settings.KeyFile is { } file ? Keep(file) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
    }

    /// <summary>Makes a token.</summary>
    /// <param name="id">Who it is for.</param>
    /// <param name="kind">A person or an application.</param>
    /// <param name="roles">The roles in it.</param>
    /// <returns>A signed JWT and when it ends, UTC.</returns>
    public (string Token, DateTimeOffset ExpiresAt) Issue(PersonId id, CallerKind kind, Roles roles)
    {
        var now = _clock.GetUtcNow();
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["oid"] = id.ToString(),
            ["sub"] = id.ToString(),
            ["tid"] = _settings.TenantId.ToString("D"),
            ["ver"] = "2.0",
            ["azp"] = _settings.ClientId.ToString("D"),
            ["roles"] = roles.Names().ToArray(),
            ["idtyp"] = kind == CallerKind.App ? "app" : "user",
        };
        if (kind == CallerKind.User)
        {
            claims["scp"] = _settings.Scope;
        }

        var ends = now + Lifetime;
        var token = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = _settings.ClientId.ToString("D"),
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = ends.UtcDateTime,
            Claims = claims,
            SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(_key), SecurityAlgorithms.EcdsaSha256),
        });
        return (token, ends);
    }

    /// <summary>Has a validation accept these tokens and no others.</summary>
    public void Trust(TokenValidationParameters parameters)
    {
        parameters.ValidIssuer = Issuer;
        parameters.ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256];
        parameters.IssuerSigningKey = new ECDsaSecurityKey(_key);
        parameters.LifetimeValidator = (notBefore, expires, _, validation) =>
            notBefore - validation.ClockSkew <= _clock.GetUtcNow().UtcDateTime && _clock.GetUtcNow().UtcDateTime < expires + validation.ClockSkew;
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    // Readable by its owner alone from the moment it exists.
    private static ECDsa Keep(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(file))
        {
            key.ImportFromPem(File.ReadAllText(file));
            return key;
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(file, options);
        writer.Write(key.ExportPkcs8PrivateKeyPem());
        return key;
    }
}

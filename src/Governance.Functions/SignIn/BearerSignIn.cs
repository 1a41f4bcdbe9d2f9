using System.Text.Encodings.Web;
using Governance.Functions.Hosting;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Microsoft.IdentityModel.Validators;

namespace Governance.Functions.SignIn;

/// <summary>Validation of bearer tokens: signature, issuer, audience and time. What a valid token means is <see cref="CallerClaims"/>' part.</summary>
internal static class BearerSignIn
{
    /// <summary>The scheme's name.</summary>
    public const string Scheme = JwtBearerDefaults.AuthenticationScheme;

    /// <summary>Adds the one scheme that every signed-in route uses.</summary>
    public static void Add(IServiceCollection services, SignInSettings settings)
    {
        // AddAuthentication would bring data protection, whose keys on disk nothing here uses: pages keep theirs in storage.
        services.AddAuthenticationCore(options =>
        {
            options.DefaultScheme = Scheme;
            options.AddScheme<JwtBearerHandler>(Scheme, null);
        });
        services.TryAddSingleton(UrlEncoder.Default);
        services.AddSingleton<IPostConfigureOptions<JwtBearerOptions>, JwtBearerPostConfigureOptions>();
        services.AddOptions<JwtBearerOptions>(Scheme).Configure<IServiceProvider>((options, provider) =>
        {
            options.MapInboundClaims = false;
            options.IncludeErrorDetails = false;
            options.SaveToken = false;
            options.BackchannelTimeout = TimeSpan.FromSeconds(10);

            // Teams' callbacks bring a bearer token of another issuer; only a signed-in route looks at one at all.
            options.Events = new JwtBearerEvents { OnMessageReceived = OnlyOnSignedInRoutes };
            options.TokenValidationParameters = new TokenValidationParameters
            {
                ValidateIssuer = true,
                ValidateAudience = true,
                ValidateLifetime = true,
                RequireExpirationTime = true,
                RequireSignedTokens = true,
                ClockSkew = TimeSpan.FromMinutes(2),
                ValidAudiences = [settings.ClientId.ToString("D"), $"api://{settings.ClientId:D}"],
                NameClaimType = "oid",
                RoleClaimType = "roles",
            };
            if (settings.Mode == SignInMode.Development)
            {
                provider.GetRequiredService<DevelopmentTokens>().Trust(options.TokenValidationParameters);
            }
            else
            {
                TrustEntra(options, settings);
            }
        });
    }

    private static Task OnlyOnSignedInRoutes(MessageReceivedContext context)
    {
        if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<FunctionMetadata>()?.Trigger.Access.Kind != AccessKind.SignedIn)
        {
            context.NoResult();
        }

        return Task.CompletedTask;
    }

    private static void TrustEntra(JwtBearerOptions options, SignInSettings settings)
    {
        options.Authority = settings.Authority.AbsoluteUri;
        options.RefreshOnIssuerKeyNotFound = true;
        options.TokenValidationParameters.ValidAlgorithms = [SecurityAlgorithms.RsaSha256];

        // v2 and v1 tokens of the one tenant: which of the two Entra issues is set in the API's registration.
        options.TokenValidationParameters.ValidIssuers =
            [$"https://login.microsoftonline.com/{settings.TenantId:D}/v2.0", $"https://sts.windows.net/{settings.TenantId:D}/"];
        options.TokenValidationParameters.EnableAadSigningKeyIssuerValidation();
    }
}

using System.Collections.Immutable;
using Governance.Core;
using Governance.Functions.Configuration;

namespace Governance.Functions.SignIn;

/// <summary>Whose tokens count.</summary>
/// <param name="Mode">Entra ID, or development tokens on one machine.</param>
/// <param name="TenantId">The one tenant.</param>
/// <param name="ClientId">The API's app registration: the audience of its tokens, alone or as <c>api://{id}</c>.</param>
/// <param name="Authority">Where keys and metadata come from; the tenant's v2.0 address.</param>
/// <param name="Scope">What a delegated token needs in <c>scp</c>.</param>
/// <param name="AllowGuests">True where guests of the tenant may come in; they never get a people-only role.</param>
/// <param name="Owners">The registered owners of service principals, by the principal's object id.</param>
/// <param name="Session">How long a sign-in in a browser lasts, 5 minutes to 12 hours; then roles are read anew.</param>
/// <param name="Client">How the app proves itself to Entra ID when a person signs in in a browser.</param>
/// <param name="KeyFile">Where the development key is kept over restarts; null keeps it in memory alone.</param>
internal sealed record SignInSettings(
    SignInMode Mode,
    Guid TenantId,
    Guid ClientId,
    Uri Authority,
    string Scope,
    bool AllowGuests,
    ImmutableDictionary<PersonId, ImmutableArray<PersonId>> Owners,
    TimeSpan Session,
    BrowserClient Client,
    string? KeyFile)
{
    /// <summary>The tenant of development tokens where none is configured.</summary>
    public static readonly Guid DevelopmentTenant = new("00000000-0000-4000-8000-00000000de70");

    /// <summary>The audience of development tokens where none is configured.</summary>
    public static readonly Guid DevelopmentClient = new("00000000-0000-4000-8000-00000000a991");

    /// <summary>Reads section <c>SignIn</c>.</summary>
    public static SignInSettings Read(SettingsReader settings)
    {
        var signIn = settings.Section("SignIn");
        var mode = signIn.Choice("Mode", SignInMode.Entra);
        if (mode == SignInMode.Development)
        {
            RefuseOutsideDevelopment(settings, signIn);
        }

        var authority = signIn.Address("Authority");
        if (authority is { Scheme: not "https" })
        {
            signIn.Wrong("Authority", "must be an https address");
        }

        var tenant = Uuid(signIn, "TenantId", mode, DevelopmentTenant);
        return new(
            mode,
            tenant,
            Uuid(signIn, "ClientId", mode, DevelopmentClient),
            authority ?? new Uri($"https://login.microsoftonline.com/{tenant:D}/v2.0"),
            signIn.Text("Scope", "cab.access"),
            signIn.Boolean("AllowGuests", false),
            ReadOwners(signIn),
            signIn.Duration("Pages:Session", TimeSpan.FromHours(1), TimeSpan.FromMinutes(5), TimeSpan.FromHours(12)),
            new(signIn.OptionalText("Pages:ClientSecret"), signIn.OptionalText("Pages:ManagedIdentityClientId")),
            signIn.OptionalText("KeyFile"));
    }

    /// <summary>The registered owners of a service principal; empty where none are configured.</summary>
    public ImmutableArray<PersonId> OwnersOf(PersonId principal) => Owners.GetValueOrDefault(principal, []);

    // Whoever has the development key can be anybody. So three things have to agree that this is one developer's machine.
    private static void RefuseOutsideDevelopment(SettingsReader settings, SettingsReader signIn)
    {
        var environment = settings.OptionalText("environment") ?? settings.OptionalText("ASPNETCORE_ENVIRONMENT") ?? settings.OptionalText("DOTNET_ENVIRONMENT");
        if (!"Development".Equals(environment, StringComparison.OrdinalIgnoreCase))
        {
            signIn.Wrong("Mode", "may be Development only in the Development environment (DOTNET_ENVIRONMENT)");
        }

        if (settings.Has("WEBSITE_INSTANCE_ID") || settings.Has("WEBSITE_SITE_NAME"))
        {
            signIn.Wrong("Mode", "may not be Development in Azure");
        }

        if (settings.Section("Http").Text("Address", "127.0.0.1") is not ("127.0.0.1" or "localhost" or "::1"))
        {
            signIn.Wrong("Mode", "may be Development only where Http__Address is 127.0.0.1, ::1 or localhost");
        }
    }

    private static Guid Uuid(SettingsReader signIn, string name, SignInMode mode, Guid development) =>
        mode == SignInMode.Development ? signIn.Parsed<Guid>(name, "a UUID") ?? development : signIn.RequiredParsed<Guid>(name, "a UUID");

    private static ImmutableDictionary<PersonId, ImmutableArray<PersonId>> ReadOwners(SettingsReader signIn)
    {
        var owners = ImmutableDictionary.CreateBuilder<PersonId, ImmutableArray<PersonId>>();
        foreach (var principal in signIn.List("ServicePrincipals"))
        {
            owners[principal.RequiredParsed<PersonId>("ObjectId", "the UUID of a service principal")] = principal.ParsedList<PersonId>("Owners", "UUIDs of people");
        }

        return owners.ToImmutable();
    }
}

/// <summary>How the app proves itself to Entra ID in the code flow.</summary>
/// <param name="Secret">A client secret; null for a federated credential of the app's managed identity, which needs none.</param>
/// <param name="ManagedIdentity">The client id of a user-assigned managed identity; null for the system-assigned one.</param>
internal sealed record BrowserClient(string? Secret, string? ManagedIdentity)
{
    /// <summary>Not in any log.</summary>
    public override string ToString() => Secret is null ? "managed identity" : "secret";
}

/// <summary>Whose tokens count.</summary>
internal enum SignInMode
{
    /// <summary>Microsoft Entra ID.</summary>
    Entra,

    /// <summary>The app's own, on one developer's machine.</summary>
    Development,
}

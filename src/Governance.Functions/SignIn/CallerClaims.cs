using System.Collections.Immutable;
using System.Security.Claims;
using Governance.Core;
using Governance.Functions.Http;

namespace Governance.Functions.SignIn;

/// <summary>Reads a caller out of the claims of a validated token. Pure.</summary>
/// <remarks>Claims: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference</remarks>
internal static class CallerClaims
{
    /// <summary>What came of reading: one of the two is not null.</summary>
    public readonly record struct Result(Caller? Caller, IResult? Refused);

    /// <summary>Reads the caller.</summary>
    /// <returns>
    /// The caller, or 401 <c>TOKEN_REFUSED</c> (no object id, or another tenant), 403 <c>GUEST_REFUSED</c>, 403 <c>SCOPE_MISSING</c>.
    /// </returns>
    public static Result Read(ClaimsPrincipal principal, SignInSettings settings) => Read(principal, settings, asApi: true);

    /// <summary>Reads a person who signed in in a browser. What they let this app do is what it shows them, so no scope is needed.</summary>
    public static Result ReadInBrowser(ClaimsPrincipal principal, SignInSettings settings) => Read(principal, settings, asApi: false);

    private static Result Read(ClaimsPrincipal principal, SignInSettings settings, bool asApi)
    {
        if (!PersonId.TryParse(principal.FindFirstValue("oid"), null, out var id)
            || !Guid.TryParseExact(principal.FindFirstValue("tid"), "D", out var tenant)
            || tenant != settings.TenantId)
        {
            return new(null, Problems.Unauthorized(tokenSent: true));
        }

        // Without idtyp (an optional claim) only a delegated token has a scope; what is unclear is taken for an application, which may do less.
        var scopes = principal.FindFirstValue("scp");
        var kind = principal.FindFirstValue("idtyp") switch
        {
            "app" => CallerKind.App,
            "user" => CallerKind.User,
            _ => scopes is null && asApi ? CallerKind.App : CallerKind.User,
        };
        var guest = kind == CallerKind.User && IsGuest(principal, tenant);
        if (guest && !settings.AllowGuests)
        {
            return new(null, Problems.Forbidden("GUEST_REFUSED", "Guests of the tenant have no access; ask for an account of the organisation."));
        }

        if (asApi && kind == CallerKind.User && !(scopes ?? string.Empty).Split(' ').Contains(settings.Scope, StringComparer.Ordinal))
        {
            return new(null, Problems.Forbidden("SCOPE_MISSING", $"The token needs the scope '{settings.Scope}'."));
        }

        var roles = RoleNames.Read(principal.FindAll("roles").Select(claim => claim.Value));
        Guid? client = Guid.TryParseExact(principal.FindFirstValue("azp") ?? principal.FindFirstValue("appid"), "D", out var app) ? app : null;
        return new(
            new Caller(
                id,
                kind,
                kind == CallerKind.App || guest ? roles & ~Roles.PeopleOnly : roles,
                tenant,
                client,
                kind == CallerKind.App ? settings.OwnersOf(id) : ImmutableArray<PersonId>.Empty),
            null);
    }

    // acct: 1 is a guest. idp is there for accounts whose home is elsewhere.
    private static bool IsGuest(ClaimsPrincipal principal, Guid tenant) =>
        principal.FindFirstValue("acct") == "1"
        || (principal.FindFirstValue("idp") is { } home && !home.Contains(tenant.ToString("D"), StringComparison.OrdinalIgnoreCase));
}

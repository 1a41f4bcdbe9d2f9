using System.Net;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.Pages;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Governance.Functions.SignIn;

/// <summary>Admits a request to a function, or says why not.</summary>
internal sealed class Callers(SignInSettings settings, IOptionsMonitor<JwtBearerOptions> bearer, PageKeyRing keys, HttpSettings http)
{
    private static readonly string[] LocalHosts = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>Applies a function's access rule to a request whose token, if it sent one, has been validated.</summary>
    /// <param name="context">The request.</param>
    /// <param name="access">The rule.</param>
    /// <param name="cancellation">Ends when nobody waits for the answer any more.</param>
    /// <returns>The caller (null where none is needed), or the refusal.</returns>
    public async ValueTask<(Caller? Caller, IResult? Refused)> Admit(HttpContext context, Access access, CancellationToken cancellation) => access.Kind switch
    {
        AccessKind.SignedIn => await Admit(await context.AuthenticateAsync(BearerSignIn.Scheme), access, cancellation),
        AccessKind.Page => await AdmitPerson(context, access, cancellation),
        AccessKind.LocalMachine when !IsLocal(context) => (null, Problems.Forbidden("LOCAL_ONLY", "This is possible only on the machine itself.")),
        _ => (null, null),
    };

    private async ValueTask<(Caller? Caller, IResult? Refused)> Admit(AuthenticateResult signIn, Access access, CancellationToken cancellation)
    {
        if (signIn.Failure is SecurityTokenSignatureKeyNotFoundException && !await HasKeys(cancellation))
        {
            return (null, Problems.Unavailable(http.RetryAfter));
        }

        if (!signIn.Succeeded)
        {
            return (null, Problems.Unauthorized(tokenSent: signIn.Failure is not null));
        }

        return CallerClaims.Read(signIn.Principal, settings) switch
        {
            { Refused: { } refused } => (null, refused),
            { Caller: { } caller } when !access.Allows(caller) => (null, Problems.Forbidden("ROLE_MISSING", $"This needs the role {string.Join(" or ", access.Roles.Names())}.")),
            var read => (read.Caller, null),
        };
    }

    // Whoever reads is sent to sign in and comes back; what was posted cannot be brought back, and is told so.
    private async ValueTask<(Caller? Caller, IResult? Refused)> AdmitPerson(HttpContext context, Access access, CancellationToken cancellation)
    {
        await keys.Ready(cancellation);
        var session = await context.AuthenticateAsync(PageSessions.Scheme);
        if (!session.Succeeded)
        {
            return (null, HttpMethods.IsGet(context.Request.Method)
                ? new SeeOther($"/review/sign-in?return_to={Uri.EscapeDataString(context.Request.Path)}")
                : Problems.Of(StatusCodes.Status401Unauthorized, "SESSION_OVER", "Your sign-in is over and nothing was done. Sign in, and send it again."));
        }

        // Anti-forgery tokens are bound to whoever is signed in.
        context.User = session.Principal;
        return CallerClaims.ReadInBrowser(session.Principal, settings) switch
        {
            { Refused: { } refused } => (null, refused),
            { Caller: { } caller } when !access.Allows(caller) => (null, Problems.Forbidden("ROLE_MISSING", $"This needs the role {string.Join(" or ", access.Roles.Names())}.")),
            var read => (read.Caller, null),
        };
    }

    // Without the tenant's keys no token can be judged, and a client that is told "refused" would give up for good. The metadata is cached; only its absence asks again.
    private async Task<bool> HasKeys(CancellationToken cancellation)
    {
        if (bearer.Get(BearerSignIn.Scheme).ConfigurationManager is not { } metadata)
        {
            return true;
        }

        try
        {
            return (await metadata.GetConfigurationAsync(cancellation)).SigningKeys.Count > 0;
        }
        catch (InvalidOperationException)
        {
            // IDX20803: the metadata cannot be had.
            return false;
        }
    }

    // The Host header too: a page in a browser can reach this port under a name of its own (DNS rebinding). No address at all means an in-process test server.
    private static bool IsLocal(HttpContext context) =>
        (context.Connection.RemoteIpAddress is not { } remote || IPAddress.IsLoopback(remote))
        && LocalHosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase);
}

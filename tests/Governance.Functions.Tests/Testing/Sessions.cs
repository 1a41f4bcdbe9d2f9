using System.Security.Claims;
using Governance.Functions.SignIn;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Governance.Functions.Tests.Testing;

/// <summary>Cookies of signed-in people, as the app itself makes them; and those that it would not have made.</summary>
internal static class Sessions
{
    /// <summary>A Cookie header.</summary>
    /// <param name="app">Whose keys are used.</param>
    /// <param name="roles">The person's roles.</param>
    /// <param name="tenant">Null for the app's own.</param>
    /// <param name="lifetime">Null for an hour; negative for one that is over.</param>
    /// <param name="keys">Null for the app's own.</param>
    public static string Cookie(this TestApp app, Roles roles, Guid? tenant = null, TimeSpan? lifetime = null, IDataProtectionProvider? keys = null)
    {
        var options = app.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(PageSessions.Scheme);
        var claims = roles.Names().Select(role => new Claim("roles", role))
            .Append(new("oid", TestApp.Alice.ToString()))
            .Append(new("sub", TestApp.Alice.ToString()))
            .Append(new("tid", (tenant ?? app.Services.GetRequiredService<SignInSettings>().TenantId).ToString("D")));
        var now = app.Clock.GetUtcNow();
        var ticket = new AuthenticationTicket(
            new ClaimsPrincipal(new ClaimsIdentity(claims, PageSessions.Scheme)),
            new AuthenticationProperties { IssuedUtc = now, ExpiresUtc = now + (lifetime ?? TimeSpan.FromHours(1)) },
            PageSessions.Scheme);
        var format = keys is null
            ? options.TicketDataFormat
            : new TicketDataFormat(keys.CreateProtector("Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationMiddleware", PageSessions.Scheme, "v2"));
        return $"{options.Cookie.Name}={format.Protect(ticket)}";
    }
}

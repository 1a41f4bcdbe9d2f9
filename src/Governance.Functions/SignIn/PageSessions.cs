using System.Security.Claims;
using Governance.Core;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Governance.Functions.SignIn;

/// <summary>Who is signed in in a browser: an encrypted cookie that any instance of the app can read, and anti-forgery tokens for that person.</summary>
internal static class PageSessions
{
    /// <summary>The scheme's name.</summary>
    public const string Scheme = "pages";

    /// <summary>The hidden field of every form.</summary>
    public const string FormField = "anti_forgery";

    private static readonly string[] Kept = ["oid", "tid", "roles", "name", "acct", "idp"];

    /// <summary>Adds the scheme.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="settings">Whose sign-ins count.</param>
    /// <param name="keys">Where the keys of cookies and tokens are kept; null keeps them in this process alone, for apps without storage.</param>
    public static void Add(IServiceCollection services, SignInSettings settings, Func<IServiceProvider, IXmlRepository>? keys)
    {
        // On one developer's machine there is no TLS; everywhere else a cookie without it would be worth nothing.
        var development = settings.Mode == SignInMode.Development;
        var secure = development ? CookieSecurePolicy.None : CookieSecurePolicy.Always;
        var prefix = development ? "governance" : "__Host-governance";
        new AuthenticationBuilder(services).AddCookie(Scheme, cookie =>
        {
            cookie.Cookie.Name = prefix;
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SecurePolicy = secure;
            cookie.Cookie.IsEssential = true;

            // Links in Teams and mails lead here from other sites, so Lax: such a link brings the cookie along, a post does not.
            cookie.Cookie.SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Lax;
            cookie.ExpireTimeSpan = settings.Session;
            cookie.SlidingExpiration = false;
        });
        services.AddOptions<CookieAuthenticationOptions>(Scheme).Configure<TimeProvider>((cookie, clock) => cookie.TimeProvider = clock);
        services.AddAntiforgery(form =>
        {
            form.FormFieldName = FormField;
            form.HeaderName = null;
            form.Cookie = new FormCookie(!development) { Name = $"{prefix}-form", HttpOnly = true, SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Strict, SecurePolicy = CookieSecurePolicy.None, IsEssential = true };
            form.SuppressXFrameOptionsHeader = true;
        });
        Keys(services, keys);
    }

    /// <summary>Signs a person in.</summary>
    /// <param name="http">The call that is answered with the cookie.</param>
    /// <param name="claims">Of a validated token; only what pages need is kept.</param>
    /// <param name="until">When the session ends at the latest, UTC.</param>
    public static Task Begin(HttpContext http, IEnumerable<Claim> claims, DateTimeOffset until)
    {
        var kept = claims.Where(claim => Kept.Contains(claim.Type, StringComparer.Ordinal)).Select(claim => new Claim(claim.Type, claim.Value)).ToList();
        var subject = new Claim("sub", kept.Find(claim => claim.Type == "oid")?.Value ?? string.Empty);
        var identity = new ClaimsIdentity([.. kept, subject, new Claim("idtyp", "user")], Scheme, "name", "roles");
        return http.SignInAsync(Scheme, new ClaimsPrincipal(identity), new AuthenticationProperties { ExpiresUtc = until, AllowRefresh = false });
    }

    /// <summary>Ends the session in this browser.</summary>
    public static Task End(HttpContext http) => http.SignOutAsync(Scheme);

    /// <summary>What pages show of whoever is signed in.</summary>
    public static Pages.SignedInPerson Person(HttpContext http, Caller caller) => new(caller, http.User.FindFirstValue("name") ?? caller.Id.ToString(), AntiForgery(http));

    /// <summary>The hidden field that ties a form to this browser and person.</summary>
    public static Pages.Html AntiForgery(HttpContext http)
    {
        // The framework forbids caching in its own words, and complains of any that are there already.
        http.Response.Headers.Remove(HeaderNames.CacheControl);
        var tokens = http.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(http);
        http.Response.Headers.Remove(HeaderNames.Pragma);
        http.Response.Headers.CacheControl = "no-store";
        return Pages.Html.Of($"""<input type="hidden" name="{FormField}" value="{tokens.RequestToken}">""");
    }

    private static void Keys(IServiceCollection services, Func<IServiceProvider, IXmlRepository>? keys)
    {
        services.AddDataProtection().SetApplicationName("Governance");
        services.AddSingleton<PageKeyRing>();

        // It would read the keys while the app starts, before anybody wants a page.
        foreach (var eager in services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(IDataProtectionBuilder).Assembly).ToList())
        {
            services.Remove(eager);
        }

        if (keys is null)
        {
            services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
            return;
        }

        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(options => options.XmlRepository = keys(provider)));
    }

    // TLS ends in front of the app, and the framework refuses to give out such a cookie where it sees none; so Secure is written here.
    private sealed class FormCookie(bool secure) : CookieBuilder
    {
        public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
        {
            var options = base.Build(context, expiresFrom);
            options.Secure = secure;
            options.Path = "/";
            return options;
        }
    }
}

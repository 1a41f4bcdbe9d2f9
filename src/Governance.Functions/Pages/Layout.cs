using Governance.Functions.SignIn;

namespace Governance.Functions.Pages;

/// <summary>What every page has around its content.</summary>
internal static class Layout
{
    /// <summary>A whole page.</summary>
    /// <param name="title">For the browser's tab; the content has its own heading.</param>
    /// <param name="content">Begins with an <c>h1</c>.</param>
    /// <param name="person">Who is signed in; null on pages that need nobody.</param>
    public static Html Page(string title, Html content, SignedInPerson? person) => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title} – Governance</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="{Style.Address}">
        </head>
        <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header>
        <p class="brand"><a href="/review">Governance</a></p>
        {(person is null ? Html.Empty : Person(person))}
        </header>
        <main id="main" tabindex="-1">
        {content}
        </main>
        </body>
        </html>
        """);

    private static Html Person(SignedInPerson person) => Html.Of($"""
        <form method="post" action="/review/sign-out" class="person">
        <p><bdi>{person.Name}</bdi> <span class="muted">{Roles(person.Caller)}</span></p>
        {person.AntiForgery}
        <button type="submit" class="quiet">Sign out</button>
        </form>
        """);

    private static string Roles(Caller caller) => caller.Roles == SignIn.Roles.None ? "no role" : string.Join(", ", caller.Roles.Names());
}

/// <summary>Who is signed in, as pages show it.</summary>
/// <param name="Caller">Who and with which roles.</param>
/// <param name="Name">The name in the token, or the object id.</param>
/// <param name="AntiForgery">The hidden field that every form carries.</param>
internal sealed record SignedInPerson(Caller Caller, string Name, Html AntiForgery);

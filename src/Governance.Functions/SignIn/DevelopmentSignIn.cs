using System.Security.Claims;
using Governance.Core;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.Pages;
using Governance.Functions.Review;

namespace Governance.Functions.SignIn;

/// <summary>A made-up person of one developer's machine.</summary>
internal sealed record MadeUpPerson(string Name, PersonId Id, Roles Roles);

/// <summary>What the page that chooses a person is asked for.</summary>
/// <param name="ReturnTo">Where to go then; a path of the review pages.</param>
internal sealed record PeopleChoice(string ReturnTo)
{
    internal static PeopleChoice Parse(Input input) => new(ReturnPath.Read(input.Query.Text("return_to")));
}

/// <summary>Who to be, as it was chosen.</summary>
internal sealed record MadeUpWish(PersonId Id, string Name, Roles Roles, string ReturnTo);

/// <summary>Signs in in a browser on one developer's machine: whoever sits there chooses who to be. In the catalog only where sign-in is in development mode.</summary>
internal static class DevelopmentSignIn
{
    /// <summary>The people who are offered; the first two are those of the demo.</summary>
    internal static readonly IReadOnlyList<MadeUpPerson> People =
    [
        new("Pat, publisher", new(new Guid("11111111-1111-4111-8111-111111111111")), Roles.Publisher),
        new("Bo, CAB approver", new(new Guid("22222222-2222-4222-8222-222222222222")), Roles.CabApprover),
        new("Cleo, CAB approver", new(new Guid("33333333-3333-4333-8333-333333333333")), Roles.CabApprover),
        new("Sam, security reviewer", new(new Guid("44444444-4444-4444-8444-444444444444")), Roles.SecurityReviewer),
        new("Ada, auditor", new(new Guid("55555555-5555-4555-8555-555555555555")), Roles.Auditor),
        new("Max, platform administrator", new(new Guid("66666666-6666-4666-8666-666666666666")), Roles.PlatformAdmin),
    ];

    internal static Task<IResult> Show(ApiRequest request, PeopleChoice choice) => Task.FromResult<IResult>(new PageResult(Layout.Page(
        "Who are you?",
        Html.Of($"""
            <h1>Who are you?</h1>
            <p>This app runs in development mode on this machine, so you may be anybody. In the cloud, people sign in with Entra ID.</p>
            <form method="post" action="/development/sign-in">
            {PageSessions.AntiForgery(request.Http)}
            <input type="hidden" name="return_to" value="{choice.ReturnTo}">
            <fieldset class="inline">
            <legend>A person</legend>
            {Html.All(People, Person)}
            </fieldset>
            <button type="submit">Sign in</button>
            </form>
            """),
        person: null)));

    internal static MadeUpWish Parse(FormFields form)
    {
        var id = form.Parsed<PersonId>("person", "one of the people");
        var chosen = People.FirstOrDefault(person => person.Id == id);
        if (chosen is null)
        {
            form.Wrong("person", "is none of those who are offered");
        }

        return new(id, chosen?.Name ?? string.Empty, chosen?.Roles ?? Roles.None, ReturnPath.Read(form.Raw("return_to")));
    }

    internal static async Task<IResult> Begin(ApiRequest request, Posted<MadeUpWish> posted)
    {
        if (posted.Form.Errors.Count > 0)
        {
            return Problems.Invalid(posted.Form.Errors);
        }

        var (wish, settings) = (posted.Wish, request.Service<SignInSettings>());
        var claims = wish.Roles.Names().Select(role => new Claim("roles", role))
            .Append(new("oid", wish.Id.ToString()))
            .Append(new("tid", settings.TenantId.ToString("D")))
            .Append(new("name", wish.Name));
        await PageSessions.Begin(request.Http, claims, request.Now + settings.Session);
        return new SeeOther(wish.ReturnTo);
    }

    private static Html Person(MadeUpPerson person) => Html.Of($"""
        <p><input type="radio" name="person" id="person-{person.Id}" value="{person.Id}" required><label for="person-{person.Id}"> {person.Name}</label></p>
        """);
}

using System.Collections.Immutable;
using Governance.Core;
using Governance.Functions.Hosting;
using Governance.Functions.Http;

namespace Governance.Functions.SignIn;

/// <summary>Signing in on one developer's machine. In the catalog only where sign-in is in development mode.</summary>
internal static class DevelopmentFunctions
{
    /// <summary>The functions of this subject.</summary>
    public static IEnumerable<Function> All =>
    [
        Function.Post("IssueDevelopmentToken", "/development/tokens", Access.LocalMachine, TokenWish.Parse, Issue, new(
            "A development token for a person or application of your choice; on this machine only.",
            """{"object_id": "11111111-1111-4111-8111-111111111111", "kind": "user", "roles": ["Publisher"]}""",
            """{"access_token": "eyJhbGciOi…", "token_type": "Bearer", "expires_at": "2026-01-01T12:00:00Z"}""")),
        Function.Page("ShowDevelopmentSignIn", "/development/sign-in", Access.LocalMachine, PeopleChoice.Parse, DevelopmentSignIn.Show, "Chooses who to be in the browser; on this machine only."),
        Function.Form("SignInForDevelopment", "/development/sign-in", Access.LocalMachine, DevelopmentSignIn.Parse, DevelopmentSignIn.Begin, "Signs a made-up person in in this browser; on this machine only."),
    ];

    private static Task<IResult> Issue(ApiRequest request, TokenWish wish)
    {
        var (token, ends) = request.Service<DevelopmentTokens>().Issue(wish.ObjectId, wish.Kind, wish.Roles);
        return Task.FromResult(Results.Ok(new DevelopmentToken(token, "Bearer", ends)));
    }
}

/// <summary>Whom a development token is for.</summary>
internal sealed record TokenWish(PersonId ObjectId, CallerKind Kind, Roles Roles)
{
    private static readonly ImmutableSortedDictionary<string, CallerKind> Kinds =
        new[] { KeyValuePair.Create("app", CallerKind.App), KeyValuePair.Create("user", CallerKind.User) }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Reads the body.</summary>
    public static TokenWish Parse(Input input)
    {
        var words = input.Body.TextList("roles", RoleNames.Single.Length, 64);
        foreach (var unknown in words.Where(word => !RoleNames.ByName.ContainsKey(word)))
        {
            input.Body.Wrong("roles", $"'{unknown}' is not {Words.OneOf(RoleNames.ByName.Keys)}");
        }

        return new(input.Body.Id<PersonId>("object_id"), input.Body.OptionalChoice("kind", Kinds) ?? CallerKind.User, RoleNames.Read(words));
    }
}

/// <summary>A token as OAuth names its parts.</summary>
internal sealed record DevelopmentToken(string AccessToken, string TokenType, DateTimeOffset ExpiresAt);

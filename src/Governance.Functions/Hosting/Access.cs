using Governance.Functions.SignIn;

namespace Governance.Functions.Hosting;

/// <summary>Who may call an HTTP function. There is no default: a function cannot be declared without one.</summary>
/// <param name="Kind">How a caller proves who calls.</param>
/// <param name="Roles">For signed-in callers: one of these is needed.</param>
internal sealed record Access(AccessKind Kind, Roles Roles)
{
    /// <summary>Open to everybody. Health and the API description only.</summary>
    public static Access Anonymous { get; } = new(AccessKind.Anonymous, Roles.None);

    /// <summary>Called by Teams; the function itself checks the proof that the request carries.</summary>
    public static Access Teams { get; } = new(AccessKind.Teams, Roles.None);

    /// <summary>Only on the machine itself, and only in an app that signs people in with development tokens.</summary>
    public static Access LocalMachine { get; } = new(AccessKind.LocalMachine, Roles.None);

    /// <summary>Everybody who has a role at all.</summary>
    public static Access AnyRole { get; } = new(AccessKind.SignedIn, Roles.Any);

    /// <summary>Whoever has one of these roles.</summary>
    public static Access To(Roles anyOf) => new(AccessKind.SignedIn, anyOf);

    /// <summary>A page for whoever is signed in in a browser and has one of these roles.</summary>
    public static Access Page(Roles anyOf) => new(AccessKind.Page, anyOf);

    /// <summary>Says whether a signed-in caller has what is needed.</summary>
    public bool Allows(Caller caller) => caller.Has(Roles);
}

/// <summary>How a caller proves who calls.</summary>
internal enum AccessKind
{
    /// <summary>Not at all.</summary>
    Anonymous,

    /// <summary>By a bearer token.</summary>
    SignedIn,

    /// <summary>By a proof of Teams that the function checks.</summary>
    Teams,

    /// <summary>By being on the same machine.</summary>
    LocalMachine,

    /// <summary>By the cookie of a sign-in in a browser; a bearer token counts for nothing here, nor a cookie elsewhere.</summary>
    Page,
}

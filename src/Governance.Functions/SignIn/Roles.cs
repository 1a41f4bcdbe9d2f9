using System.Collections.Immutable;

namespace Governance.Functions.SignIn;

/// <summary>The app roles of the API's registration in Entra ID; a caller has any number of them.</summary>
[Flags]
internal enum Roles
{
    /// <summary>Signed in, and nothing more.</summary>
    None = 0,

    /// <summary>Submits intents and evidence.</summary>
    Publisher = 1,

    /// <summary>Decides for the change advisory board.</summary>
    CabApprover = 2,

    /// <summary>Decides on exceptions from findings and rules.</summary>
    SecurityReviewer = 4,

    /// <summary>Reads everything and exports it.</summary>
    Auditor = 8,

    /// <summary>Runs the platform.</summary>
    PlatformAdmin = 16,

    /// <summary>Every role.</summary>
    Any = Publisher | CabApprover | SecurityReviewer | Auditor | PlatformAdmin,

    /// <summary>Roles that only a person of the own organisation can have; an application or guest that is given one does not get it.</summary>
    PeopleOnly = CabApprover | SecurityReviewer | PlatformAdmin,
}

/// <summary>The roles' names in tokens.</summary>
internal static class RoleNames
{
    /// <summary>Each single role.</summary>
    public static ImmutableArray<Roles> Single { get; } =
        [Roles.Publisher, Roles.CabApprover, Roles.SecurityReviewer, Roles.Auditor, Roles.PlatformAdmin];

    /// <summary>The words of the <c>roles</c> claim.</summary>
    public static ImmutableSortedDictionary<string, Roles> ByName { get; } =
        Single.ToImmutableSortedDictionary(role => role.ToString(), role => role, StringComparer.Ordinal);

    /// <summary>Reads a <c>roles</c> claim; words that are no role of ours are left out.</summary>
    public static Roles Read(IEnumerable<string> words) =>
        words.Aggregate(Roles.None, (roles, word) => roles | ByName.GetValueOrDefault(word));

    /// <summary>The names of these roles, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> Names(this Roles roles) => [.. Single.Where(role => roles.HasFlag(role)).Select(role => role.ToString())];
}

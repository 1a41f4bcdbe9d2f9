using System.Collections.Immutable;
using Governance.Core;
using Governance.Core.Events;

namespace Governance.Functions.SignIn;

/// <summary>Who calls, as a validated token says.</summary>
/// <param name="Id">The object id in the tenant.</param>
/// <param name="Kind">A person, or an application that acts with no person.</param>
/// <param name="Roles">What the caller may do; never a people-only role for an application or guest.</param>
/// <param name="Tenant">The Entra tenant; always the configured one.</param>
/// <param name="Client">The application that got the token (<c>azp</c>); null where the token does not say.</param>
/// <param name="Owners">The registered owners of the calling service principal, from configuration: they are involved in all it submits. Empty for a person.</param>
internal sealed record Caller(PersonId Id, CallerKind Kind, Roles Roles, Guid Tenant, Guid? Client, ImmutableArray<PersonId> Owners)
{
    /// <summary>As the event log names the caller.</summary>
    public Actor Actor => Kind == CallerKind.User ? Actor.User(Id) : Actor.App(Id);

    /// <summary>Has at least one of these roles.</summary>
    public bool Has(Roles any) => (Roles & any) != Roles.None;
}

/// <summary>What a caller is.</summary>
internal enum CallerKind
{
    /// <summary>A person, through whatever client.</summary>
    User,

    /// <summary>A service principal that acts with no person.</summary>
    App,
}

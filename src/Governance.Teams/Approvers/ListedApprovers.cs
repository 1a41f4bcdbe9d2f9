using System.Collections.Immutable;
using Governance.Core;

namespace Governance.Teams.Approvers;

/// <summary>Approvers as the settings list them.</summary>
internal sealed class ListedApprovers(ImmutableArray<PersonId> listed) : IApproverDirectory
{
    private readonly ImmutableHashSet<PersonId> _listed = [.. listed];

    /// <inheritdoc/>
    public ValueTask<ApproverStanding> Find(PersonId person, CancellationToken cancellation) =>
        new(_listed.Contains(person) ? ApproverStanding.Approver : ApproverStanding.NotApprover);

    /// <inheritdoc/>
    public string? NameOf(PersonId person) => null;
}

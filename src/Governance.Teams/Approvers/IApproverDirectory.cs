using Governance.Core;

namespace Governance.Teams.Approvers;

/// <summary>Knows who may decide for the CAB now. Whoever asks takes everything but <see cref="ApproverStanding.Approver"/> for a no.</summary>
public interface IApproverDirectory
{
    /// <summary>How a person stands; as old as the configured cache at most.</summary>
    ValueTask<ApproverStanding> Find(PersonId person, CancellationToken cancellation);

    /// <summary>A person's name as the directory has it; from memory alone.</summary>
    /// <returns>Null where it is not known.</returns>
    string? NameOf(PersonId person);
}

/// <summary>How a person stands with the CAB.</summary>
public enum ApproverStanding
{
    /// <summary>The directory could not be asked.</summary>
    Unknown,

    /// <summary>Has the role.</summary>
    Approver,

    /// <summary>Does not have the role, or is no person of the tenant.</summary>
    NotApprover,

    /// <summary>A guest of the tenant.</summary>
    Guest,

    /// <summary>The account is disabled.</summary>
    Disabled,
}

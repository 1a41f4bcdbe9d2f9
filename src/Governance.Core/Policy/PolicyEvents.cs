using Governance.Core.Deployments;

namespace Governance.Core.Policy;

/// <summary>The policy check was made. Its data is the whole check, so that the score can be computed again from the event alone.</summary>
/// <param name="Revision">The revision that was checked.</param>
/// <param name="Check">Verdict, score, factors, rules, versions and every input.</param>
/// <param name="Reliances">The approved exceptions that the verdict rests on, by id.</param>
public sealed record PolicyCheckCompleted(int Revision, PolicyCheckResult Check, EquatableArray<Reliance> Reliances) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "POLICY_CHECK_COMPLETED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>A rule forbids it as it stands.</summary>
/// <param name="Revision">The revision that was checked.</param>
/// <param name="Reasons">One sentence for each rule that blocks.</param>
public sealed record PolicyBlocked(int Revision, EquatableArray<string> Reasons) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "POLICY_BLOCKED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>An exception that a check rests on; whoever asked for it is involved.</summary>
/// <param name="ExceptionId">Which exception.</param>
/// <param name="RequestedBy">Who asked for it.</param>
public sealed record Reliance(Guid ExceptionId, PersonId RequestedBy);

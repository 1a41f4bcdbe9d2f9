using Governance.Core.Rollout;

namespace Governance.Core.Remediation;

/// <summary>When a failed publish or remediation is tried again (policy.md, "Publishing and remediation").</summary>
public static class PublishRetry
{
    /// <summary>How many remediation attempts there are before a person has to look.</summary>
    public const int Attempts = 3;

    private static readonly TimeSpan[] Waits = [TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4)];

    /// <param name="failures">How often it has failed so far, 1 or more.</param>
    /// <param name="errorClass">Of the last failure; only a transient one is worth another try.</param>
    /// <param name="speed">How many times shorter the waits are, 1 or more; for demonstrations and tests.</param>
    /// <returns>How long to wait before the next try; null where there is none.</returns>
    public static TimeSpan? After(int failures, ErrorClass errorClass, int speed = 1) =>
        errorClass == ErrorClass.Transient && failures <= Waits.Length ? TimeSpan.FromTicks(Waits[failures - 1].Ticks / speed) : null;
}

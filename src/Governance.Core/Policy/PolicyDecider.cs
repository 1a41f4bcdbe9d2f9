using Governance.Core.Cab;
using Governance.Core.Deployments;
using static Governance.Core.Outcome<Governance.Core.Deployments.DeploymentEvent>;

namespace Governance.Core.Policy;

/// <summary>What a policy check does to a deployment.</summary>
public static class PolicyDecider
{
    /// <summary>Records a finished check.</summary>
    /// <returns>No event where this revision was checked already, or another one has begun since; the caller looks again.</returns>
    public static Outcome<DeploymentEvent> RecordCheck(DeploymentState state, int revision, PolicyCheckResult check, EquatableArray<Reliance> reliances, DateTimeOffset at)
    {
        if (state.Status != DeploymentStatus.Pending || state.Evidence is null || state.Revision != revision)
        {
            return Accept();
        }

        var completed = new PolicyCheckCompleted(revision, check, reliances);
        return check.Verdict switch
        {
            PolicyVerdict.Blocked => Accept(completed, new PolicyBlocked(revision, check.Reasons)),
            PolicyVerdict.CabRequired => Accept(completed, CabDecider.Submission(state with { Check = check, Reliances = reliances }, at)),
            _ => Accept(completed),
        };
    }
}

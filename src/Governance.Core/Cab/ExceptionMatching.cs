using Governance.Core.Deployments;
using Governance.Core.Policy;

namespace Governance.Core.Cab;

/// <summary>Which exceptions concern a deployment. Pure: told what the views hold, it neither reads nor waits.</summary>
public static class ExceptionMatching
{
    /// <summary>The approved exceptions for findings and rules that a check of this deployment is made with.</summary>
    /// <param name="deployment">What is checked.</param>
    /// <param name="known">The app's exceptions, in any order and status.</param>
    /// <param name="at">When the check is made, UTC.</param>
    /// <returns>Sorted by id; may be empty.</returns>
    public static EquatableArray<ApprovedException> For(DeploymentState deployment, IEnumerable<ExceptionSummary> known, DateTimeOffset at) =>
        [.. Holding(deployment, known, at).Select(exception => exception.ForCheck)];

    /// <summary>What a finished check rests on, with who asked for it: they are involved from then on.</summary>
    /// <param name="check">The check.</param>
    /// <param name="known">The exceptions that it was made with, and possibly others.</param>
    /// <exception cref="InvalidOperationException">The check names an exception that is not among <paramref name="known"/>.</exception>
    public static EquatableArray<Reliance> Reliances(PolicyCheckResult check, IEnumerable<ExceptionSummary> known)
    {
        var byId = known.ToLookup(exception => exception.Id);
        return [.. check.ExceptionIds.Select(id => RelianceOn(
            byId[id].FirstOrDefault() ?? throw new InvalidOperationException($"The check rests on exception {id}, which it was not made with.")))];
    }

    /// <summary>Whether a newly approved exception matters: whether a check with it gives another verdict than one without.</summary>
    /// <param name="request">The check of the deployment as it stands, with every exception that holds, this one included.</param>
    /// <param name="exceptionId">The new exception.</param>
    /// <param name="check">The policy engine.</param>
    public static bool Matters(PolicyCheckRequest request, Guid exceptionId, Func<PolicyCheckRequest, PolicyCheckResult> check)
    {
        var without = request with { Exceptions = [.. request.Exceptions.Where(exception => exception.Id != exceptionId)] };
        return without.Exceptions.Count < request.Exceptions.Count && check(request).Verdict != check(without).Verdict;
    }

    /// <summary>The exceptions that the deployment rests on and whose time is over, whether or not that is logged yet.</summary>
    /// <param name="deployment">As it stands.</param>
    /// <param name="known">The app's exceptions, in any order and status; one that is not among them is taken to stand.</param>
    /// <param name="at">Now, UTC.</param>
    /// <returns>In the order in which the deployment names them; may be empty.</returns>
    public static EquatableArray<Guid> Ended(DeploymentState deployment, IEnumerable<ExceptionSummary> known, DateTimeOffset at)
    {
        var over = known.Where(exception => exception.Status == ExceptionStatus.Expired || at >= exception.ExpiresAt).Select(exception => exception.Id).ToHashSet();
        return [.. deployment.Reliances.Select(used => used.ExceptionId).Where(over.Contains)];
    }

    /// <summary>What the deployment rests on once others stand in for everything that ended.</summary>
    /// <param name="deployment">A deployment that waits for an exception.</param>
    /// <param name="ended">The exceptions that ended, at least all that the deployment waits for.</param>
    /// <param name="known">The app's exceptions, in any order and status.</param>
    /// <param name="at">Now, UTC.</param>
    /// <returns>Its reliances without those that ended and with those that cover, in full, what these covered; null while something is not covered.</returns>
    public static EquatableArray<Reliance>? Replacements(
        DeploymentState deployment, IEnumerable<ExceptionSummary> ended, IEnumerable<ExceptionSummary> known, DateTimeOffset at)
    {
        var awaited = ended.Where(exception => deployment.EndedExceptions.Contains(exception.Id)).ToList();
        var holding = Holding(deployment, known, at).ToList();
        if (awaited.Select(exception => exception.Id).Distinct().Count() < deployment.EndedExceptions.Count || !awaited.All(gone => IsCovered(gone, holding)))
        {
            return null;
        }

        var standing = deployment.Reliances.Where(used => !deployment.EndedExceptions.Contains(used.ExceptionId));
        var replacing = holding.Where(exception => awaited.Any(gone => Shares(gone, exception))).Select(RelianceOn);
        return [.. standing.Concat(replacing).DistinctBy(used => used.ExceptionId)];
    }

    /// <summary>What the deployment rests on once one more exception has ended: a renewal that was approved in time stands in for it without a gap.</summary>
    /// <param name="deployment">As it stands.</param>
    /// <param name="ended">What ends now.</param>
    /// <param name="known">The app's exceptions, in any order and status, this one among them.</param>
    /// <param name="at">Now, UTC.</param>
    /// <returns>Null where something is not covered then.</returns>
    public static EquatableArray<Reliance>? StandIns(DeploymentState deployment, Guid ended, IReadOnlyCollection<ExceptionSummary> known, DateTimeOffset at) =>
        Replacements(deployment with { EndedExceptions = deployment.EndedExceptions.Add(ended) }, known, known, at);

    /// <summary>Whether approved exceptions that end later cover, in full, what this one covers.</summary>
    /// <param name="exception">For findings or a rule.</param>
    /// <param name="known">The app's exceptions, in any order and status.</param>
    public static bool IsRenewed(ExceptionState exception, IEnumerable<ExceptionSummary> known)
    {
        var own = exception.Request;
        var later = known.Where(other =>
            other.Id != exception.Id
            && other.Status == ExceptionStatus.Approved
            && other.ExpiresAt > own.ExpiresAt
            && (other.Version is null || other.Version == own.Version)
            && (other.DeploymentId is null || other.DeploymentId == own.DeploymentId)).ToList();
        return own.Kind == ExceptionKind.Rule
            ? later.Exists(other => other.Kind == ExceptionKind.Rule && other.RuleId == own.RuleId)
            : own.FindingIds.All(id => later.Exists(other => other.FindingIds.Contains(id, StringComparer.OrdinalIgnoreCase)));
    }

    /// <summary>The approved override for the step that this deployment stands in front of.</summary>
    /// <param name="deployment">As it stands.</param>
    /// <param name="known">Exceptions, in any order, kind and status.</param>
    /// <param name="at">Now, UTC.</param>
    /// <returns>Null where none holds for this deployment, revision and step.</returns>
    public static Guid? OverrideFor(DeploymentState deployment, IEnumerable<ExceptionSummary> known, DateTimeOffset at) =>
        known.FirstOrDefault(exception =>
            exception.Kind == ExceptionKind.GateOverride
            && exception.HoldsAt(at)
            && exception.DeploymentId == deployment.Id
            && exception.Revision == deployment.Revision
            && exception.FromRing == deployment.NextStep.From
            && exception.ToRing == deployment.NextStep.To)?.Id;

    private static IOrderedEnumerable<ExceptionSummary> Holding(DeploymentState deployment, IEnumerable<ExceptionSummary> known, DateTimeOffset at) =>
        known.Where(exception => exception.IsAbout(deployment) && exception.HoldsAt(at)).OrderBy(exception => exception.Id);

    private static bool IsCovered(ExceptionSummary gone, List<ExceptionSummary> holding) => gone.Kind == ExceptionKind.Rule
        ? holding.Any(exception => Shares(gone, exception))
        : gone.FindingIds.All(id => holding.Any(exception => exception.FindingIds.Contains(id, StringComparer.OrdinalIgnoreCase)));

    private static bool Shares(ExceptionSummary gone, ExceptionSummary exception) => gone.Kind == ExceptionKind.Rule
        ? exception.RuleId == gone.RuleId
        : exception.FindingIds.Any(id => gone.FindingIds.Contains(id, StringComparer.OrdinalIgnoreCase));

    private static Reliance RelianceOn(ExceptionSummary exception) => new(
        exception.Id,
        exception.Requester.Id ?? throw new InvalidOperationException($"Exception {exception.Id} was asked for by nobody; only gate overrides are."));
}

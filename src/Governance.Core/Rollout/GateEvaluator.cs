using System.Globalization;
using Governance.Core.Policy;

namespace Governance.Core.Rollout;

/// <summary>
/// Judges promotion gates. Pure. PASS is reached only when everything was asked, measured and holds: no data, no answer and
/// too early are answers of their own, and nothing promotes by default.
/// </summary>
public static class GateEvaluator
{
    // What an approved override stands in for; never an incident, a freeze, a revoked approval or missing evidence.
    private static readonly GateCondition[] Liftable =
        [GateCondition.Observation, GateCondition.Coverage, GateCondition.SuccessRate, GateCondition.NoResultsBelow];

    /// <summary>Judges one gate.</summary>
    /// <returns>
    /// FAIL where a condition is known not to hold, else UNAVAILABLE where the results could not be had, else INCONCLUSIVE where
    /// something is not known yet, else PASS. The rate fails only once the period is over and enough devices have reported.
    /// </returns>
    public static GateVerdict Judge(PromotionGates gates, GateInputs inputs)
    {
        var checks = new List<GateCheck>();
        Standing(gates, inputs, checks);
        if (inputs.Step.Kind != GateKind.Completion)
        {
            Entering(gates, inputs, checks);
        }

        var measured = Measuring.Judge(gates, inputs, checks);
        var verdict = Worst(checks);
        var open = checks.Where(check => check.Result != GateResult.Pass).ToArray();
        return new()
        {
            Step = inputs.Step,
            Verdict = verdict,
            Promotes = verdict == GateResult.Pass || (inputs.OverrideId is not null && open.All(check => Liftable.Contains(check.Condition))),
            Reason = string.Join("; ", (open.Length == 0 ? Telling(checks) : open).Select(check => check.Reason)),
            Checks = [.. checks],
            Missing = [.. open.Select(check => check.Reason)],
            Figures = measured.Figures,
            JudgedAt = inputs.Now,
            LookAgainAt = verdict == GateResult.Pass ? null : LookAgain(gates, inputs, measured, verdict, open),
            PastPeriod = measured.PastPeriod,
            OverrideId = inputs.OverrideId,
            Gates = gates.Identity,
            Speed = gates.Speed,
        };
    }

    /// <summary>Whether an approved override would let this step be taken.</summary>
    internal static bool OverrideWouldHelp(GateVerdict verdict) =>
        verdict.Causes.All(cause => Liftable.Contains(cause) || IsWaiting(cause)) && verdict.Causes.Any(cause => Liftable.Contains(cause));

    /// <summary>Whether a condition only waits for a known instant.</summary>
    internal static bool IsWaiting(GateCondition condition) => condition is GateCondition.Freeze or GateCondition.NotBefore;

    // What must stand whatever the step.
    private static void Standing(PromotionGates gates, GateInputs inputs, List<GateCheck> checks)
    {
        var incidents = Incidents(gates, inputs);
        checks.Add(new(GateCondition.Incident, incidents.Count == 0 ? GateResult.Pass : GateResult.Fail, incidents.Reason));
        checks.Add(inputs.ApprovalStands
            ? new(GateCondition.Approval, GateResult.Pass, "the approval stands")
            : new(GateCondition.Approval, GateResult.Fail, "the approval does not stand"));
        checks.Add(inputs.EndedExceptions.Count == 0
            ? new(GateCondition.Exception, GateResult.Pass, "no exception has ended")
            : new(GateCondition.Exception, GateResult.Fail, $"exceptions have ended: {string.Join(", ", inputs.EndedExceptions)}"));
    }

    // What must stand before devices are touched; the completion touches none.
    private static void Entering(PromotionGates gates, GateInputs inputs, List<GateCheck> checks)
    {
        if (inputs.NewBlocks.Count > 0)
        {
            checks.Add(new(GateCondition.NewBlock, GateResult.Fail, $"the active policy set forbids it: {string.Join("; ", inputs.NewBlocks.Select(rule => $"{rule.Title}: {rule.Reason}"))}"));
        }

        if (Conditions.MaxRing(inputs.Conditions) is { } max)
        {
            checks.Add(new(GateCondition.MaxRing, inputs.Step.To <= max ? GateResult.Pass : GateResult.Fail, $"the CAB allows rings up to {max.WireName()}"));
        }

        if (Conditions.NotAfter(inputs.Conditions) is { } latest)
        {
            checks.Add(new(GateCondition.NotAfter, inputs.Now <= latest ? GateResult.Pass : GateResult.Fail, $"the CAB allows it until {Instant(latest)}"));
        }

        if (inputs.Step.From is { } from)
        {
            Row(gates.Row(from), inputs, checks);
        }

        if (Conditions.NotBefore(inputs.Conditions) is { } earliest)
        {
            checks.Add(new(GateCondition.NotBefore, inputs.Now >= earliest ? GateResult.Pass : GateResult.Inconclusive, $"the CAB allows it from {Instant(earliest)}"));
        }

        if (inputs.Freeze is { } freeze)
        {
            checks.Add(new(GateCondition.Freeze, GateResult.Inconclusive, $"frozen until {Instant(freeze.Until)}: {freeze.Title}"));
        }
    }

    private static void Row(GateRow row, GateInputs inputs, List<GateCheck> checks)
    {
        if (row.CompleteEvidenceFor is { } ring)
        {
            var missing = inputs.Completeness?.MissingFor(ring).Select(item => item.Reason).ToArray() ?? ["no evidence is linked"];
            checks.Add(missing.Length == 0
                ? new(GateCondition.Evidence, GateResult.Pass, $"the evidence is complete for {ring.WireName()}")
                : new(GateCondition.Evidence, GateResult.Fail, $"the evidence is not complete for {ring.WireName()}: {string.Join(", ", missing)}"));
        }

        if (row.RollbackPlanValidated)
        {
            checks.Add(inputs.RollbackPlanValidated
                ? new(GateCondition.RollbackPlan, GateResult.Pass, "the rollback plan was tried with success")
                : new(GateCondition.RollbackPlan, GateResult.Fail, "the rollback plan was not tried with success"));
        }
    }

    private static (long Count, string Reason) Incidents(PromotionGates gates, GateInputs inputs)
    {
        var (count, parts) = (0L, new List<string>());
        foreach (var kind in gates.Figures.FailingIncidents)
        {
            var reported = kind switch
            {
                "minor" => inputs.Incidents.Minor,
                "moderate" => inputs.Incidents.Moderate,
                "major" => inputs.Incidents.Major,
                _ => inputs.Incidents.Security,
            };
            (count, var text) = (count + reported, reported == 0 ? $"no {kind} incident" : $"{kind} incidents: {reported}");
            parts.Add(text);
        }

        return (count, string.Join(", ", parts));
    }

    private static GateResult Worst(List<GateCheck> checks)
    {
        foreach (var result in (ReadOnlySpan<GateResult>)[GateResult.Fail, GateResult.Unavailable, GateResult.Inconclusive])
        {
            if (checks.Any(check => check.Result == result))
            {
                return result;
            }
        }

        return GateResult.Pass;
    }

    // For PASS the arithmetic is the reason; where nothing is measured, that is.
    private static IEnumerable<GateCheck> Telling(List<GateCheck> checks) =>
        checks.Where(check => check.Condition is GateCondition.SuccessRate or GateCondition.Coverage or GateCondition.Observation).Reverse();

    private static DateTimeOffset LookAgain(PromotionGates gates, GateInputs inputs, Measured measured, GateResult verdict, GateCheck[] open)
    {
        if (verdict == GateResult.Unavailable)
        {
            return gates.NextRetry(inputs.Now);
        }

        var freeze = inputs.Freeze?.Until ?? inputs.Now;
        var earliest = Conditions.NotBefore(inputs.Conditions) ?? inputs.Now;
        if (Array.TrueForAll(open, check => IsWaiting(check.Condition)))
        {
            return freeze > earliest ? freeze : earliest;
        }

        // Whichever of the known instants comes first may be all that is in the way by then.
        var next = gates.NextLook(measured.Start, measured.Observation, inputs.Now);
        return new[] { freeze, earliest }.Where(instant => instant > inputs.Now && instant < next).DefaultIfEmpty(next).Min();
    }

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

using Governance.Core.Events;

namespace Governance.Core.Policy;

/// <summary>Score and rules together: what a deployment may do. Pure; the same request always gives the same result.</summary>
public static class PolicyCheck
{
    /// <summary>Checks a deployment.</summary>
    /// <returns>The verdict with everything that led to it, ready for its event.</returns>
    public static PolicyCheckResult Run(PolicyCheckRequest request, RiskModel model, PolicySet set) =>
        Judge(EvidenceReading.Inputs(request, set), model, set);

    /// <summary>Takes from a request what checks look at, as results record it.</summary>
    public static PolicyInputs Read(PolicyCheckRequest request, PolicySet set) => EvidenceReading.Inputs(request, set);

    /// <summary>Judges recorded inputs: with the same model and set it gives the recorded result again, from the event alone.</summary>
    public static PolicyCheckResult Judge(PolicyInputs inputs, RiskModel model, PolicySet set)
    {
        var risk = model.Score(inputs);
        var rules = set.Evaluate(inputs);
        var (verdict, reasons) = Verdict(inputs, risk, rules);
        return new()
        {
            Verdict = verdict,
            Reasons = reasons,
            Score = risk.Score,
            RiskOutcome = risk.Outcome,
            Quorum = HumanKnown(inputs) ? model.QuorumFor(risk.Score) : 2,
            Model = model.Identity,
            PolicySet = set.Identity,
            Factors = risk.Factors,
            WayDown = risk.WayDown,
            Rules = rules.Rules,
            Completeness = set.CompletenessOf(inputs),
            ExceptionIds = Relied(inputs, rules),
            Inputs = inputs,
        };
    }

    /// <summary>Looks at a deployment again with the active set, before a promotion. A new set does not reach back: only a new BLOCK holds.</summary>
    /// <param name="request">As for a check now, with the exceptions that stand now.</param>
    /// <param name="set">The active set.</param>
    /// <param name="last">The check that the approval rests on.</param>
    public static PromotionCheck AtPromotion(PolicyCheckRequest request, PolicySet set, PolicyCheckResult last)
    {
        var inputs = EvidenceReading.Inputs(request, set);
        var known = last.Rules.Where(rule => rule.Fails && rule.Effect == RuleEffect.Block).Select(rule => rule.Id).ToHashSet(StringComparer.Ordinal);
        return new(
            [.. set.Evaluate(inputs).Failing(RuleEffect.Block).Where(rule => !known.Contains(rule.Id))],
            set.CompletenessOf(inputs),
            inputs.Evidence?.RollbackPlan?.Validated == true);
    }

    /// <summary>The rules in the order in which they win: a block, then whatever needs the CAB, then what the score allows.</summary>
    private static (PolicyVerdict Verdict, EquatableArray<string> Reasons) Verdict(PolicyInputs inputs, RiskAssessment risk, PolicyResult rules)
    {
        var blocks = rules.Failing(RuleEffect.Block).Select(Sentence).ToArray();
        if (blocks.Length > 0)
        {
            return (PolicyVerdict.Blocked, [.. blocks]);
        }

        var reasons = new List<string>();
        if (risk.Outcome == RiskOutcome.CabRequired)
        {
            reasons.Add(risk.OutcomeReason);
        }

        reasons.AddRange(rules.Failing(RuleEffect.RequireCab).Select(Sentence));
        if (!HumanKnown(inputs))
        {
            reasons.Add("an application submitted it and no human is known, so two approvers decide");
        }

        return reasons.Count > 0 ? (PolicyVerdict.CabRequired, [.. reasons]) : (PolicyVerdict.Allowed, [risk.OutcomeReason]);
    }

    private static string Sentence(RuleResult rule) => $"{rule.Title}: {rule.Reason}";

    // Somebody must be answerable: the caller, an owner of the calling application, or whom the build names.
    private static bool HumanKnown(PolicyInputs inputs) =>
        inputs.SubmittedBy.Kind == ActorKind.User || inputs.Owners.Count > 0 || inputs.Evidence?.RequestedBy is not null;

    private static EquatableArray<Guid> Relied(PolicyInputs inputs, PolicyResult rules)
    {
        var ids = new SortedSet<Guid>(rules.Rules.SelectMany(rule => rule.ExceptionIds));

        // The score, too, takes a critical finding under an exception for less than one without.
        foreach (var covered in inputs.Evidence?.Scan?.Covered ?? [])
        {
            if (covered.Counts.Critical > 0)
            {
                ids.Add(covered.ExceptionId);
            }
        }

        return [.. ids];
    }
}

/// <summary>What the active policy set says right before a promotion.</summary>
/// <param name="NewBlocks">Rules that block now and did not at the check.</param>
/// <param name="Completeness">Which evidence is there now.</param>
/// <param name="RollbackPlanValidated">Whether the rollback plan was tried with success.</param>
public sealed record PromotionCheck(EquatableArray<RuleResult> NewBlocks, Completeness Completeness, bool RollbackPlanValidated);

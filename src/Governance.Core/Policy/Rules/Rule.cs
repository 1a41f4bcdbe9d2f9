using Governance.Core.Evidence;

namespace Governance.Core.Policy.Rules;

/// <summary>One rule of a policy set: what stands in the file, and the condition that its kind gives it.</summary>
internal sealed record Rule(string Id, string Title, string Kind, RuleEffect Effect, Ring? FromRing, Condition Condition)
{
    /// <summary>Asks the rule; an approved exception lifts a failure and is named in the result.</summary>
    public RuleResult Ask(PolicyInputs inputs)
    {
        if (FromRing is { } from && inputs.TargetRing < from)
        {
            return Result(Answer.NotApplicable($"holds from {from.WireName()}; the target ring is {inputs.TargetRing.WireName()}", Paths.TargetRing));
        }

        var answer = Condition.Ask(inputs, Id);
        if (answer.Outcome == RuleOutcome.Fail)
        {
            foreach (var lifted in inputs.LiftedRules)
            {
                if (lifted.RuleId == Id)
                {
                    return Result(new(RuleOutcome.Pass, $"lifted by an approved exception: {answer.Reason}", answer.Path, [lifted.ExceptionId]));
                }
            }
        }

        return Result(answer);
    }

    private RuleResult Result(Answer answer) => new(Id, Title, Kind, Effect, answer.Outcome, answer.Reason, answer.Path, answer.ExceptionIds);
}

/// <summary>What a kind of rule asks, with its parameters. Pure.</summary>
internal abstract class Condition
{
    /// <summary>Whether it holds.</summary>
    /// <param name="inputs">Everything that was read.</param>
    /// <param name="ruleId">The rule that asks: what was found in an SBOM stands under it.</param>
    public abstract Answer Ask(PolicyInputs inputs, string ruleId);
}

/// <summary>A condition over the components of an SBOM: asked once of the whole pack, recorded as what it found.</summary>
internal abstract class ComponentCondition : Condition
{
    /// <summary>Why a component is denied; null where it is not.</summary>
    public abstract string? Denies(SbomComponent component);

    /// <summary>What the condition denies, in the plural.</summary>
    protected abstract string What { get; }

    /// <inheritdoc/>
    public sealed override Answer Ask(PolicyInputs inputs, string ruleId)
    {
        if (inputs.Evidence?.Sbom is not { } sbom)
        {
            return Answer.NotApplicable("no SBOM is stored to look at", Paths.Sbom);
        }

        foreach (var denied in sbom.Denied)
        {
            if (denied.RuleId == ruleId)
            {
                var more = denied.Count > denied.First.Count ? $" and {denied.Count - denied.First.Count} more" : string.Empty;
                return Answer.Fail($"{denied.Count} of {sbom.Components} components: {string.Join("; ", denied.First)}{more}", Paths.Sbom);
            }
        }

        return Answer.Pass($"none of {sbom.Components} components has {What}", Paths.Sbom);
    }
}

/// <summary>What a condition found.</summary>
internal readonly record struct Answer(RuleOutcome Outcome, string Reason, string Path, EquatableArray<Guid> ExceptionIds = default)
{
    public static Answer Pass(string reason, string path) => new(RuleOutcome.Pass, reason, path);

    public static Answer Fail(string reason, string path) => new(RuleOutcome.Fail, reason, path);

    public static Answer NotApplicable(string reason, string path) => new(RuleOutcome.NotApplicable, reason, path);

    public static Answer PassIf(bool holds, string reason, string path) => new(holds ? RuleOutcome.Pass : RuleOutcome.Fail, reason, path);
}

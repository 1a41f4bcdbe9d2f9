using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Governance.Core.Policy.Factors;

namespace Governance.Core.Policy;

/// <summary>Finds the smallest set of changes that brings a score to the limit: fewest changes, then the largest reduction.</summary>
internal static class WayDownSearch
{
    // One more than the changes of any one factor.
    private const int MaxChanges = 5;

    // Exact: factors don't influence each other, so the best of k changes is the best split of k over the factors.
    public static WayDown Find(
        PolicyInputs inputs, ReadOnlySpan<(Rubric Rubric, FactorRules Rules)> factors, EquatableArray<RiskFactor> scored, int total, int limit)
    {
        var width = 1;
        foreach (var (rubric, _) in factors)
        {
            width += rubric.Changes;
        }

        Span<Improvement> best = stackalloc Improvement[factors.Length * MaxChanges];
        Span<int> gains = stackalloc int[(factors.Length + 1) * width];
        Span<int> spent = stackalloc int[factors.Length * width];
        best.Clear();
        gains.Fill(-1);
        gains[0] = 0;
        for (var f = 0; f < factors.Length; f++)
        {
            var (rubric, rules) = factors[f];
            var options = best.Slice(f * MaxChanges, MaxChanges);
            rubric.Improve(inputs, rules, scored[f].Value, options);
            for (var k = 0; k < width; k++)
            {
                Split(gains, spent, options, rules.Weight, width, f, k);
            }
        }

        var last = gains.Slice(factors.Length * width, width);
        var needed = total - ((limit * 100) + 49);
        var changes = Cheapest(last, needed);
        return new(
            limit, last[changes] >= needed, RiskModel.Rounded(total - last[changes]), changes, Steps(inputs, factors, best, spent, width, changes));
    }

    private static void Split(Span<int> gains, Span<int> spent, ReadOnlySpan<Improvement> options, int weight, int width, int f, int k)
    {
        ref var gain = ref gains[((f + 1) * width) + k];
        for (var own = 0; own < MaxChanges && own <= k; own++)
        {
            var before = gains[(f * width) + k - own];
            var with = before < 0 || (own > 0 && options[own].Gain == 0) ? -1 : before + (options[own].Gain * weight);
            if (with > gain)
            {
                (gain, spent[(f * width) + k]) = (with, own);
            }
        }
    }

    // The fewest changes that reach what is needed; where none do, the fewest that reach the most.
    private static int Cheapest(ReadOnlySpan<int> gains, int needed)
    {
        var most = 0;
        for (var k = 0; k < gains.Length; k++)
        {
            if (gains[k] >= needed)
            {
                return k;
            }

            most = gains[k] > gains[most] ? k : most;
        }

        return most;
    }

    private static EquatableArray<WayDownStep> Steps(
        PolicyInputs inputs,
        ReadOnlySpan<(Rubric Rubric, FactorRules Rules)> factors,
        ReadOnlySpan<Improvement> best,
        ReadOnlySpan<int> spent,
        int width,
        int changes)
    {
        Span<int> own = stackalloc int[factors.Length];
        var count = 0;
        for (var f = factors.Length - 1; f >= 0; f--)
        {
            own[f] = spent[(f * width) + changes];
            changes -= own[f];
            count += own[f] > 0 ? 1 : 0;
        }

        var steps = new WayDownStep[count];
        var filled = 0;
        for (var f = 0; f < factors.Length; f++)
        {
            if (own[f] > 0)
            {
                Insert(steps.AsSpan(0, ++filled), Step(inputs, factors[f].Rubric, factors[f].Rules, best[(f * MaxChanges) + own[f]], own[f]));
            }
        }

        return new(ImmutableCollectionsMarshal.AsImmutableArray(steps));
    }

    // Largest reduction first; equal ones in the model's order.
    private static void Insert(Span<WayDownStep> steps, WayDownStep step)
    {
        var at = steps.Length - 1;
        for (; at > 0 && steps[at - 1].Reduction < step.Reduction; at--)
        {
            steps[at] = steps[at - 1];
        }

        steps[at] = step;
    }

    private static WayDownStep Step(PolicyInputs inputs, Rubric rubric, FactorRules rules, Improvement improvement, int changes)
    {
        var text = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[256]);
        var paths = new string[changes];
        var listed = 0;
        for (var change = 0; change < rubric.Changes; change++)
        {
            if ((improvement.Mask & (1 << change)) != 0)
            {
                var (what, path) = rubric.Describe(inputs, rules, change);
                text.AppendLiteral(listed == 0 ? string.Empty : ", ");
                text.AppendLiteral(what);
                paths[listed++] = path;
            }
        }

        var reduction = improvement.Gain * rules.Weight;
        text.AppendLiteral(": −");
        text.AppendFormatted(reduction / 100);
        if (reduction % 100 != 0)
        {
            text.AppendLiteral(".");
            text.AppendFormatted(reduction % 10 == 0 ? reduction % 100 / 10 : reduction % 100, reduction % 10 == 0 ? "0" : "00");
        }

        return new(rubric.Name, text.ToStringAndClear(), reduction, new(ImmutableCollectionsMarshal.AsImmutableArray(paths)));
    }
}

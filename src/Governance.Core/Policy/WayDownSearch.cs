using Governance.Core.Policy.Factors;

namespace Governance.Core.Policy;

/// <summary>Finds the smallest set of changes that brings a score to the limit: fewest changes, then the largest reduction.</summary>
internal static class WayDownSearch
{
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

    private const int MaxChanges = 5;

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
        var steps = new List<WayDownStep>();
        for (var f = factors.Length - 1; f >= 0; f--)
        {
            var own = spent[(f * width) + changes];
            changes -= own;
            if (own > 0)
            {
                var (rubric, rules) = factors[f];
                var improvement = best[(f * MaxChanges) + own];
                var described = new List<(string Text, string Path)>(own);
                rubric.Describe(inputs, rules, improvement.Mask, described);
                var reduction = improvement.Gain * rules.Weight;
                steps.Add(new(rubric.Name, $"{string.Join(", ", described.Select(change => change.Text))}: −{Points(reduction)}", reduction, [.. described.Select(change => change.Path)]));
            }
        }

        steps.Reverse();
        return [.. steps.OrderByDescending(step => step.Reduction)];
    }

    private static string Points(int hundredths) => (hundredths / 100, hundredths % 100) switch
    {
        (var whole, 0) => $"{whole}",
        (var whole, var rest) when rest % 10 == 0 => $"{whole}.{rest / 10}",
        (var whole, var rest) => $"{whole}.{rest:00}",
    };
}

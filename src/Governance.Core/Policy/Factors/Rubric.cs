using System.Collections.Immutable;

namespace Governance.Core.Policy.Factors;

/// <summary>The rule of one risk factor: which condition of its rubric holds. The figures are the model's.</summary>
internal abstract class Rubric
{
    /// <summary>The factor's name in models and results.</summary>
    public abstract string Name { get; }

    /// <summary>The conditions that a model must give a value, in the order of the judging indices.</summary>
    public abstract ImmutableArray<string> Conditions { get; }

    /// <summary>The whole numbers that a model must give beside them.</summary>
    public virtual ImmutableArray<string> Parameters => [];

    /// <summary>How many changes of evidence could lower the factor; 0 where the submitter cannot change it.</summary>
    public virtual int Changes => 0;

    /// <summary>Which condition holds, with the reason.</summary>
    public abstract Assessed Assess(PolicyInputs inputs, FactorRules rules);

    /// <summary>For each number of changes 1 to <see cref="Changes"/>, at that index, the set of changes that lowers the value most.</summary>
    public virtual void Improve(PolicyInputs inputs, FactorRules rules, int value, Span<Improvement> best)
    {
    }

    /// <summary>Says what one change is: what to do, and which part of the evidence would have to change.</summary>
    public virtual (string Text, string Path) Describe(PolicyInputs inputs, FactorRules rules, int change) =>
        throw new ArgumentOutOfRangeException(nameof(change), change, "This factor has no changes.");
}

/// <summary>A rubric over a few stated facts: judged from them alone, so it can be asked "what if".</summary>
/// <typeparam name="TReading">The facts; null members were not stated.</typeparam>
internal abstract class Rubric<TReading> : Rubric
    where TReading : struct, IEquatable<TReading>
{
    /// <inheritdoc/>
    public sealed override int Changes => Options.Length;

    /// <summary>The changes of evidence that can lower the factor.</summary>
    protected abstract ImmutableArray<Change<TReading>> Options { get; }

    /// <inheritdoc/>
    public sealed override Assessed Assess(PolicyInputs inputs, FactorRules rules)
    {
        var reading = Read(inputs);
        var judged = Judge(reading, rules);
        return new(ValueOf(judged, rules), Reason(reading, judged, rules), judged.Path);
    }

    /// <inheritdoc/>
    public sealed override void Improve(PolicyInputs inputs, FactorRules rules, int value, Span<Improvement> best)
    {
        var reading = Read(inputs);
        var options = Options.AsSpan();
        for (var mask = 1; mask < 1 << options.Length; mask++)
        {
            var (changed, count, whole) = (reading, 0, true);
            for (var option = 0; option < options.Length && whole; option++)
            {
                if ((mask & (1 << option)) != 0)
                {
                    var next = options[option].Apply(changed);
                    (whole, changed, count) = (!next.Equals(changed), next, count + 1);
                }
            }

            var gain = whole ? value - ValueOf(Judge(changed, rules), rules) : 0;
            if (gain > best[count].Gain)
            {
                best[count] = new(gain, mask);
            }
        }
    }

    /// <inheritdoc/>
    public sealed override (string Text, string Path) Describe(PolicyInputs inputs, FactorRules rules, int change) =>
        (Options[change].Text(Read(inputs), rules), Options[change].Path);

    /// <summary>Takes what the factor looks at.</summary>
    protected abstract TReading Read(PolicyInputs inputs);

    /// <summary>The rubric itself.</summary>
    protected abstract Judged Judge(TReading reading, FactorRules rules);

    /// <summary>The sentence for the result.</summary>
    protected virtual string Reason(TReading reading, Judged judged, FactorRules rules) =>
        judged.Unstated ?? rules.When[judged.Condition];

    // What the evidence does not state takes the factor's worst value.
    private static int ValueOf(Judged judged, FactorRules rules) => judged.Unstated is null ? rules.Values[judged.Condition] : rules.Worst;
}

/// <summary>The condition that holds, or what is not stated.</summary>
/// <param name="Condition">Index into the rubric's conditions.</param>
/// <param name="Path">JSON path of what decided.</param>
/// <param name="Unstated">The whole reason where something needed is not stated; null where all is.</param>
internal readonly record struct Judged(int Condition, string Path, string? Unstated = null)
{
    /// <summary>Nothing can be judged because this is not stated.</summary>
    public static Judged NotStated(string path, string reason) => new(-1, path, reason);
}

/// <summary>A factor's value with its reason.</summary>
internal readonly record struct Assessed(int Value, string Reason, string Path);

/// <summary>The largest gain of a number of changes, in hundredths of the value, and which changes.</summary>
internal readonly record struct Improvement(int Gain, int Mask);

/// <summary>One change of the evidence.</summary>
/// <param name="Path">The part that would have to change.</param>
/// <param name="Text">What to do.</param>
/// <param name="Apply">The facts after it; equal facts mean that there is nothing to change.</param>
internal sealed record Change<TReading>(string Path, Func<TReading, FactorRules, string> Text, Func<TReading, TReading> Apply);

/// <summary>A factor's figures in one model.</summary>
internal sealed class FactorRules(int weight, int[] values, string[] when, IReadOnlyDictionary<string, int> parameters)
{
    /// <summary>Points at value 100.</summary>
    public int Weight { get; } = weight;

    /// <summary>Hundredths, by condition.</summary>
    public int[] Values { get; } = values;

    /// <summary>The rubric's words, by condition.</summary>
    public string[] When { get; } = when;

    /// <summary>The largest of <see cref="Values"/>.</summary>
    public int Worst { get; } = values.Length == 0 ? 0 : values.Max();

    /// <summary>The further figures, by name.</summary>
    public IReadOnlyDictionary<string, int> Parameters { get; } = parameters;
}

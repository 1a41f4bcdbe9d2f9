using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Governance.Core.Evidence;
using Governance.Core.Policy.Factors;

namespace Governance.Core.Policy;

/// <summary>
/// A versioned risk model: eight factors with rubrics and weights. The score is the sum of weight × value, in hundredths
/// and whole numbers throughout, so the same inputs give the same score on every machine.
/// </summary>
public sealed class RiskModel
{
    private readonly ImmutableArray<(Rubric Rubric, FactorRules Rules)> _factors;
    private readonly ImmutableArray<ToolCategory> _cabCategories;

    internal RiskModel(
        DataVersion identity,
        ReadOnlyMemory<byte> source,
        int automatedMax,
        int singleQuorumMax,
        ImmutableArray<ToolCategory> cabCategories,
        ImmutableArray<(Rubric Rubric, FactorRules Rules)> factors)
    {
        (Identity, Source, AutomatedMaxScore, SingleQuorumMaxScore) = (identity, source, automatedMax, singleQuorumMax);
        (_cabCategories, _factors) = (cabCategories, factors);
    }

    /// <summary>The model that is part of this program.</summary>
    public static RiskModel V1 { get; } = Load(DataFile.Embedded("risk-model-v1.0.json")).OrThrow("risk-model-v1.0.json");

    /// <summary>Version and digest, as every check records them.</summary>
    public DataVersion Identity { get; }

    /// <summary>The file as it was read, UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Source { get; }

    /// <summary>The highest score that needs no person.</summary>
    public int AutomatedMaxScore { get; }

    /// <summary>The highest score for which one approval is enough; above it two different people approve.</summary>
    public int SingleQuorumMaxScore { get; }

    /// <summary>Reads a model.</summary>
    /// <param name="json">UTF-8 JSON; the caller leaves the bytes unchanged.</param>
    /// <returns>The model, or every problem of the file: weights that don't sum to 100, values outside 0 to 1, unknown or missing factors, conditions and members.</returns>
    public static Loaded<RiskModel> Load(ReadOnlyMemory<byte> json) => RiskModelFile.Read(json);

    /// <summary>Approvals needed from different people at this score, 1 or 2.</summary>
    public int QuorumFor(int score) => score <= SingleQuorumMaxScore ? 1 : 2;

    /// <summary>Scores a deployment. What the evidence does not state takes the factor's worst value, and the reason says so.</summary>
    /// <returns>The score with every factor and the way down; allocates nothing else.</returns>
    public RiskAssessment Score(PolicyInputs inputs)
    {
        var scored = new RiskFactor[_factors.Length];
        var total = 0;
        for (var f = 0; f < scored.Length; f++)
        {
            var (rubric, rules) = _factors[f];
            var assessed = rubric.Assess(inputs, rules);
            var contribution = assessed.Value * rules.Weight;
            total += contribution;
            scored[f] = new(rubric.Name, assessed.Value, rules.Weight, contribution, assessed.Reason, assessed.Path);
        }

        var score = Rounded(total);
        var category = inputs.Evidence?.Behaviour?.ToolCategory;
        var (outcome, reason) = score > AutomatedMaxScore
            ? (RiskOutcome.CabRequired, $"score {score} is above {AutomatedMaxScore}")
            : category is { } tool && _cabCategories.Contains(tool)
                ? (RiskOutcome.CabRequired, $"a {ToolCategories.WireName(tool)} tool needs the CAB whatever the score, which is {score}")
                : (RiskOutcome.AutomatedAllowed, $"score {score} is at most {AutomatedMaxScore}");
        var factors = new EquatableArray<RiskFactor>(ImmutableCollectionsMarshal.AsImmutableArray(scored));
        var wayDown = score > AutomatedMaxScore ? WayDownSearch.Find(inputs, _factors.AsSpan(), factors, total, AutomatedMaxScore) : null;
        return new(score, outcome, reason, factors, wayDown);
    }

    /// <summary>Hundredths of a point to points, half up, 0 to 100.</summary>
    internal static int Rounded(int hundredths) => Math.Clamp((hundredths + 50) / 100, 0, 100);
}

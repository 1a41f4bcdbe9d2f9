using System.Collections.Immutable;
using Governance.Core.Policy.Factors;

namespace Governance.Core.Policy;

/// <summary>Reads and validates a risk model's file.</summary>
internal static class RiskModelFile
{
    // What can be scored at all; a model gives the figures and the order.
    private static readonly ImmutableArray<Rubric> Rubrics =
    [
        new PrivilegeImpact(), new SupplyChainTrust(), new Exploitability(), new DataReach(),
        new SbomVulnerability(), new BlastRadius(), new OperationalComplexity(), new TrackRecord(),
    ];

    /// <inheritdoc cref="RiskModel.Load"/>
    public static Loaded<RiskModel> Read(ReadOnlyMemory<byte> json) => DataFile.Read<RiskModel>(json, (root, identity) =>
    {
        root.Only("version", "automated_max_score", "single_quorum_max_score", "cab_tool_categories", "factors");
        var automatedMax = root.Integer("automated_max_score", 0, 100);
        var singleQuorumMax = root.Integer("single_quorum_max_score", 0, 100);
        var categories = root.Items("cab_tool_categories").Select(item => item.Word(ToolCategories.ByName)).ToImmutableArray();
        var factors = root.Objects("factors").Select(Factor).ToImmutableArray();
        Complete(root, factors);
        return new(identity, json, automatedMax, singleQuorumMax, categories, Known(factors));
    });

    private static (Rubric? Rubric, FactorRules Rules) Factor(DataNode node)
    {
        node.Only("name", "weight", "conditions", "parameters");
        var name = node.Text("name");
        var rubric = Rubrics.FirstOrDefault(known => known.Name == name);
        if (rubric is null)
        {
            node.Problem($"'{name}' is no factor; known are {string.Join(", ", Rubrics.Select(known => known.Name))}.");
        }

        var weight = node.Integer("weight", 0, 100);
        var (values, when) = Conditions(node, rubric);
        return (rubric, new(weight, values, when, Parameters(node, rubric)));
    }

    private static (int[] Values, string[] When) Conditions(DataNode node, Rubric? rubric)
    {
        var known = rubric?.Conditions ?? [];
        var (values, when, seen) = (new int[known.Length], new string[known.Length], new bool[known.Length]);
        foreach (var condition in node.Objects("conditions"))
        {
            condition.Only("id", "when", "value");
            var (id, words, value) = (condition.Text("id"), condition.Text("when"), condition.Hundredths("value"));
            var index = known.IndexOf(id);
            if (index >= 0 && !seen[index])
            {
                (values[index], when[index], seen[index]) = (value, words, true);
            }
            else if (rubric is not null)
            {
                condition.Problem(index >= 0 ? $"'{id}' stands here twice." : $"'{id}' is no condition of {rubric.Name}; known are {string.Join(", ", known)}.");
            }
        }

        foreach (var missing in known.Where((_, index) => !seen[index]))
        {
            node.Problem($"condition '{missing}' is missing.");
        }

        return (values, when);
    }

    private static Dictionary<string, int> Parameters(DataNode node, Rubric? rubric)
    {
        var names = rubric?.Parameters ?? [];
        if (rubric is null || (names.IsEmpty && !node.Has("parameters")))
        {
            return [];
        }

        var parameters = node.Object("parameters");
        parameters.Only(names.AsSpan());
        return names.ToDictionary(name => name, name => parameters.Integer(name, 0, 1_000_000));
    }

    private static ImmutableArray<(Rubric Rubric, FactorRules Rules)> Known(ImmutableArray<(Rubric? Rubric, FactorRules Rules)> factors)
    {
        var known = ImmutableArray.CreateBuilder<(Rubric, FactorRules)>(factors.Length);
        foreach (var (rubric, rules) in factors)
        {
            if (rubric is not null)
            {
                known.Add((rubric, rules));
            }
        }

        return known.ToImmutable();
    }

    private static void Complete(DataNode root, ImmutableArray<(Rubric? Rubric, FactorRules Rules)> factors)
    {
        foreach (var rubric in Rubrics)
        {
            var count = factors.Count(factor => factor.Rubric == rubric);
            if (count != 1)
            {
                root.Problem(count == 0 ? $"factor '{rubric.Name}' is missing." : $"factor '{rubric.Name}' stands here {count} times.");
            }
        }

        var sum = factors.Sum(factor => factor.Rules.Weight);
        if (sum != 100)
        {
            root.Problem($"the weights sum to {sum}, not to 100.");
        }
    }
}

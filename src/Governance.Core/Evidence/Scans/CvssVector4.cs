using System.Collections.Immutable;
using System.Globalization;

namespace Governance.Core.Evidence.Scans;

/// <summary>
/// Base scores of CVSS 4.0 vectors: the score of the vector's macro vector, less its way towards the next lower ones. Threat and environmental metrics are passed over, so exploitation counts as
/// attacked and every requirement as high. Source: the specification of CVSS 4.0, section 8, with its table of macro vectors.
/// </summary>
internal static class CvssVector4
{
    // Tenths, by the digits of EQ1 to EQ6 in their order; empty where there is no such macro vector.
    private static readonly ImmutableArray<int?> Table =
    [
        .. string.Join(',',
        "100,99,98,95,95,92,100,96,93,87,91,81,93,90,89,80,81,68",
        "98,95,95,92,90,84,93,92,89,81,81,65,88,80,78,70,69,48",
        ",92,,82,,72,,79,,69,,50,,69,,55,,27",
        "99,97,95,92,92,85,95,91,90,83,84,71,92,81,82,71,72,53",
        "95,93,92,85,85,73,92,82,80,72,70,59,84,70,71,52,50,30",
        ",86,,75,,52,,71,,52,,29,,63,,29,,17",
        "98,95,94,87,91,81,94,89,86,74,77,64,87,75,74,63,63,49",
        "94,89,88,77,76,67,86,76,74,58,59,50,72,57,57,52,52,25",
        ",83,,70,,54,,65,,58,,26,,53,,21,,13",
        "95,90,88,76,76,70,90,77,75,62,61,53,77,66,68,59,52,30",
        "89,78,76,67,62,58,74,59,57,57,47,23,61,52,57,29,24,16",
        ",71,,59,,30,,58,,26,,15,,23,,13,,6",
        "93,87,86,72,75,58,86,74,74,61,56,34,70,54,52,40,40,22",
        "85,75,74,55,62,51,72,57,55,41,46,19,53,36,34,19,19,8",
        ",64,,51,,20,,47,,21,,11,,24,,9,,4",
        "88,75,73,53,60,50,73,55,59,40,41,20,54,43,45,22,20,11",
        "75,55,58,45,40,21,61,51,48,18,20,9,46,18,17,7,8,2",
        ",53,,24,,14,,24,,12,,5,,10,,3,,1")
        .Split(',').Select(text => text.Length == 0 ? (int?)null : int.Parse(text, CultureInfo.InvariantCulture)),
    ];

    // The most severe vectors of each class, as levels that grow with harmlessness, and how deep each class is.
    private static readonly int[][][] Eq1 = [[[0, 0, 0]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[3, 0, 0], [1, 1, 1]]];
    private static readonly int[][][] Eq2 = [[[0, 0]], [[1, 0], [0, 1]]];
    private static readonly int[][][] Eq3 = [[[0, 0, 0]], [[1, 0, 0], [0, 1, 0]], [[1, 1, 1]]];
    private static readonly int[][][] Eq4 = [[], [[1, 1, 1]], [[2, 2, 2]]];
    private static readonly int[] Depth1 = [1, 4, 5];
    private static readonly int[] Depth2 = [1, 2];
    private static readonly int[] Depth3 = [7, 8, 10];
    private static readonly int[] Depth4 = [6, 5, 4];

    /// <summary>The base score, 0.0 to 10.0; null where a base metric is missing or has no such value.</summary>
    internal static double? BaseScore(IReadOnlyDictionary<string, string> metrics)
    {
        var exploitability = Levels(metrics, ("AV", "NALP"), ("PR", "NLH"), ("UI", "NPA"));
        var complexity = Levels(metrics, ("AC", "LH"), ("AT", "NP"));
        var system = Levels(metrics, ("VC", "HLN"), ("VI", "HLN"), ("VA", "HLN"));
        var subsequent = Levels(metrics, ("SC", "HLN"), ("SI", "HLN"), ("SA", "HLN"));
        if (exploitability is null || complexity is null || system is null || subsequent is null)
        {
            return null;
        }

        if (system.Concat(subsequent).All(level => level == 2))
        {
            return 0;
        }

        // Subsequent systems have one level above high, for safety, which only an environmental metric reaches.
        subsequent = [.. subsequent.Select(level => level + 1)];
        var eq1 = exploitability.All(level => level == 0) ? 0 : exploitability[0] != 3 && exploitability.Contains(0) ? 1 : 2;
        var eq2 = complexity.All(level => level == 0) ? 0 : 1;
        var eq3 = system[0] == 0 && system[1] == 0 ? 0 : system.Contains(0) ? 1 : 2;
        var eq4 = subsequent.Contains(1) ? 1 : 2;
        var eq6 = system.Contains(0) ? 0 : 1;
        var score = At(eq1, eq2, eq3, eq4, 0, eq6)!.Value;

        // Of two ways down from 0,0 the one that loses less; from 2,1 there is none.
        var lower3 = (eq3, eq6) switch
        {
            (0, 0) => Greater(At(eq1, eq2, 0, eq4, 0, 1), At(eq1, eq2, 1, eq4, 0, 0)),
            (1, 0) => At(eq1, eq2, 1, eq4, 0, 1),
            _ => null,
        };
        double?[] losses =
        [
            Loss(score, At(eq1 + 1, eq2, eq3, eq4, 0, eq6), Distance(exploitability, Eq1[eq1]), Depth1[eq1]),
            Loss(score, At(eq1, eq2 + 1, eq3, eq4, 0, eq6), Distance(complexity, Eq2[eq2]), Depth2[eq2]),
            Loss(score, lower3, Distance(system, Eq3[eq3]), Depth3[eq3]),
            Loss(score, At(eq1, eq2, eq3, eq4 + 1, 0, eq6), Distance(subsequent, Eq4[eq4]), Depth4[eq4]),
            Loss(score, At(eq1, eq2, eq3, eq4, 1, eq6), 0, 1),
        ];
        var mean = losses.OfType<double>().DefaultIfEmpty(0).Average();
        return Math.Clamp(Math.Floor(score - mean + 0.5 + 1e-6), 0, 100) / 10;
    }

    private static int[]? Levels(IReadOnlyDictionary<string, string> metrics, params ReadOnlySpan<(string Name, string Values)> wanted)
    {
        var levels = new int[wanted.Length];
        for (var at = 0; at < wanted.Length; at++)
        {
            levels[at] = metrics.GetValueOrDefault(wanted[at].Name) is { Length: 1 } value ? wanted[at].Values.IndexOf(value[0], StringComparison.Ordinal) : -1;
            if (levels[at] < 0)
            {
                return null;
            }
        }

        return levels;
    }

    private static int Distance(int[] levels, int[][] mostSevere)
    {
        var from = mostSevere.First(most => most.Zip(levels).All(pair => pair.First <= pair.Second));
        return levels.Sum() - from.Sum();
    }

    private static double? Loss(int score, int? lower, int distance, int depth) => lower is { } next ? (double)(score - next) * distance / depth : null;

    private static int? Greater(int? one, int? other) => one is { } a && other is { } b ? Math.Max(a, b) : one ?? other;

    private static int? At(int eq1, int eq2, int eq3, int eq4, int eq5, int eq6) => eq1 > 2 || eq2 > 1 || eq3 > 2 || eq4 > 2 || eq5 > 2 || eq6 > 1
        ? null
        : Table[(((((((((eq1 * 2) + eq2) * 3) + eq3) * 3) + eq4) * 3) + eq5) * 2) + eq6];
}

using System.Collections.Immutable;

namespace Governance.Core.Policy.Rules;

/// <summary>A set of versions: comparisons that all hold, or one of several such lists: <c>&gt;=2.0 &lt;2.17.1 || =3.0-beta1</c>.</summary>
internal sealed class DeniedVersions
{
    private static readonly string[] Operators = [">=", "<=", ">", "<", "="];

    private readonly ImmutableArray<ImmutableArray<(string Operator, string Version)>> _alternatives;

    private DeniedVersions(ImmutableArray<ImmutableArray<(string Operator, string Version)>> alternatives) => _alternatives = alternatives;

    /// <summary>Reads a range; null where it is none.</summary>
    public static DeniedVersions? TryParse(string text)
    {
        var alternatives = ImmutableArray.CreateBuilder<ImmutableArray<(string, string)>>();
        foreach (var alternative in text.Split("||"))
        {
            var comparisons = ImmutableArray.CreateBuilder<(string, string)>();
            foreach (var comparison in alternative.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var sign = Operators.FirstOrDefault(known => comparison.StartsWith(known, StringComparison.Ordinal));
                if (sign is null || comparison.Length == sign.Length || !char.IsLetterOrDigit(comparison[sign.Length]))
                {
                    return null;
                }

                comparisons.Add((sign, comparison[sign.Length..]));
            }

            if (comparisons.Count == 0)
            {
                return null;
            }

            alternatives.Add(comparisons.ToImmutable());
        }

        return new(alternatives.ToImmutable());
    }

    /// <summary>Whether a version is in the set.</summary>
    public bool Contains(string version) => _alternatives.Any(comparisons => comparisons.All(comparison =>
    {
        var order = VersionOrder.Compare(version, comparison.Version);
        return comparison.Operator switch
        {
            ">=" => order >= 0,
            "<=" => order <= 0,
            ">" => order > 0,
            "<" => order < 0,
            _ => order == 0,
        };
    }));
}

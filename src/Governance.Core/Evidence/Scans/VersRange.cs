using System.Collections.Frozen;
using Governance.Core.Policy.Rules;

namespace Governance.Core.Evidence.Scans;

/// <summary>Version ranges in <c>vers:</c> notation, for example <c>vers:npm/&gt;=1.2.0|&lt;2.0.0</c>.</summary>
/// <remarks>
/// One order serves all ecosystems whose versions it fits. A range of another ecosystem, or one that cannot be read, contains nothing but
/// the versions it spells out: a statement in doubt silences no finding.
/// </remarks>
internal static class VersRange
{
    private static readonly FrozenSet<string> Comparable =
        FrozenSet.ToFrozenSet(["semver", "npm", "cargo", "golang", "nuget", "pypi", "gem", "composer", "maven", "generic", "hex", "pub"], StringComparer.Ordinal);

    /// <summary>Whether a version lies in a range.</summary>
    public static bool Contains(string? range, string version)
    {
        if (range is null || !range.StartsWith("vers:", StringComparison.Ordinal) || range.IndexOf('/', StringComparison.Ordinal) is not (> 5 and var slash))
        {
            return false;
        }

        var constraints = range[(slash + 1)..].Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (constraints is ["*"] || constraints.Any(c => c.TrimStart('=') == version))
        {
            return true;
        }

        return Comparable.Contains(range[5..slash]) && LiesBetween(constraints, version);
    }

    // Bounds come in order; each upper bound closes the interval that the last lower one opened.
    private static bool LiesBetween(string[] constraints, string version)
    {
        var above = true;
        var open = false;
        var inside = false;
        foreach (var constraint in constraints)
        {
            var (comparison, text) = Split(constraint);
            var order = VersionOrder.Compare(version, Uri.UnescapeDataString(text));
            switch (comparison)
            {
                case "=" when order == 0:
                    return true;
                case "!=" when order == 0:
                    return false;
                case ">" or ">=":
                    above = order > 0 || (order == 0 && comparison == ">=");
                    open = true;
                    break;
                case "<" or "<=":
                    inside |= above && (order < 0 || (order == 0 && comparison == "<="));
                    open = false;
                    break;
            }
        }

        return inside || (open && above);
    }

    private static (string Comparison, string Version) Split(string constraint)
    {
        foreach (var comparison in (ReadOnlySpan<string>)[">=", "<=", "!=", ">", "<"])
        {
            if (constraint.StartsWith(comparison, StringComparison.Ordinal))
            {
                return (comparison, constraint[comparison.Length..].Trim());
            }
        }

        return ("=", constraint.TrimStart('=').Trim());
    }
}

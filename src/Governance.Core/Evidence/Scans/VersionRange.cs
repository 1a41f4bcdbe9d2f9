using System.Collections.Frozen;

namespace Governance.Core.Evidence.Scans;

/// <summary>Version ranges in <c>vers:</c> notation, for example <c>vers:npm/&gt;=1.2.0|&lt;2.0.0</c>.</summary>
/// <remarks>
/// Versions are compared part by part, numbers as numbers and words as words, with a pre-release before its release. That fits semantic
/// versions and dotted numbers. A range that needs more, or cannot be read, contains nothing: a statement in doubt silences no finding.
/// </remarks>
internal static class VersionRange
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
            var order = Compare(version, Uri.UnescapeDataString(text));
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

    /// <summary>Orders two versions: negative, zero or positive.</summary>
    public static int Compare(string left, string right)
    {
        var (leftCore, leftPre) = Parts(left);
        var (rightCore, rightPre) = Parts(right);
        var core = CompareLists(leftCore, rightCore, missing: "0");
        if (core != 0)
        {
            return core;
        }

        return (leftPre.Length, rightPre.Length) switch
        {
            (0, 0) => 0,
            (0, _) => 1,
            (_, 0) => -1,
            _ => CompareLists(leftPre, rightPre, missing: null),
        };
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

    // What follows a plus sign is build information and orders nothing.
    private static (string[] Core, string[] Pre) Parts(string version)
    {
        var plain = version.Split('+')[0].TrimStart('v', 'V');
        var dash = plain.IndexOf('-', StringComparison.Ordinal);
        return dash < 0 ? (plain.Split('.'), []) : (plain[..dash].Split('.'), plain[(dash + 1)..].Split('.', '-'));
    }

    private static int CompareLists(string[] left, string[] right, string? missing)
    {
        for (var i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            var l = i < left.Length ? left[i] : missing;
            var r = i < right.Length ? right[i] : missing;
            var order = l is null || r is null ? (l is null ? -1 : 1) : ComparePart(l, r);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static int ComparePart(string left, string right)
    {
        var leftIsNumber = left.Length > 0 && left.All(char.IsAsciiDigit);
        var rightIsNumber = right.Length > 0 && right.All(char.IsAsciiDigit);
        if (leftIsNumber && rightIsNumber)
        {
            var l = left.TrimStart('0');
            var r = right.TrimStart('0');
            return l.Length != r.Length ? l.Length.CompareTo(r.Length) : string.CompareOrdinal(l, r);
        }

        return leftIsNumber == rightIsNumber ? string.CompareOrdinal(left, right) : leftIsNumber ? -1 : 1;
    }
}

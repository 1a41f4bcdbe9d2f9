using System.Collections.Immutable;

namespace Governance.Core.Evidence.Scans;

/// <summary>Which versions of a package a statement is about.</summary>
/// <param name="Versions">Empty: all of them.</param>
internal sealed record VersionCoverage(ImmutableArray<CoveredVersion> Versions)
{
    public static VersionCoverage All { get; } = new([]);

    /// <summary>What the statement says of one version; null where it says nothing.</summary>
    public VersionStatus? Of(string? version)
    {
        if (Versions.IsEmpty)
        {
            return VersionStatus.Affected;
        }

        foreach (var covered in Versions)
        {
            if (version is not null && covered.Covers(version))
            {
                return covered.Status;
            }
        }

        return null;
    }
}

/// <summary>One version, or a range in <c>vers:</c> notation, with its status.</summary>
internal sealed record CoveredVersion(string? Version, string? Range, VersionStatus Status)
{
    public bool Covers(string version) => Version is not null ? Version == version : VersRange.Contains(Range, version);
}

/// <summary>Whether a version has the vulnerability.</summary>
internal enum VersionStatus
{
    Affected,
    Unaffected,
    Unknown,
}

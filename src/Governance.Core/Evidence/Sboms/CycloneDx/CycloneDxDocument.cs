using System.Collections.Immutable;
using Governance.Core.Evidence.Scans;

namespace Governance.Core.Evidence.Sboms.CycloneDx;

/// <summary>A CycloneDX document, which may be an SBOM, a scan report, a VEX document, or all of them.</summary>
internal sealed record CycloneDxDocument
{
    public required string SpecVersion { get; init; }

    public required SbomFacts Facts { get; init; }

    public required SbomQuality Quality { get; init; }

    public SbomRoot? Root { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>The tool that made it.</summary>
    public string? Tool { get; init; }

    /// <summary>The organisation or person that answers for it, where it names one.</summary>
    public string? Author { get; init; }

    /// <summary>Null where the document has no such list, which is not the same as an empty one.</summary>
    public ImmutableArray<CycloneDxVulnerability>? Vulnerabilities { get; init; }

    /// <summary>As an SBOM. An empty list of vulnerabilities does not say that anybody looked for some.</summary>
    public SbomDocument ToSbom() => new(Facts, Root, Timestamp, Quality, Vulnerabilities is { IsEmpty: false } ? ToReport() : null);

    /// <summary>As a scan report: one finding for each vulnerability and package that it affects.</summary>
    public ScanReport ToReport() => new(
        Tool ?? "CycloneDX", Timestamp, [.. (Vulnerabilities ?? []).SelectMany(v => v.Affects.Select(a => v.In(a)))])
    {
        Author = Author,
    };

    /// <summary>As a VEX document: one statement for each vulnerability and product that has an analysis.</summary>
    public VexDocument ToVex() => new(Author, Timestamp, [.. (Vulnerabilities ?? []).SelectMany(v => v.Statements(Timestamp))]);
}

/// <summary>One vulnerability of a CycloneDX document.</summary>
/// <param name="Id">In canonical spelling.</param>
/// <param name="Affects">At least one.</param>
internal sealed record CycloneDxVulnerability(
    string Id, ImmutableArray<string> Aliases, Severity Severity, string? Word, string? Score, VexClaim? Claim, DateTimeOffset? AnalysedAt, ImmutableArray<CycloneDxAffected> Affects)
{
    /// <summary>The finding in one package.</summary>
    public ReportedFinding In(CycloneDxAffected affected) => new(Id, Aliases, Severity, affected.Package)
    {
        Word = Word,
        Score = Score,
        Claim = affected.Versions.Of(affected.Package.Version) switch
        {
            VersionStatus.Unaffected => new(VexStatus.NotAffected, "this version is listed as unaffected"),

            // "Resolved" without a version would be resolved somewhere else.
            null => null,
            _ when Claim is { Status: VexStatus.Fixed } && affected.Package.Version is null => null,
            _ => Claim,
        },
    };

    /// <summary>The statements on other reports' findings.</summary>
    public IEnumerable<VexStatement> Statements(DateTimeOffset? documentTime)
    {
        foreach (var affected in Affects)
        {
            if (Claim is not null || affected.Versions.Versions.Any(v => v.Status == VersionStatus.Unaffected))
            {
                yield return new(Id, Aliases, [new(affected.Package)], [], affected.Versions, Claim, AnalysedAt ?? documentTime);
            }
        }
    }
}

/// <summary>A package that a vulnerability affects, and in which versions.</summary>
internal sealed record CycloneDxAffected(PackageIdentity Package, VersionCoverage Versions);

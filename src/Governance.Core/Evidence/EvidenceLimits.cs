namespace Governance.Core.Evidence;

/// <summary>
/// Upper bounds of what is read. They lie well above the largest public evidence files
/// and keep time and memory of reading in proportion to a file's size.
/// </summary>
public static class EvidenceLimits
{
    /// <summary>Bytes of the inline evidence document.</summary>
    public const long InlineBytes = 16L << 20;

    /// <summary>Bytes of one uploaded SBOM or scan report.</summary>
    public const long FileBytes = 64L << 20;

    /// <summary>Bytes of one uploaded provenance file, VEX document or test report.</summary>
    public const long SmallFileBytes = 16L << 20;

    /// <summary>Bytes of all files of a pack.</summary>
    public const long PackBytes = 256L << 20;

    /// <summary>Files that one pack may name.</summary>
    public const int PackFiles = 64;

    /// <summary>Open JSON objects and arrays, one within the other.</summary>
    public const int JsonDepth = 64;

    /// <summary>Bytes of any JSON string.</summary>
    public const int StringBytes = 1 << 20;

    /// <summary>Bytes of names, ids, versions, package URLs and references.</summary>
    public const int NameBytes = 4096;

    /// <summary>Bytes of a CycloneDX component's version.</summary>
    public const int VersionBytes = 1024;

    /// <summary>Bytes of a JSON property's name.</summary>
    public const int PropertyNameBytes = 512;

    /// <summary>Bytes of a JSON number's text.</summary>
    public const int NumberBytes = 512;

    /// <summary>Components or packages of an SBOM.</summary>
    public const int Components = 100_000;

    /// <summary>Files that an SBOM lists.</summary>
    public const int SbomFiles = 500_000;

    /// <summary>Dependency edges or relationships of an SBOM.</summary>
    public const int Edges = 1_000_000;

    /// <summary>Findings of one report; also VEX statements of one document.</summary>
    public const int Findings = 50_000;

    /// <summary>Ratings of one finding.</summary>
    public const int Ratings = 64;

    /// <summary>Packages that one finding affects.</summary>
    public const int Affects = 10_000;

    /// <summary>Aliases of one finding.</summary>
    public const int Aliases = 64;

    /// <summary>Runs of a SARIF file.</summary>
    public const int SarifRuns = 20;

    /// <summary>Results, and rules, of a SARIF run.</summary>
    public const int SarifResults = 25_000;

    /// <summary>Tool extensions of a SARIF run.</summary>
    public const int SarifExtensions = 100;

    /// <summary>Subjects of an in-toto statement.</summary>
    public const int Subjects = 1000;

    /// <summary>Signatures of a DSSE envelope.</summary>
    public const int Signatures = 16;

    /// <summary>Digests of one subject.</summary>
    public const int Digests = 16;

    /// <summary>Detection rules of an installation.</summary>
    public const int DetectionRules = 25;

    /// <summary>Test cases of one report.</summary>
    public const int TestCases = 500_000;
}

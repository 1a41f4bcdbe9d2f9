using System.Collections.Immutable;

namespace Governance.Core.Evidence.Scans;

/// <summary>Statements on whether vulnerabilities matter in products.</summary>
/// <param name="Author">Who makes them, as the document says; a claim unless it was signed.</param>
/// <param name="Timestamp">When, as the document says.</param>
internal sealed record VexDocument(string? Author, DateTimeOffset? Timestamp, ImmutableArray<VexStatement> Statements)
{
    /// <summary>The configured key that signed the document; null where none did.</summary>
    public string? SignedBy { get; init; }
}

/// <summary>One statement.</summary>
/// <param name="Id">The vulnerability, in canonical spelling.</param>
/// <param name="Aliases">Its other ids.</param>
/// <param name="Products">What the statement is about; empty means nothing.</param>
/// <param name="Parts">The packages inside the products that it is limited to; empty means the products as a whole.</param>
/// <param name="Versions">The versions of the products that it is limited to.</param>
/// <param name="Claim">What it says; null where only the versions say something.</param>
/// <param name="At">When; the latest statement on a finding wins.</param>
internal sealed record VexStatement(
    string Id, ImmutableArray<string> Aliases, ImmutableArray<VexProduct> Products, ImmutableArray<VexProduct> Parts, VersionCoverage Versions, VexClaim? Claim, DateTimeOffset? At)
{
    /// <summary>Whether the statement is about versions that it names, not about all there ever were.</summary>
    public bool NamesVersion => !Versions.Versions.IsEmpty || Products.Concat(Parts).Any(p => p.Package.Version is not null || p.Sha256 is not null);
}

/// <summary>A product or package as a statement names it.</summary>
/// <param name="Package">Its identity; without a version all versions are meant, with qualifiers only packages that have them.</param>
/// <param name="Sha256">A digest that it is known by.</param>
internal sealed record VexProduct(PackageIdentity Package, Digest? Sha256 = null)
{
    /// <summary>Whether a package is the one that is meant.</summary>
    public bool Matches(PackageIdentity package) =>
        (Package.Version is null ? Package.Base == package.Base : Package.Key == package.Key)
        && Package.Qualifiers.All(q => package.Qualifiers.Contains(q));
}

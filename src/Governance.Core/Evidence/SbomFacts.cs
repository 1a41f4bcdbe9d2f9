using System.Collections.Immutable;

namespace Governance.Core.Evidence;

/// <summary>What an SBOM says, whatever its format.</summary>
/// <param name="Format">cyclonedx, spdx or plain.</param>
/// <param name="SpecVersion">The format's version; null for plain.</param>
/// <param name="Components">Every component at any depth, in document order.</param>
/// <param name="Licenses">Distinct licence texts, not normalised, sorted.</param>
public sealed record SbomFacts(string Format, string? SpecVersion, ImmutableArray<SbomComponent> Components, ImmutableArray<string> Licenses);

/// <summary>One component of an SBOM.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version, where stated.</param>
/// <param name="Purl">Its package URL as written, where stated.</param>
/// <param name="Licenses">Its licence ids, names or expressions.</param>
public sealed record SbomComponent(string Name, string? Version, string? Purl, ImmutableArray<string> Licenses);

using System.Collections.Immutable;
using Governance.Core.Evidence.Attestations;

namespace Governance.Core.Evidence;

/// <summary>Whose word counts when evidence is read. The default trusts nobody: no provenance is verified and no VEX statement sets a finding aside.</summary>
public sealed record EvidenceTrust
{
    /// <summary>Stands for every author in <see cref="VexAuthors"/>.</summary>
    public const string Anyone = "*";

    /// <summary>Trusts nobody.</summary>
    public static EvidenceTrust Nobody { get; } = new();

    /// <summary>The keys that provenance, and signed VEX, may be signed with.</summary>
    public ImmutableArray<ProvenanceKey> Keys { get; init; } = [];

    /// <summary>
    /// Authors whose unsigned VEX documents may set findings aside, exactly as the documents state them; <see cref="Anyone"/> for all,
    /// also for what a report says of its own findings without naming an author. An unsigned author is a claim of whoever hands the document in.
    /// </summary>
    public ImmutableArray<string> VexAuthors { get; init; } = [];

    internal bool AllowsVexOf(string? author) => VexAuthors.Contains(Anyone) || (author is not null && VexAuthors.Contains(author, StringComparer.Ordinal));
}

/// <summary>A public key that provenance may be signed with, and the builders it speaks for.</summary>
/// <param name="Id">How decisions and logs name it; unique among the keys.</param>
/// <param name="PublicKeyPem">A PEM of the public key (SubjectPublicKeyInfo) or of a certificate with it: ECDSA on a NIST curve or RSA of 2,048 bits or more.</param>
/// <param name="BuilderIds">The SLSA builder ids that this key may sign for; empty for any.</param>
public sealed record ProvenanceKey(string Id, string PublicKeyPem, ImmutableArray<string> BuilderIds)
{
    /// <summary>What is wrong with the key, for whoever checks the configuration; null when it can be used.</summary>
    public string? Problem() => PublicKeys.Problem(PublicKeyPem);
}

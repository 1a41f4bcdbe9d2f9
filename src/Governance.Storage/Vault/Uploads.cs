using Governance.Core;

namespace Governance.Storage.Vault;

/// <summary>What an upload is, so where it goes.</summary>
public enum UploadKind
{
    /// <summary>A file of evidence: an SBOM, a scan report, provenance.</summary>
    Evidence,

    /// <summary>The installer package.</summary>
    Artifact,
}

/// <summary>Sizes and times of uploads.</summary>
public sealed record UploadLimits
{
    /// <summary>Bytes of one evidence file.</summary>
    public long EvidenceBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Bytes of one artifact.</summary>
    public long ArtifactBytes { get; init; } = 2L * 1024 * 1024 * 1024;

    /// <summary>How long an address may be used.</summary>
    public TimeSpan AddressLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The limit of a kind, bytes.</summary>
    public long For(UploadKind kind) => kind == UploadKind.Artifact ? ArtifactBytes : EvidenceBytes;
}

/// <summary>A write-once address. Whoever has it may write, so its text form does not show it.</summary>
/// <param name="Uri">Takes one Put Blob, or blocks and one Put Block List.</param>
/// <param name="Until">First instant, UTC, at which it takes nothing any more.</param>
public sealed record UploadAddress(Uri Uri, DateTimeOffset Until)
{
    /// <inheritdoc/>
    public override string ToString() => $"upload address of {Uri.AbsolutePath} until {Until:u}";
}

/// <summary>Where an upload stands.</summary>
public abstract record UploadState
{
    private UploadState()
    {
    }

    /// <summary>Content of the promised digest lies in its place.</summary>
    /// <param name="Length">Bytes.</param>
    public sealed record Verified(long Length) : UploadState;

    /// <summary>Nothing was uploaded yet.</summary>
    public sealed record Missing : UploadState;

    /// <summary>Something else was uploaded, and thrown away.</summary>
    /// <param name="Digest">What it was.</param>
    public sealed record OtherContent(Digest Digest) : UploadState;

    /// <summary>More was uploaded than is taken, and thrown away.</summary>
    /// <param name="Limit">Bytes allowed.</param>
    public sealed record TooLarge(long Limit) : UploadState;
}

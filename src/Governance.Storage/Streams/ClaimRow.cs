using Azure;

namespace Governance.Storage.Streams;

/// <summary>A stream's claim: operational data beside the log, which fences whoever acts outside on the stream's behalf.</summary>
/// <param name="Payload">UTF-8 JSON that no two holders write alike; storage does not interpret it.</param>
/// <param name="ETag">As read; changes too where somebody keeps the claim in a change of the stream.</param>
public sealed record ClaimRow(byte[] Payload, ETag ETag)
{
    /// <summary>Whether it is the same claim, though perhaps kept by others since.</summary>
    public bool SaysTheSameAs(ClaimRow other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Payload.AsSpan().SequenceEqual(other.Payload);
    }
}

/// <summary>What a transaction does with the claim that was read for it.</summary>
public abstract record ClaimWrite
{
    private ClaimWrite()
    {
    }

    /// <summary>The claim must be as it was read, or still be absent.</summary>
    public sealed record Keep : ClaimWrite;

    /// <summary>The claim becomes this, if it is as it was read or still absent.</summary>
    /// <param name="Payload">UTF-8 JSON.</param>
    public sealed record Put(byte[] Payload) : ClaimWrite;

    /// <summary>The claim goes, if it is as it was read.</summary>
    public sealed record Remove : ClaimWrite;
}

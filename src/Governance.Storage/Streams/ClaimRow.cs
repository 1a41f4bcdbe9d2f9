using Azure;

namespace Governance.Storage.Streams;

/// <summary>A stream's claim: operational data beside the log, whose ETag fences whoever acts outside on the stream's behalf.</summary>
/// <param name="Payload">UTF-8 JSON; storage does not interpret it.</param>
/// <param name="ETag">As read.</param>
public sealed record ClaimRow(byte[] Payload, ETag ETag);

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

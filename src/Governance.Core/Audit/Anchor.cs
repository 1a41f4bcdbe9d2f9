using System.Text.Json;
using System.Text.Json.Serialization;
using Governance.Core.Events;

namespace Governance.Core.Audit;

/// <summary>
/// Where all streams that moved stood at one moment. Anchors are numbered without gaps, each names the SHA-256 of the one before it, and they are written
/// once: who has a later anchor can tell whether any earlier one, and with it any stream, was changed or taken out.
/// </summary>
public sealed record Anchor
{
    /// <summary>What <see cref="Format"/> says.</summary>
    public const string CurrentFormat = "governance-anchor/1";

    /// <summary>The most leaves that an anchor lists itself; more lie in a blob of their own.</summary>
    public const int MostListed = 10_000;

    /// <summary>Which form this is.</summary>
    public string Format { get; init; } = CurrentFormat;

    /// <summary>1, 2, 3… without gaps.</summary>
    public required long Number { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>SHA-256 of the bytes of the anchor before it; 64 zeros for the first.</summary>
    public required Digest PreviousSha256 { get; init; }

    /// <summary>The root of the <see cref="MerkleTree"/> over the leaves, in their order.</summary>
    public required Digest Root { get; init; }

    /// <summary>How many leaves there are, 1 or more.</summary>
    public required long TreeSize { get; init; }

    /// <summary>The leaves, sorted; null where they lie apart.</summary>
    public EquatableArray<AnchorLeaf>? Leaves { get; init; }

    /// <summary>SHA-256 of the list of leaves where it lies apart (<see cref="LeafList"/>); null where they are listed here.</summary>
    public Digest? LeavesSha256 { get; init; }

    /// <summary>The streams that no earlier anchor has, sorted; each is among the leaves.</summary>
    public EquatableArray<CorrelationId> Created { get; init; }

    /// <summary>How many streams all anchors up to this one have listed as created.</summary>
    public required long CreatedTotal { get; init; }

    /// <summary>The bytes that are stored and hashed: RFC 8785.</summary>
    public byte[] Write() => CanonicalJson.Canonicalize(JsonSerializer.SerializeToUtf8Bytes(this, AuditJson.Default.Anchor));

    /// <summary>Reads an anchor; whether it holds is for <see cref="AnchorRules"/> to say.</summary>
    /// <exception cref="JsonException">Not an anchor of this form.</exception>
    public static Anchor Read(ReadOnlySpan<byte> bytes)
    {
        var anchor = JsonSerializer.Deserialize(bytes, AuditJson.Default.Anchor) ?? throw new JsonException("An anchor is a JSON object.");
        return anchor.Format == CurrentFormat ? anchor : throw new JsonException($"'{anchor.Format}' is no form of anchor that is known here.");
    }
}

/// <summary>Where one stream stood.</summary>
/// <param name="CorrelationId">The stream: a deployment or an exception.</param>
/// <param name="Sequence">Of its last event, 1 or more.</param>
/// <param name="HeadHash">That event's hash, which covers all before it.</param>
public sealed record AnchorLeaf(CorrelationId CorrelationId, long Sequence, Digest HeadHash)
{
    /// <summary>The leaf's hash: over the RFC 8785 form of its three members.</summary>
    [JsonIgnore]
    public Digest Hash => MerkleTree.LeafHash(CanonicalJson.Canonicalize(JsonSerializer.SerializeToUtf8Bytes(this, AuditJson.Default.AnchorLeaf)));
}

/// <summary>The leaves of an anchor as they lie apart.</summary>
/// <param name="Leaves">Sorted.</param>
public sealed record LeafList(EquatableArray<AnchorLeaf> Leaves)
{
    /// <summary>The bytes that are stored and hashed: RFC 8785.</summary>
    public byte[] Write() => CanonicalJson.Canonicalize(JsonSerializer.SerializeToUtf8Bytes(this, AuditJson.Default.LeafList));

    /// <summary>Reads a list.</summary>
    /// <exception cref="JsonException">Not such a list.</exception>
    public static LeafList Read(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, AuditJson.Default.LeafList) ?? throw new JsonException("A list of leaves is a JSON object.");
}

/// <summary>That a leaf stands in an anchor.</summary>
/// <param name="AnchorNumber">Which anchor.</param>
/// <param name="AnchorSha256">SHA-256 of its bytes.</param>
/// <param name="Leaf">Where the stream stood.</param>
/// <param name="LeafIndex">The leaf's place, from 0.</param>
/// <param name="TreeSize">How many leaves the anchor has.</param>
/// <param name="Path">The siblings on the way to the root, lowest first.</param>
public sealed record InclusionProof(long AnchorNumber, Digest AnchorSha256, AnchorLeaf Leaf, long LeafIndex, long TreeSize, EquatableArray<Digest> Path)
{
    /// <summary>Whether the path leads from the leaf to the root.</summary>
    public bool LeadsTo(Digest root) => MerkleTree.Includes(Leaf.Hash, LeafIndex, TreeSize, Path, root);

    /// <summary>The proof as UTF-8 JSON.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, AuditJson.Default.InclusionProof);

    /// <summary>Reads a proof.</summary>
    /// <exception cref="JsonException">Not such a proof.</exception>
    public static InclusionProof Read(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, AuditJson.Default.InclusionProof) ?? throw new JsonException("A proof is a JSON object.");
}

/// <summary>The form of anchors and of what a bundle says of itself; nulls are left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(UtcTimestampConverter)])]
[JsonSerializable(typeof(Anchor))]
[JsonSerializable(typeof(AnchorLeaf))]
[JsonSerializable(typeof(LeafList))]
[JsonSerializable(typeof(InclusionProof))]
[JsonSerializable(typeof(BundleManifest))]
[JsonSerializable(typeof(BundleFile))]
[JsonSerializable(typeof(CorrelationId))]
[JsonSerializable(typeof(Digest))]
[JsonSerializable(typeof(string))]
internal sealed partial class AuditJson : JsonSerializerContext;

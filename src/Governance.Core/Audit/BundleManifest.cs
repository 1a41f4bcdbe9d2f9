using System.Text.Json;
using System.Text.Json.Serialization;
using Governance.Core.Events;

namespace Governance.Core.Audit;

/// <summary>What an audit bundle says of itself. Everything in it can be recomputed from the other files but who made it and when, which the page repeats.</summary>
/// <param name="Format">Which form this is.</param>
/// <param name="CorrelationId">The deployment.</param>
/// <param name="MadeAt">UTC.</param>
/// <param name="MadeBy">Who asked for it.</param>
/// <param name="Sequence">Of the last event in it.</param>
/// <param name="HeadHash">That event's hash.</param>
/// <param name="AnchoredSequence">The last event that an anchor covers; null where none does yet.</param>
/// <param name="NotAnchored">Events that no anchor covers yet, in order.</param>
/// <param name="Files">All files but this one, in the order in which they were written.</param>
public sealed record BundleManifest(
    string Format, CorrelationId CorrelationId, DateTimeOffset MadeAt, Actor MadeBy, long Sequence, Digest HeadHash,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? AnchoredSequence,
    EquatableArray<long> NotAnchored, EquatableArray<BundleFile> Files)
{
    /// <summary>What <see cref="Format"/> says.</summary>
    public const string CurrentFormat = "governance-audit-bundle/1";

    /// <summary>The manifest as UTF-8 JSON for people and programs.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, AuditJson.Default.BundleManifest);

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="JsonException">Not a manifest of this form.</exception>
    public static BundleManifest Read(ReadOnlySpan<byte> bytes)
    {
        var manifest = JsonSerializer.Deserialize(bytes, AuditJson.Default.BundleManifest) ?? throw new JsonException("A manifest is a JSON object.");
        return manifest.Format == CurrentFormat ? manifest : throw new JsonException($"'{manifest.Format}' is no form of bundle that is known here.");
    }
}

/// <summary>One file of a bundle.</summary>
/// <param name="Name">Its path in the zip.</param>
/// <param name="Sha256">Of its bytes.</param>
/// <param name="SizeBytes">Its length.</param>
public sealed record BundleFile(string Name, Digest Sha256, long SizeBytes);

/// <summary>The names of a bundle's files.</summary>
public static class BundleNames
{
    /// <summary>What the bundle says of itself; written last.</summary>
    public const string Manifest = "manifest.json";

    /// <summary>All events, in order.</summary>
    public const string Events = "events.json";

    /// <summary>The state as the store has it.</summary>
    public const string State = "state.json";

    /// <summary>The anchor that covers the last anchored event.</summary>
    public const string Anchor = "anchor/anchor.json";

    /// <summary>The path from the stream's leaf to the anchor's root.</summary>
    public const string Proof = "anchor/inclusion-proof.json";

    /// <summary>The page for people.</summary>
    public const string Page = "index.html";

    /// <summary>What the store knows of a pack.</summary>
    public static string Pack(Guid id) => $"evidence/packs/{id}.json";

    /// <summary>The bytes of one file of evidence.</summary>
    public static string File(Digest sha256) => $"evidence/files/{sha256}";
}

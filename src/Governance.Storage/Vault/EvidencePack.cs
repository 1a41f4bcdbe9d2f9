using System.Text.Json;
using System.Text.Json.Serialization;
using Governance.Core;
using Governance.Core.Evidence;

namespace Governance.Storage.Vault;

/// <summary>A stored pack: what was read out of it and which files it is made of. Never changes.</summary>
/// <param name="Facts">What decisions read; holds id, digest, app, version, who stored it and when.</param>
/// <param name="Files">Its files, sorted as the digest sorts them; one of kind <c>evidence</c> holds all inline parts.</param>
public sealed record EvidencePack(EvidenceFacts Facts, EquatableArray<PackFile> Files)
{
    /// <summary>The file that holds all inline parts as canonical JSON; null where everything was handed in by digest.</summary>
    [JsonIgnore]
    public PackFile? EvidenceFile => Files.FirstOrDefault(file => file.Kind == EvidenceKind);

    /// <summary>The kind of the file that holds all inline parts.</summary>
    public const string EvidenceKind = "evidence";

    /// <summary>Reads a pack's record.</summary>
    /// <param name="json">The bytes as they are stored.</param>
    /// <returns>The pack, with the SHA-256 of these bytes.</returns>
    /// <exception cref="JsonException">Not such a record.</exception>
    public static EvidencePack Read(ReadOnlySpan<byte> json)
    {
        var pack = JsonSerializer.Deserialize(json, VaultJson.Default.EvidencePack);
        return pack?.Facts is { } facts ? pack with { Facts = facts with { StoredSha256 = Digest.Of(json) } } : throw new JsonException("The record of a pack holds its facts.");
    }
}

/// <summary>What became of storing a pack.</summary>
public abstract record StorePackResult
{
    private StorePackResult(EvidencePack pack) => Pack = pack;

    /// <summary>The pack that lies under the id now.</summary>
    public EvidencePack Pack { get; }

    /// <summary>The id was free.</summary>
    public sealed record Stored(EvidencePack Pack) : StorePackResult(Pack);

    /// <summary>The same content lay under this id already; nothing was changed, also not who stored it.</summary>
    public sealed record Existing(EvidencePack Pack) : StorePackResult(Pack);

    /// <summary>Other content lies under this id.</summary>
    public sealed record Conflict(EvidencePack Pack) : StorePackResult(Pack);
}

/// <summary>What recomputing a pack's digests found.</summary>
/// <param name="Pack">The pack as it lies there; null where there is none.</param>
/// <param name="Flaw">The first thing that is wrong, a sentence; null when everything stands.</param>
public sealed record PackVerdict(EvidencePack? Pack, string? Flaw)
{
    /// <summary>Everything is there and as its digests say.</summary>
    public bool Valid => Flaw is null;
}

/// <summary>The form of what the vault itself writes; the items of value lists are named one by one, as their converter asks.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EvidencePack))]
[JsonSerializable(typeof(PackFile))]
[JsonSerializable(typeof(DetectionRule))]
[JsonSerializable(typeof(SbomComponent))]
[JsonSerializable(typeof(Finding))]
[JsonSerializable(typeof(FindingSource))]
[JsonSerializable(typeof(SuppressedFinding))]
[JsonSerializable(typeof(string))]
internal sealed partial class VaultJson : JsonSerializerContext;

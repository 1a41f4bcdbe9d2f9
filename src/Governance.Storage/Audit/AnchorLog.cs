using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure.Storage.Blobs;
using Governance.Core;
using Governance.Core.Audit;
using Governance.Storage.Tables;
using Governance.Storage.Vault;
using Governance.Storage.Views;

namespace Governance.Storage.Audit;

/// <summary>The anchors as they are stored, and by which of them a stream is found. Anchors are written once; in Azure their container is immutable besides.</summary>
/// <param name="container">Holds the anchors.</param>
/// <param name="table">Holds for each stream the anchors that name it: a help to find them, and no proof of anything.</param>
public sealed class AnchorLog(BlobContainerClient container, TableClient table)
{
    // Streams are changed some dozen times; what goes beyond is found in the anchors themselves.
    private const int MostPoints = 500;
    private const string Settled = "settled";

    private readonly DigestBlobs _blobs = new(container, string.Empty);
    private readonly KeyedRows<AnchoredStream> _streams = new(table, "stream", AnchorRowsJson.Default.AnchoredStream);
    private readonly KeyedRows<SettledAnchor> _settled = new(table, Settled, AnchorRowsJson.Default.SettledAnchor);

    /// <summary>The bytes of an anchor. One round trip.</summary>
    /// <returns>Null where there is none of this number.</returns>
    public Task<byte[]?> Bytes(long number, CancellationToken cancellation) => _blobs.ReadNamed(NameOf(number), cancellation);

    /// <summary>An anchor with the SHA-256 of its bytes. One round trip.</summary>
    /// <returns>Null where there is none of this number.</returns>
    /// <exception cref="InvalidDataException">It cannot be read: it was overwritten.</exception>
    public async Task<(Anchor Anchor, Digest Sha256)?> Read(long number, CancellationToken cancellation)
    {
        var bytes = number < 1 ? null : await Bytes(number, cancellation).ConfigureAwait(false);
        if (bytes is null)
        {
            return null;
        }

        try
        {
            var anchor = Anchor.Read(bytes);
            return anchor.Number == number ? (anchor, Digest.Of(bytes)) : throw new InvalidDataException($"In the place of anchor {number} lies anchor {anchor.Number}.");
        }
        catch (JsonException unreadable)
        {
            throw new InvalidDataException($"Anchor {number} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>The leaves of an anchor: its own, or those that lie apart. At most one round trip.</summary>
    /// <exception cref="InvalidDataException">They are missing or are other ones.</exception>
    public async Task<IReadOnlyList<AnchorLeaf>> LeavesOf(Anchor anchor, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        if (anchor.Leaves is { } listed)
        {
            return listed;
        }

        var apart = anchor.LeavesSha256 ?? throw new InvalidDataException($"Anchor {anchor.Number} has no leaves.");
        var bytes = await _blobs.ReadNamed(LeavesNameOf(apart), cancellation).ConfigureAwait(false);
        return bytes is not null && Digest.Of(bytes) == apart
            ? LeafList.Read(bytes).Leaves
            : throw new InvalidDataException($"The leaves of anchor {anchor.Number} are missing or were overwritten.");
    }

    /// <summary>The anchors that name a stream, earliest first, as they were noted.</summary>
    /// <returns>Null where none is noted.</returns>
    public Task<AnchoredStream?> PointsOf(MovedStream stream, CancellationToken cancellation) => _streams.Find(KeyOf(stream), cancellation);

    /// <summary>Notes that an anchor names a stream; safe to repeat. One read and one write.</summary>
    internal Task Note(MovedStream stream, AnchorPoint point, CancellationToken cancellation) => _streams.Change(
        KeyOf(stream),
        known => known is not null && known.Points.Any(each => each.Number == point.Number)
            ? null
            : new([.. (known?.Points ?? []).Append(point).OrderBy(each => each.Number).TakeLast(MostPoints)]),
        cancellation);

    /// <summary>The last anchor whose streams are all noted; 0 before the first.</summary>
    public async Task<long> LastSettled(CancellationToken cancellation) => (await _settled.Find(Settled, cancellation).ConfigureAwait(false))?.Number ?? 0;

    /// <summary>Notes that all streams of an anchor are noted.</summary>
    internal Task Settle(long number, CancellationToken cancellation) =>
        _settled.Change(Settled, known => known?.Number >= number ? null : new(number), cancellation);

    /// <summary>Writes an anchor, and before it its leaves where they lie apart, unless an anchor of this number is there.</summary>
    /// <returns>False where one was there already, perhaps by an earlier try of this very write.</returns>
    internal async Task<bool> Write(Anchor anchor, LeafList? apart, CancellationToken cancellation)
    {
        if (apart is not null)
        {
            await _blobs.WriteNamed(LeavesNameOf(anchor.LeavesSha256!.Value), apart.Write(), cancellation).ConfigureAwait(false);
        }

        return await _blobs.WriteNamed(NameOf(anchor.Number), anchor.Write(), cancellation).ConfigureAwait(false);
    }

    /// <summary>The name of an anchor's blob.</summary>
    public static string NameOf(long number) => string.Create(CultureInfo.InvariantCulture, $"anchors/{number:D10}.json");

    private static string LeavesNameOf(Digest sha256) => $"leaves/{sha256}.json";

    private static string KeyOf(MovedStream stream) => $"{stream.Kind}{stream.Id}";
}

/// <summary>The anchors that name a stream.</summary>
/// <param name="Points">Earliest first.</param>
public sealed record AnchoredStream(EquatableArray<AnchorPoint> Points);

/// <summary>An anchor that names a stream.</summary>
/// <param name="Number">Which anchor.</param>
/// <param name="Sequence">Up to which event.</param>
public sealed record AnchorPoint(long Number, long Sequence);

/// <summary>The last anchor whose streams are all noted.</summary>
internal sealed record SettledAnchor(long Number);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AnchoredStream))]
[JsonSerializable(typeof(AnchorPoint))]
[JsonSerializable(typeof(SettledAnchor))]
internal sealed partial class AnchorRowsJson : JsonSerializerContext;

using System.Text.Json.Serialization;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Storage.Tables;
using Governance.Storage.Views;

namespace Governance.Storage.Cab;

/// <summary>Cards in a table of their own: what was sent to people does not follow from the logs, so rebuilding views must leave it alone.</summary>
/// <param name="table">Nothing else lies in it.</param>
/// <param name="clock">For the age of what was read.</param>
public sealed class CardRecords(TableClient table, TimeProvider clock) : ICardRecords
{
    private const string TheOneRow = "troubles";
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly KeyedRows<CardRecord> _cards = new(table, "card", CardJson.Default.CardRecord);
    private readonly KeyedRows<CardTroubles> _troubles = new(table, "troubles", CardJson.Default.CardTroubles);
    private Seen? _seen;

    /// <inheritdoc/>
    public Task<CardRecord?> Find(CorrelationId id, int revision, CancellationToken cancellation) => _cards.Find(Key(id, revision), cancellation);

    /// <inheritdoc/>
    public async Task<CardRecord?> Change(CorrelationId id, int revision, Func<CardRecord?, CardRecord?> change, CancellationToken cancellation)
    {
        CardRecord? now = null;
        await _cards.Change(
            Key(id, revision),
            before =>
            {
                var after = change(before);
                now = after ?? before;
                return after;
            },
            cancellation).ConfigureAwait(false);
        return now;
    }

    /// <inheritdoc/>
    public async Task<CardTroubles> Troubles(CancellationToken cancellation)
    {
        if (_seen is { } seen && clock.GetUtcNow() - seen.At < Fresh)
        {
            return seen.Troubles;
        }

        var troubles = await _troubles.Find(TheOneRow, cancellation).ConfigureAwait(false) ?? CardTroubles.None;
        _seen = new(troubles, clock.GetUtcNow());
        return troubles;
    }

    /// <inheritdoc/>
    public async Task ChangeTroubles(Func<CardTroubles, CardTroubles> change, CancellationToken cancellation)
    {
        await _troubles.Change(
            TheOneRow,
            before =>
            {
                var known = before ?? CardTroubles.None;
                var after = change(known);
                return after == known ? null : after;
            },
            cancellation).ConfigureAwait(false);
        _seen = null;
    }

    private static string Key(CorrelationId id, int revision) => $"{id}/{revision}";

    private sealed record Seen(CardTroubles Troubles, DateTimeOffset At);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(UtcTimestampConverter)])]
[JsonSerializable(typeof(CardRecord))]
[JsonSerializable(typeof(CardTroubles))]
[JsonSerializable(typeof(UnknownCard))]
[JsonSerializable(typeof(LateCard))]
[JsonSerializable(typeof(LateNotice))]
[JsonSerializable(typeof(string))]
internal sealed partial class CardJson : JsonSerializerContext;

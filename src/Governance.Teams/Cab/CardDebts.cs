using Governance.Core;
using Governance.Core.Cab;
using Microsoft.Extensions.Logging;

namespace Governance.Teams.Cab;

/// <summary>Notes what the channel still owes, so that the outbox never waits for it, and what it left unclear, so that people see it.</summary>
internal sealed class CardDebts(ICardRecords records, TimeProvider clock, ILogger log)
{
    private const int MostUnknown = 500;
    private const int MostCards = 1_000;
    private const int MostNotices = 100;
    private const int TriedAtOnce = 50;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>What is due now, oldest first, a few of each.</summary>
    internal async Task<(IReadOnlyList<LateCard> Cards, IReadOnlyList<LateNotice> Notices)> Due(CancellationToken cancellation)
    {
        var troubles = await records.Troubles(cancellation).ConfigureAwait(false);
        var now = clock.GetUtcNow();
        return (
            [.. troubles.LateCards.Where(card => card.NextAt <= now).Take(TriedAtOnce)],
            [.. troubles.LateNotices.Where(notice => notice.NextAt <= now).Take(TriedAtOnce)]);
    }

    /// <summary>A card that may or may not be there.</summary>
    internal Task Doubt(CorrelationId id, int revision, CancellationToken cancellation) => records.ChangeTroubles(
        troubles => troubles.Unknown.Any(card => card.CorrelationId == id && card.Revision == revision) ? troubles : Without(troubles, id, revision) with
        {
            Unknown = [.. troubles.Unknown.TakeLast(MostUnknown - 1), new UnknownCard(id, revision, clock.GetUtcNow())],
        },
        cancellation);

    /// <summary>A doubt that is over.</summary>
    internal async Task Forget(CorrelationId id, int revision, CancellationToken cancellation)
    {
        if ((await records.Troubles(cancellation).ConfigureAwait(false)).Unknown.Any(card => card.CorrelationId == id && card.Revision == revision))
        {
            await records.ChangeTroubles(
                troubles => troubles with { Unknown = [.. troubles.Unknown.Where(card => card.CorrelationId != id || card.Revision != revision)] }, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>A card to send or bring up to date.</summary>
    internal Task Owe(CorrelationId id, int revision, TimeSpan? retryAfter, CancellationToken cancellation) => records.ChangeTroubles(
        troubles =>
        {
            var attempts = (troubles.LateCards.FirstOrDefault(card => card.CorrelationId == id && card.Revision == revision)?.Attempts ?? 0) + 1;
            return Without(troubles, id, revision) is var others && others.LateCards.Count >= MostCards
                ? throw new InvalidOperationException($"{MostCards} cards are late; this one stays in the outbox.")
                : others with { LateCards = [.. others.LateCards, new LateCard(id, revision, attempts, Next(attempts, retryAfter))] };
        },
        cancellation);

    /// <summary>A card that is as it should be.</summary>
    internal async Task Settle(CorrelationId id, int revision, CancellationToken cancellation)
    {
        if ((await records.Troubles(cancellation).ConfigureAwait(false)).LateCards.Any(card => card.CorrelationId == id && card.Revision == revision))
        {
            await records.ChangeTroubles(troubles => Without(troubles, id, revision), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>A notice to send. Where too many wait the oldest is let go, and the log says so.</summary>
    internal Task Owe(CabNotice notice, int attempts, TimeSpan? retryAfter, CancellationToken cancellation) => records.ChangeTroubles(
        troubles =>
        {
            if (troubles.LateNotices.Count >= MostNotices)
            {
                log.NoticeLost(troubles.LateNotices[0].Notice.Title);
            }

            return troubles with { LateNotices = [.. troubles.LateNotices.TakeLast(MostNotices - 1), new LateNotice(notice, attempts + 1, Next(attempts + 1, retryAfter))] };
        },
        cancellation);

    /// <summary>A late notice was tried.</summary>
    /// <param name="late">Which.</param>
    /// <param name="failed">Null where it is there, or may be.</param>
    /// <param name="cancellation">Ends it.</param>
    internal async Task Settle(LateNotice late, Connector.Delivery.NotSent? failed, CancellationToken cancellation)
    {
        await records.ChangeTroubles(troubles => troubles with { LateNotices = [.. troubles.LateNotices.Where(each => each != late)] }, cancellation).ConfigureAwait(false);
        if (failed is not null)
        {
            await Owe(late.Notice, late.Attempts, failed.RetryAfter, cancellation).ConfigureAwait(false);
        }
    }

    private static CardTroubles Without(CardTroubles troubles, CorrelationId id, int revision) =>
        troubles.LateCards.Any(card => card.CorrelationId == id && card.Revision == revision)
            ? troubles with { LateCards = [.. troubles.LateCards.Where(card => card.CorrelationId != id || card.Revision != revision)] }
            : troubles;

    private DateTimeOffset Next(int attempts, TimeSpan? retryAfter)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(attempts - 1, 10));
        pause = pause < LongestPause ? pause : LongestPause;
        return clock.GetUtcNow() + (retryAfter > pause ? retryAfter.Value : pause);
    }
}

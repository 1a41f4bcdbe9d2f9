using System.Collections.Concurrent;
using System.Text.Json;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Teams.Connector;
using Microsoft.Extensions.Logging;

namespace Governance.Teams.Cab;

/// <summary>
/// Brings cards to what their deployments have come to. Safe to repeat and to interrupt anywhere: a record is written before anything is sent, so
/// a revision never gets a second card; and the buttons are put on only once the card's own message is known, so a card whose sending was unclear
/// cannot decide.
/// </summary>
public sealed class CardDelivery
{
    private readonly ICardChannel _channel;
    private readonly ICardRecords _records;
    private readonly ICabDesk _desk;
    private readonly CardComposer _composer;
    private readonly Func<Guid> _newId;
    private readonly TimeProvider _clock;
    private readonly ILogger<CardDelivery> _log;
    private readonly CardDebts _debts;
    private readonly ConcurrentDictionary<CorrelationId, Turn> _turns = new();

    internal CardDelivery(
        ICardChannel channel, ICardRecords records, ICabDesk desk, CardComposer composer, Func<Guid> newId, TimeProvider clock, ILogger<CardDelivery> log)
    {
        (_channel, _records, _desk, _composer, _newId, _clock, _log) = (channel, records, desk, composer, newId, clock, log);
        _debts = new(records, clock, log);
    }

    /// <summary>Shows a request, or what became of it. What the channel does not take is noted and tried again by <see cref="CatchUp"/>.</summary>
    /// <param name="state">As it stands.</param>
    /// <param name="revisionBefore">The revision whose card may be out already; null where none is.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task Show(DeploymentState state, int? revisionBefore, CancellationToken cancellation)
    {
        using var turn = await Turns(state.Id, cancellation).ConfigureAwait(false);
        if (revisionBefore is { } before && before != state.Cab?.Revision)
        {
            await Bring(state, before, cancellation).ConfigureAwait(false);
        }

        if (state.Cab is { } cab)
        {
            await Bring(state, cab.Revision, cancellation).ConfigureAwait(false);
            await TellBackup(state, cab, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a notice; in the thread of the request's card where there is one.</summary>
    /// <param name="notice">What.</param>
    /// <param name="about">The request that it is about; null for none.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task Tell(CabNotice notice, DeploymentState? about, CancellationToken cancellation)
    {
        var record = about?.Cab is { } cab && notice.Audience == NoticeAudience.Board ? await _records.Find(about.Id, cab.Revision, cancellation).ConfigureAwait(false) : null;
        var addressed = notice with { ConversationId = record?.ConversationId };
        var delivery = await Post(addressed, cancellation).ConfigureAwait(false);
        if (delivery is Delivery.NotSent late)
        {
            await _debts.Owe(addressed, 0, late.RetryAfter, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Tries again what is late and due.</summary>
    /// <returns>How many cards and notices were tried.</returns>
    public async Task<int> CatchUp(CancellationToken cancellation)
    {
        var (cards, notices) = await _debts.Due(cancellation).ConfigureAwait(false);
        foreach (var card in cards)
        {
            if (await _desk.Read(card.CorrelationId, cancellation).ConfigureAwait(false) is DeskAnswer.Stands stands)
            {
                using var turn = await Turns(card.CorrelationId, cancellation).ConfigureAwait(false);
                await Bring(stands.State, card.Revision, cancellation).ConfigureAwait(false);
            }
        }

        foreach (var late in notices)
        {
            var delivery = await Post(late.Notice, cancellation).ConfigureAwait(false);
            await _debts.Settle(late, delivery as Delivery.NotSent, cancellation).ConfigureAwait(false);
        }

        return cards.Count + notices.Count;
    }

    private async Task Bring(DeploymentState state, int revision, CancellationToken cancellation)
    {
        var record = await _records.Find(state.Id, revision, cancellation).ConfigureAwait(false);
        var open = state.OpenCab?.Revision == revision;
        record = record switch
        {
            null or { State: CardState.Late } when open => await Send(state, revision, cancellation).ConfigureAwait(false),
            { State: CardState.Sending } begun => await GiveUp(state.Id, revision, begun, cancellation).ConfigureAwait(false),
            _ => record,
        };
        if (record is { State: CardState.Unknown } && !open)
        {
            await _debts.Forget(state.Id, revision, cancellation).ConfigureAwait(false);
        }

        if (record is { State: CardState.Sent, ConversationId: not null, ActivityId: not null } && _channel.CanUpdate)
        {
            await Update(state, revision, record, cancellation).ConfigureAwait(false);
        }
        else if (record is { State: CardState.Late } && !open)
        {
            await _debts.Settle(state.Id, revision, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<CardRecord?> Send(DeploymentState state, int revision, CancellationToken cancellation)
    {
        await Compare(state, revision, cancellation).ConfigureAwait(false);
        var attempt = _newId();
        var begun = await _records.Change(
            state.Id,
            revision,
            before => before is null or { State: CardState.Late }
                ? new() { State = CardState.Sending, Attempt = attempt, Nonce = _newId().ToString("N"), At = _clock.GetUtcNow() }
                : null,
            cancellation).ConfigureAwait(false);
        if (begun!.Attempt != attempt)
        {
            return begun;
        }

        // Without buttons: they name the message that they are on, which is not known yet.
        var delivery = await _channel.Post(_composer.Make(state, revision, null), NoticeAudience.Board, null, cancellation).ConfigureAwait(false);
        if (delivery is Delivery.Unclear unclear)
        {
            _log.CardUnknown(state.Id.ToString(), revision, unclear.Reason);
            await _debts.Doubt(state.Id, revision, cancellation).ConfigureAwait(false);
        }
        else if (delivery is Delivery.NotSent late)
        {
            _log.CardLate(state.Id.ToString(), revision, late.Reason);
            await _debts.Owe(state.Id, revision, late.RetryAfter, cancellation).ConfigureAwait(false);
        }
        else if (!_channel.CanUpdate)
        {
            await _debts.Settle(state.Id, revision, cancellation).ConfigureAwait(false);
        }

        return await _records.Change(
            state.Id,
            revision,
            now => now?.Attempt != attempt ? null : delivery switch
            {
                Delivery.Done done => now with { State = CardState.Sent, ConversationId = done.ConversationId, ActivityId = done.ActivityId, At = _clock.GetUtcNow() },
                Delivery.NotSent => now with { State = CardState.Late, At = _clock.GetUtcNow() },
                _ => now with { State = CardState.Unknown, At = _clock.GetUtcNow() },
            },
            cancellation).ConfigureAwait(false);
    }

    // Somebody began and did not say how it ended: a crash, or another process that is about to say it and then still will.
    private async Task<CardRecord?> GiveUp(CorrelationId id, int revision, CardRecord begun, CancellationToken cancellation)
    {
        _log.CardUnknown(id.ToString(), revision, "an earlier attempt did not end");
        await _debts.Doubt(id, revision, cancellation).ConfigureAwait(false);
        return await _records.Change(
            id,
            revision,
            now => now is { State: CardState.Sending } && now.Attempt == begun.Attempt ? now with { State = CardState.Unknown, At = _clock.GetUtcNow() } : null,
            cancellation).ConfigureAwait(false);
    }

    private async Task Update(DeploymentState state, int revision, CardRecord record, CancellationToken cancellation)
    {
        await Compare(state, revision, cancellation).ConfigureAwait(false);
        CardBinding? binding = state.OpenCab is { } open && open.Revision == revision
            ? new(state.Id, revision, open.SubjectDigest, record.Nonce, open.ExpiresAt, record.ConversationId!, record.ActivityId!)
            : null;
        var message = _composer.Make(state, revision, binding);
        var shows = Digest.Of(JsonSerializer.SerializeToUtf8Bytes(message.Card, ChannelCalls.Wire));
        if (record.Shown != shows)
        {
            if (await _channel.Update(message, record.ConversationId!, record.ActivityId!, cancellation).ConfigureAwait(false) is Delivery.NotSent late)
            {
                _log.CardLate(state.Id.ToString(), revision, late.Reason);
                await _debts.Owe(state.Id, revision, late.RetryAfter, cancellation).ConfigureAwait(false);
                return;
            }

            await _records.Change(state.Id, revision, now => now! with { Shown = shows, At = _clock.GetUtcNow() }, cancellation).ConfigureAwait(false);
        }

        await _debts.Settle(state.Id, revision, cancellation).ConfigureAwait(false);
        await _debts.Forget(state.Id, revision, cancellation).ConfigureAwait(false);
    }

    // Once, and to another channel where one is configured: the CAB sees it on its card.
    private async Task TellBackup(DeploymentState state, CabRequest cab, CancellationToken cancellation)
    {
        if (!cab.Escalated || state.OpenCab is null)
        {
            return;
        }

        var told = true;
        await _records.Change(
            state.Id,
            cab.Revision,
            record =>
            {
                told = record?.EscalationTold ?? false;
                return record is null || told ? null : record with { EscalationTold = true, At = _clock.GetUtcNow() };
            },
            cancellation).ConfigureAwait(false);
        if (!told)
        {
            await Tell(CabNotices.Escalated(state), null, cancellation).ConfigureAwait(false);
        }
    }

    private async Task Compare(DeploymentState state, int revision, CancellationToken cancellation)
    {
        if (state.OpenCab?.Revision == revision && !_composer.Remembers(state.Id, revision)
            && await _desk.LastApproved(state, cancellation).ConfigureAwait(false) is { } approved)
        {
            _composer.Remember(state.Id, revision, VersionDifference.Between(approved, state));
        }
    }

    private async Task<Delivery> Post(CabNotice notice, CancellationToken cancellation)
    {
        var delivery = await _channel.Post(NoticeCard.Make(notice, _composer.Address(notice.Path)), notice.Audience, notice.ConversationId, cancellation).ConfigureAwait(false);
        if (delivery is Delivery.Unclear unclear)
        {
            _log.NoticeUnclear(notice.Title, unclear.Reason);
        }

        return delivery;
    }

    // Two changes of one deployment may be dispatched at once; its cards are brought up one after the other.
    private async Task<Turn> Turns(CorrelationId id, CancellationToken cancellation)
    {
        while (true)
        {
            var turn = _turns.GetOrAdd(id, key => new(this, key));
            if (await turn.Enter(cancellation).ConfigureAwait(false))
            {
                return turn;
            }
        }
    }

    private sealed class Turn(CardDelivery delivery, CorrelationId id) : IDisposable
    {
        private readonly SemaphoreSlim _gate = new(1, 1);
        private int _waiting;

        internal async Task<bool> Enter(CancellationToken cancellation)
        {
            Interlocked.Increment(ref _waiting);
            try
            {
                await _gate.WaitAsync(cancellation).ConfigureAwait(false);
            }
            catch
            {
                Interlocked.Decrement(ref _waiting);
                throw;
            }

            // It may have been let go of between being found and being entered.
            if (delivery._turns.TryGetValue(id, out var now) && now == this)
            {
                return true;
            }

            Interlocked.Decrement(ref _waiting);
            _gate.Release();
            return false;
        }

        public void Dispose()
        {
            if (Interlocked.Decrement(ref _waiting) == 0)
            {
                delivery._turns.TryRemove(new(id, this));
            }

            _gate.Release();
        }
    }
}

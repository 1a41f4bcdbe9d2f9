using Governance.Core;
using Governance.Core.Cab;

namespace Governance.Teams.Tests.Testing;

/// <summary>Card records in memory.</summary>
internal sealed class MemoryRecords : ICardRecords
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(CorrelationId, int), CardRecord> _cards = [];

    public CardTroubles Now { get; private set; } = CardTroubles.None;

    public CardRecord? this[CorrelationId id, int revision]
    {
        get => _cards.GetValueOrDefault((id, revision));
        set => _cards[(id, revision)] = value!;
    }

    public Task<CardRecord?> Find(CorrelationId id, int revision, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return Task.FromResult(_cards.GetValueOrDefault((id, revision)));
        }
    }

    public Task<CardRecord?> Change(CorrelationId id, int revision, Func<CardRecord?, CardRecord?> change, CancellationToken cancellation)
    {
        lock (_gate)
        {
            var before = _cards.GetValueOrDefault((id, revision));
            if (change(before) is { } after)
            {
                _cards[(id, revision)] = before = after;
            }

            return Task.FromResult(before);
        }
    }

    public Task<CardTroubles> Troubles(CancellationToken cancellation) => Task.FromResult(Now);

    public Task ChangeTroubles(Func<CardTroubles, CardTroubles> change, CancellationToken cancellation)
    {
        lock (_gate)
        {
            Now = change(Now);
        }

        return Task.CompletedTask;
    }
}

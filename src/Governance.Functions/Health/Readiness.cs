using System.Collections.Immutable;
using Governance.Functions.Observability;

namespace Governance.Functions.Health;

/// <summary>Asks all readiness checks, each at most once at a time and once a second however many ask: the route is open to everybody, and what it costs must not grow with the calls.</summary>
internal sealed class Readiness(IEnumerable<IReadinessCheck> checks, TimeProvider clock, ILogger<Readiness> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    // A process that is merely busy answers late now and then; it stays in service as long as it was well a moment ago.
    private static readonly TimeSpan Trusted = TimeSpan.FromSeconds(6);

    private readonly ImmutableArray<Asked> _checks = [.. checks.Select(check => new Asked(check, clock, log))];

    /// <summary>How all checks stand, by name: null where all is well, else why not.</summary>
    public async Task<ImmutableSortedDictionary<string, string?>> Ask(CancellationToken cancellation)
    {
        var answers = await Task.WhenAll(_checks.Select(check => check.Answer())).WaitAsync(cancellation);
        return answers.ToImmutableSortedDictionary(answer => answer.Name, answer => answer.Why, StringComparer.Ordinal);
    }

    private sealed class Asked(IReadinessCheck check, TimeProvider clock, ILogger log)
    {
        private readonly Lock _gate = new();
        private Task<(string Name, string? Why)>? _last;
        private long _askedAt;
        private long? _wellAt;

        public Task<(string Name, string? Why)> Answer()
        {
            lock (_gate)
            {
                if (_last is null || (_last.IsCompleted && clock.GetElapsedTime(_askedAt) >= Fresh))
                {
                    _askedAt = clock.GetTimestamp();
                    _last = Ask();
                }

                return _last;
            }
        }

        private async Task<(string Name, string? Why)> Ask()
        {
            using var patience = new CancellationTokenSource(Patience, clock);
            try
            {
                var why = await check.Ask(patience.Token).WaitAsync(patience.Token);
                _wellAt = why is null ? clock.GetTimestamp() : null;
                return (check.Name, why);
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested)
            {
                return (check.Name, _wellAt is { } well && clock.GetElapsedTime(well) < Trusted ? null : "does not answer in time");
            }
            catch (Exception fault)
            {
                // Any fault of a check is its answer; the log has the rest.
                log.CheckFailed(check.Name, fault);
                _wellAt = null;
                return (check.Name, "does not answer");
            }
        }
    }
}

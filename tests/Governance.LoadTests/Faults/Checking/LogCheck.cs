using Governance.Core;
using Governance.Storage.Audit;
using Governance.Storage.Streams;

namespace Governance.LoadTests.Faults.Checking;

/// <summary>Recomputes every log, and every head from its log: the audit that the product itself has.</summary>
internal static class LogCheck
{
    /// <returns>What is wrong; and the types of each deployment's events, in order.</returns>
    internal static async Task<(IReadOnlyList<Violation> Violations, IReadOnlyDictionary<CorrelationId, IReadOnlyList<StoredEvent>> Logs)> Run(
        IAuditedStreams streams, IEnumerable<CorrelationId> ids, CancellationToken cancellation)
    {
        var (violations, logs) = (new List<Violation>(), new Dictionary<CorrelationId, IReadOnlyList<StoredEvent>>());
        foreach (var id in ids)
        {
            var verdict = await StreamAudit.Of(streams, id, cancellation);
            if (verdict is null)
            {
                violations.Add(new(Invariant.Log, $"Stream {id} has rows and neither a head nor a first event."));
                continue;
            }

            logs[id] = verdict.Events;
            violations.AddRange(verdict.Flaws.Select(flaw => new Violation(
                flaw.Contains("state", StringComparison.Ordinal) ? Invariant.State : Invariant.Log, $"Stream {id}: {flaw}")));
        }

        return (violations, logs);
    }
}

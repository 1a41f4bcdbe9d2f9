using System.Globalization;
using Governance.Core;
using Governance.Core.Audit;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Functions.Observability;
using Governance.Functions.Sweeps;
using Governance.Storage.Audit;
using Governance.Storage.Streams;
using Governance.Storage.Sweeps;

namespace Governance.Functions.Audit;

/// <summary>
/// Every night: the anchors among each other, every event that they name, and every stream from its first event on. So a stream that was taken out whole is found too,
/// which nobody would ask for by its id.
/// </summary>
internal sealed class VerifyAuditLog(
    AnchorLog log,
    AnchorAudit anchors,
    EventStreams<DeploymentState, DeploymentEvent> deployments,
    EventStreams<ExceptionState, ExceptionEvent> exceptions,
    ILogger<VerifyAuditLog> logger) : ISweep
{
    /// <summary>Below the 29 minutes after which an invocation of the Functions host is cut; the next night goes on.</summary>
    public TimeSpan Budget => TimeSpan.FromMinutes(25);

    /// <inheritdoc/>
    public async Task<SweepStep> Step(string? cursor, CancellationToken cancellation)
    {
        var number = cursor is null ? 1 : long.Parse(cursor, CultureInfo.InvariantCulture);
        try
        {
            return await Look(number, cancellation);
        }
        catch (InvalidDataException broken)
        {
            logger.AnchorNotAsItWas(number, broken.Message);
            return new(Next(number, await log.LastSettled(cancellation)), 1, 0, 1);
        }
    }

    private async Task<SweepStep> Look(long number, CancellationToken cancellation)
    {
        var last = await log.LastSettled(cancellation);
        if (await log.Read(number, cancellation) is not var (anchor, _))
        {
            if (number > last)
            {
                return new(null, 0, 0, 0);
            }

            logger.AnchorNotAsItWas(number, $"Anchor {number} is not there.");
            return new(Next(number, last), 1, 0, 1);
        }

        var (leaves, flaw) = await anchors.LeavesOf(anchor, cancellation);
        foreach (var each in new[] { flaw, AnchorRules.LinkFlawOf(anchor, await log.Read(number - 1, cancellation)) }.OfType<string>())
        {
            logger.AnchorNotAsItWas(number, each);
            flaw = each;
        }

        var created = anchor.Created.ToHashSet();
        var failed = flaw is null ? 0 : 1;
        await Parallel.ForEachAsync(leaves, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellation }, async (leaf, token) =>
        {
            foreach (var each in await FlawsOf(leaf, created.Contains(leaf.CorrelationId), token))
            {
                logger.NotAsItWas(leaf.CorrelationId.ToString(), each);
                Interlocked.Increment(ref failed);
            }
        });
        return new(Next(number, last), leaves.Count + 1, 0, failed);
    }

    // The event that the anchor names, for every leaf; the whole stream where it is new, so once a round.
    private async Task<IReadOnlyList<string>> FlawsOf(AnchorLeaf leaf, bool whole, CancellationToken cancellation)
    {
        var inExceptions = (await exceptions.ReadRows(leaf.CorrelationId, leaf.Sequence, 1, cancellation))[0];
        IAuditedStreams streams = inExceptions.Event?.Hash == leaf.HeadHash ? exceptions : deployments;
        var row = streams == exceptions ? inExceptions : (await deployments.ReadRows(leaf.CorrelationId, leaf.Sequence, 1, cancellation))[0];
        if (row.Event?.Hash != leaf.HeadHash)
        {
            return [string.Create(CultureInfo.InvariantCulture, $"Event {leaf.Sequence} {row.Flaw ?? "has another hash than its anchor says"}.")];
        }

        return whole ? (await StreamAudit.Of(streams, leaf.CorrelationId, cancellation))?.Flaws ?? ["The stream is gone."] : [];
    }

    private static string? Next(long number, long last) => number < last ? (number + 1).ToString(CultureInfo.InvariantCulture) : null;
}

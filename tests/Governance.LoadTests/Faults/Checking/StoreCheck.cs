using Governance.Core;
using Governance.Core.Deployments;
using Governance.Storage.Streams;

namespace Governance.LoadTests.Faults.Checking;

/// <summary>What a check found.</summary>
/// <param name="Violations">What does not hold; empty where all does.</param>
/// <param name="Deployments">How many deployments there are.</param>
/// <param name="Events">How many events stand in their logs.</param>
/// <param name="Apps">How many apps the tenant has.</param>
/// <param name="Failed">How many deployments ended as FAILED.</param>
/// <param name="Waits">The longest waits between two events of a deployment, the longest first.</param>
internal sealed record CheckReport(IReadOnlyList<Violation> Violations, int Deployments, long Events, int Apps, int Failed, IReadOnlyList<LogWait> Waits);

/// <summary>The time between two events that follow each other in a log.</summary>
internal sealed record LogWait(CorrelationId Id, string From, string To, TimeSpan Time)
{
    public override string ToString() => FormattableString.Invariant($"{Time.TotalSeconds:0.0} s from {From} to {To} of {Id}");
}

/// <summary>What must be in the store beside what can be seen there.</summary>
/// <param name="Promises">What clients were told.</param>
/// <param name="Expectations">Where deployments may end.</param>
internal sealed record ToldClients(IReadOnlyCollection<Promise> Promises, IReadOnlyCollection<Expectation> Expectations)
{
    internal static readonly ToldClients Nothing = new([], []);
}

/// <summary>Reads a store that nobody writes to any more, and the tenant beside it, and says everything that does not hold.</summary>
internal static class StoreCheck
{
    internal static async Task<CheckReport> Run(CheckedStore store, IReadOnlyList<TenantApp> apps, ToldClients told, CancellationToken cancellation)
    {
        var deployments = await CheckedStore.Keys(store.Layout.Deployments, cancellation);
        var exceptions = await CheckedStore.Keys(store.Layout.Exceptions, cancellation);
        var (violations, logs) = await LogCheck.Run(store.Deployments, deployments.Streams, cancellation);
        var (inExceptions, _) = await LogCheck.Run(store.Exceptions, exceptions.Streams, cancellation);
        var heads = await store.Heads(deployments.Streams, cancellation);
        List<Violation> all = [.. violations, .. inExceptions, .. Outbox([.. deployments.Outbox, .. exceptions.Outbox])];

        // Lists of logs that do not stand say nothing more.
        all.AddRange(violations.Count + inExceptions.Count == 0 ? await new ViewCheck(store).Run(heads, cancellation) : []);
        all.AddRange(await new HubCheck(store.Hub, heads).Run(cancellation));
        all.AddRange(new PlaneCheck(heads).Run(apps));
        all.AddRange(PromiseCheck.Run(told.Promises, told.Expectations, logs, heads));
        return new(all, heads.Count, logs.Values.Sum(log => log.Count), apps.Count, heads.Values.Count(head => head.State.Status == DeploymentStatus.Failed), [.. logs.Values.SelectMany(Waits).OrderByDescending(wait => wait.Time).Take(5)]);
    }

    /// <summary>What is not at rest yet: cheap enough to be asked again and again while the app runs.</summary>
    internal static async Task<IReadOnlyList<Violation>> Unrest(CheckedStore store, CancellationToken cancellation)
    {
        var deployments = await CheckedStore.Keys(store.Layout.Deployments, cancellation);
        var exceptions = await CheckedStore.Keys(store.Layout.Exceptions, cancellation);
        var heads = await store.Heads(deployments.Streams, cancellation);
        return [.. Outbox([.. deployments.Outbox, .. exceptions.Outbox]), .. await new HubCheck(store.Hub, heads).Run(cancellation)];
    }

    private static IEnumerable<LogWait> Waits(IReadOnlyList<StoredEvent> log) =>
        log.Zip(log.Skip(1), (from, to) => new LogWait(from.StreamId, from.EventType, to.EventType, to.Timestamp - from.Timestamp));

    private static IEnumerable<Violation> Outbox(IEnumerable<string> rows) => rows.Select(row => new Violation(
        Invariant.Outbox, $"The follow-up work of event {StreamRows.OutboxSequence(row)} of stream {StreamRows.OutboxStream(row)} is left in its row."));
}

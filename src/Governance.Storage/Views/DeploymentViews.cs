using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Storage.Tables;

namespace Governance.Storage.Views;

/// <summary>
/// The read models of deployments. All of them follow from the logs; they are brought up to date by the outbox, a batch at a time, and any of it
/// may come again or out of order.
/// </summary>
public sealed class DeploymentViews
{
    private const int MostChains = 512;

    private static readonly ViewsJson Json = ViewsJson.Default;

    // In the order of urgency; PendingKind counts in it.
    private static readonly string[] PendingChains = ["cab-escalated", "cab-urgent", "cab-standard"];

    private readonly TableClient _table;
    private readonly PageCache _cache;
    private readonly ConcurrentDictionary<string, object> _chains = new(StringComparer.Ordinal);
    private readonly PageChain<CorrelationId, ListedDeployment> _recent;
    private readonly PageChain<CorrelationId, ListedDeployment> _live;
    private readonly PageChain<string, AppRow> _apps;
    private readonly PageChain<CorrelationId, ListedRequest>[] _pending;
    private readonly KeyedRows<HistoryRow> _history;
    private readonly KeyedRows<RingResultsRow> _results;

    /// <param name="table">The table of all views.</param>
    /// <param name="clock">For the age of cached pages.</param>
    public DeploymentViews(TableClient table, TimeProvider clock)
    {
        (_table, _cache) = (table, new(clock));
        _recent = Chain<CorrelationId, ListedDeployment>("recent", Json.ListListedDeployment);
        _live = Chain<CorrelationId, ListedDeployment>("live", Json.ListListedDeployment);
        _apps = Chain<string, AppRow>("apps", Json.ListAppRow);
        _pending = [.. PendingChains.Select(name => Chain<CorrelationId, ListedRequest>(name, Json.ListListedRequest))];
        _history = new(table, "history", Json.HistoryRow);
        _results = new(table, "results", Json.RingResultsRow);
    }

    /// <summary>Brings all views up to date with these changes, of any deployments and in any order.</summary>
    public async Task Apply(IReadOnlyList<DeploymentSummary> changes, CancellationToken cancellation)
    {
        var newest = changes.GroupBy(change => change.CorrelationId).Select(group => group.MaxBy(change => change.Sequence)!).ToList();
        var listed = newest.Select(change => new ListedDeployment(change with { StatusBefore = First(changes, change) ? null : change.StatusBefore ?? change.Status })).ToList();
        await _recent.Put(listed, cancellation).ConfigureAwait(false);
        foreach (var group in listed.GroupBy(item => item.Summary.SubmittedBy))
        {
            await Mine(group.Key).Put([.. group], cancellation).ConfigureAwait(false);
        }

        await _live.Put([.. listed.Where(item => IsLive(item.Summary))], cancellation).ConfigureAwait(false);
        await _live.Remove([.. newest.Where(change => !IsLive(change)).Select(change => (change.CorrelationId, change.CreatedAt))], cancellation).ConfigureAwait(false);
        await ApplyPending(newest, changes, cancellation).ConfigureAwait(false);
        await ApplyApps(newest, cancellation).ConfigureAwait(false);
        await ApplyEvents(changes, cancellation).ConfigureAwait(false);
        foreach (var change in newest.Where(change => change.Status is DeploymentStatus.Completed or DeploymentStatus.Failed or DeploymentStatus.RolledBack
            || change.Incidents != new IncidentCounts(0, 0, 0, 0)))
        {
            await _history.Change(change.AppName, row => AppHistories.With(row, change), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Deployments, newest first.</summary>
    public async Task<PageOf<DeploymentSummary>> Recent(
        DeploymentStatus? status, Ring? ring, string? appName, int limit, string? cursor, CancellationToken cancellation) => Summaries(await _recent.Read(
            newestFirst: true,
            limit,
            cursor,
            item => (status is null || item.Summary.Status == status) && (ring is null || item.Summary.TargetRing == ring) && (appName is null || item.Summary.AppName == appName),
            cancellation).ConfigureAwait(false));

    /// <summary>What one person or application has submitted, newest first.</summary>
    public async Task<PageOf<DeploymentSummary>> ByRequester(PersonId requester, int limit, string? cursor, CancellationToken cancellation) =>
        Summaries(await Mine(requester).Read(newestFirst: true, limit, cursor, _ => true, cancellation).ConfigureAwait(false));

    /// <summary>What sweeps have to look at: everything that has not ended, and what is completed until a newer version takes its ring; oldest first.</summary>
    public async Task<PageOf<DeploymentSummary>> Live(int limit, string? cursor, CancellationToken cancellation) =>
        Summaries(await _live.Read(newestFirst: false, limit, cursor, _ => true, cancellation).ConfigureAwait(false));

    /// <summary>Apps with their versions, newest first.</summary>
    public Task<PageOf<AppRow>> Applications(int limit, string? cursor, CancellationToken cancellation) =>
        _apps.Read(newestFirst: true, limit, cursor, _ => true, cancellation);

    /// <summary>The newest deployments of an app, of one version or of all that are listed. One point read.</summary>
    public async Task<IReadOnlyList<CorrelationId>> DeploymentsOf(string appName, string? version, CancellationToken cancellation)
    {
        var app = await Apps.Find(appName, cancellation).ConfigureAwait(false);
        return [.. (app?.Versions ?? []).Where(each => version is null || each.Version == version).SelectMany(each => each.Deployments).Select(each => each.CorrelationId)];
    }

    /// <summary>Open CAB requests, most urgent first: escalated ones by expiry, then the others by deadline.</summary>
    public async Task<PageOf<DeploymentSummary>> PendingCab(int limit, string? cursor, CancellationToken cancellation)
    {
        var places = PendingPlaces.Read(cursor);
        var escalated = places.Escalated is "-" ? new([], null) : await _pending[0].Read(newestFirst: false, limit, places.Escalated, _ => true, cancellation).ConfigureAwait(false);
        if (escalated.Cursor is not null || escalated.Items.Count == limit)
        {
            return new([.. escalated.Items.Select(item => item.Summary)], PendingPlaces.Next(escalated.Cursor ?? "-", places.Urgent, places.Standard));
        }

        return await PendingMerge.Read(_pending[1], _pending[2], [.. escalated.Items], places, limit, cancellation).ConfigureAwait(false);
    }

    /// <summary>An app's history.</summary>
    public async Task<AppHistory> History(string appName, DateTimeOffset asOf, CancellationToken cancellation) =>
        AppHistories.Sum(await _history.Find(appName, cancellation).ConfigureAwait(false), asOf);

    /// <summary>One hour's events, newest first.</summary>
    /// <param name="hour">Any instant of the hour, UTC.</param>
    public Task<PageOf<ListedEvent>> Events(
        DateTimeOffset hour, Func<ListedEvent, bool> wanted, int limit, string? cursor, CancellationToken cancellation) =>
        Hour(hour).Read(newestFirst: true, limit, cursor, wanted, cancellation);

    /// <summary>The last results of a ring from any rollout of this app and version; null where none were read.</summary>
    public async Task<RingMeasurement?> RingResults(string appName, string version, Ring ring, CancellationToken cancellation) =>
        (await _results.Find(ResultsKey(appName, version, ring), cancellation).ConfigureAwait(false))?.Measured;

    /// <summary>The last device counts of a ring, where this deployment was the last to read them; null otherwise.</summary>
    public async Task<RingDeviceResults?> DevicesOf(string appName, string version, Ring ring, CorrelationId id, CancellationToken cancellation) =>
        await _results.Find(ResultsKey(appName, version, ring), cancellation).ConfigureAwait(false) is { } row && row.CorrelationId == id ? row.Devices : null;

    /// <summary>Keeps what was just read of a ring.</summary>
    public Task SaveRingResults(
        string appName, string version, Ring ring, CorrelationId id, RingMeasurement measured, RingDeviceResults devices, CancellationToken cancellation) =>
        _results.Change(ResultsKey(appName, version, ring), _ => new(id, measured, devices), cancellation);

    private static string ResultsKey(string appName, string version, Ring ring) => $"{appName}\n{version}\n{ring.WireName()}";

    private static bool First(IReadOnlyList<DeploymentSummary> changes, DeploymentSummary newest) =>
        changes.Any(change => change.CorrelationId == newest.CorrelationId && change.StatusBefore is null);

    private static bool IsLive(DeploymentSummary summary) => !summary.Status.HasEnded() || summary.Status == DeploymentStatus.Completed;

    private static PageOf<DeploymentSummary> Summaries(PageOf<ListedDeployment> page) => new([.. page.Items.Select(item => item.Summary)], page.Cursor);

    private async Task ApplyPending(List<DeploymentSummary> newest, IReadOnlyList<DeploymentSummary> changes, CancellationToken cancellation)
    {
        // Where each request was at the beginning of the batch, so that it is taken out there.
        var before = changes.Where(change => change.CabBefore is not null).GroupBy(change => change.CorrelationId)
            .ToDictionary(group => group.Key, group => group.MinBy(change => change.Sequence)!);
        for (var kind = 0; kind < _pending.Length; kind++)
        {
            var now = newest.Where(change => change.Cab is not null && PendingKind(change.Cab, change.Urgency) == kind).ToList();
            await _pending[kind].Put([.. now.Select(change => new ListedRequest(change))], cancellation).ConfigureAwait(false);
            var stays = now.Select(change => (change.CorrelationId, change.Cab!.RequestedAt)).ToHashSet();
            var gone = newest
                .Where(change => before.TryGetValue(change.CorrelationId, out var was) && PendingKind(was.CabBefore!, was.Urgency) == kind)
                .Select(change => (change.CorrelationId, before[change.CorrelationId].CabBefore!.RequestedAt))
                .Where(each => !stays.Contains(each));
            await _pending[kind].Remove([.. gone], cancellation).ConfigureAwait(false);
        }
    }

    private static int PendingKind(OpenCabRequest cab, Urgency urgency) => cab.Escalated ? 0 : urgency == Urgency.Urgent ? 1 : 2;

    private async Task ApplyApps(List<DeploymentSummary> newest, CancellationToken cancellation)
    {
        foreach (var group in newest.GroupBy(change => change.AppName))
        {
            AppRow? row = null;
            await Apps.Change(group.Key, known => row = group.OrderBy(change => change.UpdatedAt).Aggregate(known, AppRows.With), cancellation).ConfigureAwait(false);
            await _apps.Put([row!], cancellation).ConfigureAwait(false);
        }
    }

    private async Task ApplyEvents(IReadOnlyList<DeploymentSummary> changes, CancellationToken cancellation)
    {
        var events = changes.SelectMany(change => change.EventTypes.Select((type, index) => new ListedEvent(
            change.CorrelationId, change.Sequence - change.EventTypes.Count + 1 + index, type, change.UpdatedAt)));
        foreach (var hour in events.GroupBy(each => Bucket(each.At)))
        {
            await Hour(hour.First().At).Put([.. hour.OrderBy(each => each.At).ThenBy(each => each.EventSequence)], cancellation).ConfigureAwait(false);
        }
    }

    private KeyedRows<AppRow> Apps => new(_table, "app", Json.AppRow);

    private PageChain<string, ListedEvent> Hour(DateTimeOffset at) => Chain<string, ListedEvent>(Bucket(at), Json.ListListedEvent);

    private static string Bucket(DateTimeOffset at) => "events-" + at.UtcDateTime.ToString("yyyyMMddHH", CultureInfo.InvariantCulture);

    private PageChain<CorrelationId, ListedDeployment> Mine(PersonId requester) =>
        Chain<CorrelationId, ListedDeployment>($"by-{requester}", Json.ListListedDeployment);

    // A chain remembers where its entries are, so the ones in use are kept.
    private PageChain<TKey, TItem> Chain<TKey, TItem>(string name, JsonTypeInfo<List<TItem>> json)
        where TKey : notnull
        where TItem : IListed<TKey>
    {
        if (_chains.Count > MostChains)
        {
            _chains.Clear();
        }

        return (PageChain<TKey, TItem>)_chains.GetOrAdd(name, _ => new PageChain<TKey, TItem>(_table, name, json, _cache));
    }
}

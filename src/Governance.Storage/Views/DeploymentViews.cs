using System.Collections.Concurrent;
using System.Globalization;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Storage.Tables;

namespace Governance.Storage.Views;

/// <summary>
/// The read models of deployments. All of them follow from the logs; they are brought up to date by the outbox, a batch at a time, and any of it
/// may come again, late or out of order: what a view shows depends on the newest sequence that it was told of, and on nothing else.
/// </summary>
public sealed class DeploymentViews
{
    /// <summary>The kind of rows that do not follow from the logs: what was read of devices.</summary>
    internal const string ResultsKind = "results";

    // Storage answers no faster beyond it.
    private const int AtOnce = 16;

    private static readonly ViewsJson Json = ViewsJson.Default;

    private readonly TableClient _table;
    private readonly PageCache _cache;
    private readonly PageChain<ListedDeployment> _recent;
    private readonly PageChain<ListedDeployment> _live;
    private readonly PageChain<ListedApp> _apps;
    private readonly PendingRequests _pending;
    private readonly KeyedRows<KnownApp> _app;
    private readonly KeyedRows<HistoryRow> _history;
    private readonly KeyedRows<RingResultsRow> _results;

    /// <param name="table">The table of all views.</param>
    /// <param name="clock">For the age of cached pages.</param>
    public DeploymentViews(TableClient table, TimeProvider clock)
    {
        (_table, _cache) = (table, new(clock));
        _recent = Deployments("recent");
        _live = Deployments("live");
        _apps = new(table, "apps", Json.AppPage, _cache);
        _pending = new(table, _cache);
        _app = new(table, "app", Json.KnownApp);
        _history = new(table, "history", Json.HistoryRow);
        _results = new(table, ResultsKind, Json.RingResultsRow);
    }

    /// <summary>Brings all views up to date with these changes, of any deployments and in any order; repeats do no harm.</summary>
    /// <remarks>
    /// The list of recent deployments is written first and tells what stands for each deployment: this change, or a later one that came before it.
    /// All other views show what stands. Afterwards it is read again, because another process may have been told of a later change in between.
    /// </remarks>
    /// <returns>For how many deployments a view was changed.</returns>
    public async Task<int> Apply(IReadOnlyList<DeploymentSummary> changes, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var touched = new HashSet<string>(StringComparer.Ordinal);
        await ApplyEvents([.. changes.SelectMany(ListedEvent.Of)], cancellation).ConfigureAwait(false);
        var newest = changes.GroupBy(change => change.CorrelationId).Select(group => ListedDeployment.Of(group.MaxBy(change => change.Sequence)!)).ToList();
        var listed = await _recent.Put(newest, cancellation).ConfigureAwait(false);
        touched.UnionWith(listed.Where(each => each.Value.Changed).Select(each => each.Key));
        var standing = listed.Values.Select(each => each.Now).ToList();
        while (standing.Count > 0)
        {
            await ApplyStanding(standing, changes, touched, cancellation).ConfigureAwait(false);
            var current = await _recent.Find([.. standing.Select(item => ListPlace.Of(item))], cancellation).ConfigureAwait(false);
            standing = [.. standing.Where(item => current.GetValueOrDefault(item.Key)?.Sequence > item.Sequence).Select(item => current[item.Key])];
        }

        return touched.Count;
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

    /// <summary>What sweeps have to look at: everything that has not ended, and what is completed; oldest first. A cursor stays good while entries come and go.</summary>
    public async Task<PageOf<DeploymentSummary>> Live(int limit, string? cursor, CancellationToken cancellation) =>
        Summaries(await _live.Read(newestFirst: false, limit, cursor, _ => true, cancellation).ConfigureAwait(false));

    /// <summary>Apps with their versions, newest first.</summary>
    public async Task<PageOf<AppRow>> Applications(int limit, string? cursor, CancellationToken cancellation)
    {
        var page = await _apps.Read(newestFirst: true, limit, cursor, _ => true, cancellation).ConfigureAwait(false);
        return new([.. page.Items.Select(item => item.App)], page.Cursor);
    }

    /// <summary>The 500 deployments of an app that changed last, of one version or of all, the latest first. One point read.</summary>
    public async Task<IReadOnlyList<CorrelationId>> DeploymentsOf(string appName, string? version, CancellationToken cancellation)
    {
        var app = await _app.Find(appName, cancellation).ConfigureAwait(false);
        return [.. (app?.Deployments ?? []).Where(each => version is null || each.Version == version).Select(each => each.Deployment.CorrelationId)];
    }

    /// <summary>Open CAB requests, most urgent first: escalated ones by expiry, then the others by deadline.</summary>
    public Task<PageOf<DeploymentSummary>> PendingCab(int limit, string? cursor, CancellationToken cancellation) => _pending.Read(limit, cursor, cancellation);

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

    /// <summary>Lists events, wherever they are known from.</summary>
    /// <returns>How many were not listed yet.</returns>
    internal async Task<int> ApplyEvents(IReadOnlyList<ListedEvent> events, CancellationToken cancellation)
    {
        var added = 0;
        foreach (var hour in events.GroupBy(each => Bucket(each.At)))
        {
            added += (await Hour(hour.First().At).Put([.. hour], cancellation).ConfigureAwait(false)).Count(each => each.Value.Changed);
        }

        return added;
    }

    /// <summary>One class of open CAB requests, for whoever checks it against the log.</summary>
    internal Task<PageOf<ListedRequest>> PendingOfClass(int kind, int limit, string? cursor, CancellationToken cancellation) =>
        _pending.OfClass(kind, limit, cursor, cancellation);

    private static string ResultsKey(string appName, string version, Ring ring) => $"{appName}\n{version}\n{ring.WireName()}";

    private static bool IsLive(DeploymentSummary summary) =>
        !summary.Status.HasEnded() || (summary.Status == DeploymentStatus.Completed && !(summary.Superseded && summary.Holds.Count == 0));

    private static PageOf<DeploymentSummary> Summaries(PageOf<ListedDeployment> page) => new([.. page.Items.Select(item => item.Summary)], page.Cursor);

    // What belongs to different people or apps lies in different rows, and a batch may be of as many of them as it has changes: side by side, or each would wait for all before it.
    private async Task ApplyStanding(List<ListedDeployment> standing, IReadOnlyList<DeploymentSummary> changes, HashSet<string> touched, CancellationToken cancellation)
    {
        foreach (var put in await SideBySide(standing.GroupBy(item => item.Summary.SubmittedBy), (group, token) => Mine(group.Key).Put([.. group], token), cancellation).ConfigureAwait(false))
        {
            Note(touched, put);
        }

        Note(touched, await _live.Put([.. standing.Where(item => IsLive(item.Summary))], cancellation).ConfigureAwait(false));
        touched.UnionWith(await _live.Remove([.. standing.Where(item => !IsLive(item.Summary)).Select(item => ListPlace.Of(item))], cancellation).ConfigureAwait(false));
        var summaries = standing.ConvertAll(item => item.Summary);
        await _pending.Apply(summaries, changes, touched, cancellation).ConfigureAwait(false);
        var apps = await SideBySide(summaries.GroupBy(each => each.AppName, StringComparer.Ordinal), (app, token) => ApplyApp(app.Key, [.. app], token), cancellation).ConfigureAwait(false);
        await _apps.Put([.. apps.Select(app => AppRows.Listed(app.Known))], cancellation).ConfigureAwait(false);
        await _apps.Remove([.. apps.SelectMany(app => app.Known.SeenLater.Select(at => new ListPlace(at.UtcTicks, app.Name)))], cancellation).ConfigureAwait(false);
    }

    private async Task<(string Name, KnownApp Known)> ApplyApp(string name, IReadOnlyList<DeploymentSummary> changes, CancellationToken cancellation)
    {
        KnownApp? app = null;
        await _app.Change(
            name,
            known =>
            {
                var changed = AppRows.With(known, changes);
                app = changed ?? known;
                return changed;
            },
            cancellation).ConfigureAwait(false);
        if (changes.Any(AppHistories.Counts))
        {
            await _history.Change(name, row => AppHistories.With(row, changes), cancellation).ConfigureAwait(false);
        }

        return (name, app!);
    }

    private static async Task<IReadOnlyCollection<TResult>> SideBySide<TItem, TResult>(
        IEnumerable<TItem> items, Func<TItem, CancellationToken, Task<TResult>> apply, CancellationToken cancellation)
    {
        var results = new ConcurrentBag<TResult>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(items, options, async (item, token) => results.Add(await apply(item, token).ConfigureAwait(false))).ConfigureAwait(false);
        return results;
    }

    private static void Note(HashSet<string> touched, IReadOnlyDictionary<string, Standing<ListedDeployment>> put) =>
        touched.UnionWith(put.Where(each => each.Value.Changed).Select(each => each.Key));

    private PageChain<ListedEvent> Hour(DateTimeOffset at) => new(_table, Bucket(at), Json.EventPage, _cache);

    private static string Bucket(DateTimeOffset at) => "events-" + at.UtcDateTime.ToString("yyyyMMddHH", CultureInfo.InvariantCulture);

    private PageChain<ListedDeployment> Mine(PersonId requester) => Deployments($"by-{requester}");

    private PageChain<ListedDeployment> Deployments(string name) => new(_table, name, Json.DeploymentPage, _cache);
}

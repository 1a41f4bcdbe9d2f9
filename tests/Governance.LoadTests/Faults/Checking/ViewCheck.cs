using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Storage.Streams;
using Governance.Storage.Tables;
using Governance.Storage.Views;

namespace Governance.LoadTests.Faults.Checking;

/// <summary>
/// Makes all lists anew from the logs, in tables of its own and with the product's own repair, and compares what they show with what the app's lists
/// show, entry by entry.
/// </summary>
internal sealed class ViewCheck(CheckedStore store)
{
    private const int PageSize = 200;
    private const string Hours = "events-";
    private const string Requesters = "by-";

    private readonly List<Violation> _violations = [];

    internal async Task<IReadOnlyList<Violation>> Run(IReadOnlyDictionary<CorrelationId, StreamHead<DeploymentState>> heads, CancellationToken cancellation)
    {
        var table = await store.TableOfOurs("ViewsAnew", cancellation);
        var waitingTable = await store.TableOfOurs("WaitingAnew", cancellation);
        var (app, anew) = (CheckedStore.Lists(store.Layout.Views), CheckedStore.Lists(table));
        var waiting = new WaitingIntents(waitingTable);
        await new ViewRepair(new(
            store.Deployments, store.Layout.Deployments, store.Exceptions, store.Layout.Exceptions, table, anew.Deployments, anew.Exceptions, waiting))
            .Rebuild(null, cancellation);

        Task Deployments(string list, Func<DeploymentViews, string?, Task<PageOf<DeploymentSummary>>> read) => Compare(
            list, cursor => read(app.Deployments, cursor), cursor => read(anew.Deployments, cursor), each => $"deployment {each.CorrelationId} at event {each.Sequence}");
        await Deployments("recent deployments", (views, cursor) => views.Recent(null, null, null, PageSize, cursor, cancellation));
        await Deployments("live deployments", (views, cursor) => views.Live(PageSize, cursor, cancellation));
        await Deployments("open requests", (views, cursor) => views.PendingCab(PageSize, cursor, cancellation));

        var lists = (await Partitions(store.Layout.Views, cancellation)).Union(await Partitions(table, cancellation)).ToList();
        foreach (var requester in lists.Where(each => each.StartsWith(Requesters, StringComparison.Ordinal)).Select(each => PersonId.Parse(each[Requesters.Length..], null)))
        {
            await Deployments($"what {requester} submitted", (views, cursor) => views.ByRequester(requester, PageSize, cursor, cancellation));
        }

        foreach (var hour in lists.Where(each => each.StartsWith(Hours, StringComparison.Ordinal)).Select(each => Hour(each[Hours.Length..])))
        {
            Func<DeploymentViews, string?, Task<PageOf<ListedEvent>>> read = (views, cursor) => views.Events(hour, _ => true, PageSize, cursor, cancellation);
            await Compare(
                $"the events of {hour:yyyy-MM-dd HH}:00", cursor => read(app.Deployments, cursor), cursor => read(anew.Deployments, cursor),
                each => $"{each.EventType}, event {each.EventSequence} of {each.CorrelationId}");
        }

        await OfApps(app, anew, [.. heads.Values.Select(head => head.State.Request.AppName).Distinct(StringComparer.Ordinal)], cancellation);
        await Waiting(new(store.Layout.Waiting), heads, cancellation);
        return _violations;
    }

    private static DateTimeOffset Hour(string text) =>
        DateTimeOffset.ParseExact(text, "yyyyMMddHH", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal);

    private static async Task<HashSet<string>> Partitions(TableClient table, CancellationToken cancellation)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var row in table.QueryAsync(select: ["PartitionKey", "RowKey"], cancellationToken: cancellation))
        {
            found.Add(row.PartitionKey);
        }

        return found;
    }

    private async Task OfApps(ListsOf app, ListsOf anew, IReadOnlyList<string> names, CancellationToken cancellation)
    {
        Func<DeploymentViews, string?, Task<PageOf<AppRow>>> apps = (views, cursor) => views.Applications(PageSize, cursor, cancellation);
        await Compare("apps", cursor => apps(app.Deployments, cursor), cursor => apps(anew.Deployments, cursor), each => $"app {each.AppName}", Same);
        Func<ExceptionViews, bool, string?, Task<PageOf<ExceptionSummary>>> exceptions = (views, pending, cursor) =>
            pending ? views.Pending(PageSize, cursor, cancellation) : views.Approved(PageSize, cursor, cancellation);
        foreach (var pending in new[] { true, false })
        {
            await Compare(
                pending ? "pending exceptions" : "approved exceptions",
                cursor => exceptions(app.Exceptions, pending, cursor), cursor => exceptions(anew.Exceptions, pending, cursor), each => $"exception {each.Id} at event {each.Sequence}");
        }

        foreach (var name in names)
        {
            Same($"the deployments of {name}", await app.Deployments.DeploymentsOf(name, null, cancellation), await anew.Deployments.DeploymentsOf(name, null, cancellation));
            Same($"the exceptions of {name}", await app.Exceptions.Of(name, cancellation), await anew.Exceptions.Of(name, cancellation));
            var asOf = DateTimeOffset.MaxValue.AddYears(-1);
            if (await app.Deployments.History(name, asOf, cancellation) != await anew.Deployments.History(name, asOf, cancellation))
            {
                Wrong($"The history of {name} is not what its logs lead to.");
            }
        }
    }

    // What waits must be noted; a note too many is looked at when its pack comes, and does nothing.
    private async Task Waiting(WaitingIntents noted, IReadOnlyDictionary<CorrelationId, StreamHead<DeploymentState>> heads, CancellationToken cancellation)
    {
        foreach (var (id, head) in heads)
        {
            if (head.State is { Status: DeploymentStatus.Pending, Evidence: null } state && !(await noted.For(state.Request.EvidencePackId, cancellation)).Contains(id))
            {
                Wrong($"Deployment {id} waits for pack {state.Request.EvidencePackId}, and no note says so.");
            }
        }
    }

    private static bool Same(AppRow one, AppRow other) =>
        System.Text.Json.JsonSerializer.Serialize(one) == System.Text.Json.JsonSerializer.Serialize(other);

    private void Same<T>(string list, IEnumerable<T> shown, IEnumerable<T> right)
    {
        if (!shown.SequenceEqual(right))
        {
            Wrong($"The list of {list} is not what the logs lead to.");
        }
    }

    private async Task Compare<T>(
        string list, Func<string?, Task<PageOf<T>>> app, Func<string?, Task<PageOf<T>>> anew, Func<T, string> name, Func<T, T, bool>? same = null)
    {
        same ??= EqualityComparer<T>.Default.Equals;
        var (shown, right) = (await All(app), await All(anew));
        foreach (var extra in shown.Where(item => !right.Exists(other => same(item, other))))
        {
            Wrong($"The list of {list} shows {name(extra)}, which the logs do not.");
        }

        foreach (var missing in right.Where(item => !shown.Exists(other => same(item, other))))
        {
            Wrong($"The list of {list} does not show {name(missing)}, which the logs do.");
        }

        if (shown.Count == right.Count && shown.Count != 0 && !shown.Zip(right).All(pair => same(pair.First, pair.Second)) && shown.TrueForAll(item => right.Exists(other => same(item, other))))
        {
            Wrong($"The list of {list} is not in its order.");
        }
    }

    private void Wrong(string sentence) => _violations.Add(new(Invariant.Views, sentence));

    private static async Task<List<T>> All<T>(Func<string?, Task<PageOf<T>>> read)
    {
        var (items, cursor) = (new List<T>(), (string?)null);
        do
        {
            var page = await read(cursor);
            items.AddRange(page.Items);
            cursor = page.Cursor;
        }
        while (cursor is not null);
        return items;
    }
}

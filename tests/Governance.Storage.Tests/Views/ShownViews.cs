using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Policy;
using Governance.Storage.Views;

namespace Governance.Storage.Tests.Views;

/// <summary>Everything that the views of deployments show, in order, as one value to compare.</summary>
internal sealed record ShownViews(
    EquatableArray<DeploymentSummary> Recent,
    EquatableArray<DeploymentSummary> Live,
    EquatableArray<DeploymentSummary> Pending,
    EquatableArray<DeploymentSummary> ByRequester,
    EquatableArray<AppRow> Apps,
    EquatableArray<AppHistory> Histories,
    EquatableArray<CorrelationId> OfApps,
    EquatableArray<ListedEvent> Events)
{
    internal static async Task<ShownViews> Of(DeploymentViews views, DateTimeOffset asOf, CancellationToken stop)
    {
        var recent = await All((limit, cursor) => views.Recent(null, null, null, limit, cursor, stop));
        var apps = await All((limit, cursor) => views.Applications(limit, cursor, stop));
        var (mine, histories, ofApps, events) = (new List<DeploymentSummary>(), new List<AppHistory>(), new List<CorrelationId>(), new List<ListedEvent>());
        foreach (var person in recent.Select(each => each.SubmittedBy).Distinct().OrderBy(person => person.Value))
        {
            mine.AddRange(await All((limit, cursor) => views.ByRequester(person, limit, cursor, stop)));
        }

        foreach (var app in apps)
        {
            histories.Add(await views.History(app.AppName, asOf, stop));
            ofApps.AddRange(await views.DeploymentsOf(app.AppName, null, stop));
        }

        for (var hour = asOf; recent.Count > 0 && hour > recent.Min(each => each.CreatedAt).AddHours(-1); hour = hour.AddHours(-1))
        {
            var at = hour;
            events.AddRange(await All((limit, cursor) => views.Events(at, _ => true, limit, cursor, stop)));
        }

        return new(
            [.. recent],
            [.. await All((limit, cursor) => views.Live(limit, cursor, stop))],
            [.. await All((limit, cursor) => views.PendingCab(limit, cursor, stop))],
            [.. mine],
            [.. apps],
            [.. histories],
            [.. ofApps],
            [.. events]);
    }

    internal void ShowWhat(ShownViews expected)
    {
        Assert.Equal(expected.Recent.AsEnumerable(), Recent.AsEnumerable());
        Assert.Equal(expected.Live.AsEnumerable(), Live.AsEnumerable());
        Assert.Equal(expected.Pending.AsEnumerable(), Pending.AsEnumerable());
        Assert.Equal(expected.Apps.AsEnumerable(), Apps.AsEnumerable());
        Assert.Equal(expected.Events.AsEnumerable(), Events.AsEnumerable());
        Assert.Equal(expected, this);
    }

    private static async Task<List<T>> All<T>(Func<int, string?, Task<PageOf<T>>> list)
    {
        var (all, cursor) = (new List<T>(), (string?)null);
        do
        {
            var page = await list(7, cursor);
            all.AddRange(page.Items);
            cursor = page.Cursor;
        }
        while (cursor is not null);

        return all;
    }
}

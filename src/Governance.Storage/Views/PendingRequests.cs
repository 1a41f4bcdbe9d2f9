using Governance.Core.Deployments;
using Governance.Storage.Tables;

namespace Governance.Storage.Views;

/// <summary>The open CAB requests: a list for each class of deadline, each in the order in which they are due, merged on reading.</summary>
internal sealed class PendingRequests(TableClient table, PageCache cache)
{
    /// <summary>In the order of urgency; <see cref="ClassOf"/> counts in it.</summary>
    private readonly PageChain<ListedRequest>[] _classes =
        [.. new[] { "cab-escalated", "cab-urgent", "cab-standard" }.Select(name => new PageChain<ListedRequest>(table, name, ViewsJson.Default.RequestPage, cache))];

    /// <summary>Shows the requests that stand open and takes out all others that these changes tell of.</summary>
    /// <param name="standing">How the deployments stand.</param>
    /// <param name="changes">What was told of them, perhaps late or again.</param>
    /// <param name="touched">Takes the keys of deployments for which a list was changed.</param>
    /// <param name="cancellation">Ends it; repeating is safe.</param>
    internal async Task Apply(
        IReadOnlyList<DeploymentSummary> standing, IReadOnlyList<DeploymentSummary> changes, ISet<string> touched, CancellationToken cancellation)
    {
        var open = standing.Where(each => each.Cab is not null).Select(each => (Class: ClassOf(each.Cab!, each.Urgency), Item: new ListedRequest(each))).ToList();
        var told = changes.SelectMany(change => new[] { change.Cab, change.CabBefore }.OfType<OpenCabRequest>().Select(cab => PlaceOf(change, cab))).ToHashSet();
        told.ExceptWith(open.Select(each => (each.Class, ListPlace.Of(each.Item))));
        for (var kind = 0; kind < _classes.Length; kind++)
        {
            var put = await _classes[kind].Put([.. open.Where(each => each.Class == kind).Select(each => each.Item)], cancellation).ConfigureAwait(false);
            var gone = await _classes[kind].Remove([.. told.Where(each => each.Class == kind).Select(each => each.Place)], cancellation).ConfigureAwait(false);
            touched.UnionWith(put.Where(each => each.Value.Changed).Select(each => each.Key));
            touched.UnionWith(gone);
        }
    }

    /// <summary>Requests in the order of urgency.</summary>
    internal async Task<PageOf<DeploymentSummary>> Read(int limit, string? cursor, CancellationToken cancellation)
    {
        var places = PendingPlaces.Read(cursor);
        var escalated = places.Escalated is "-" ? new([], null) : await _classes[0].Read(newestFirst: false, limit, places.Escalated, _ => true, cancellation).ConfigureAwait(false);
        return escalated.Cursor is not null || escalated.Items.Count == limit
            ? new([.. escalated.Items.Select(item => item.Summary)], PendingPlaces.Next(escalated.Cursor ?? "-", places.Urgent, places.Standard))
            : await PendingMerge.Read(_classes[1], _classes[2], [.. escalated.Items], places, limit, cancellation).ConfigureAwait(false);
    }

    /// <summary>One class by itself, for whoever checks it against the log.</summary>
    internal Task<PageOf<ListedRequest>> OfClass(int kind, int limit, string? cursor, CancellationToken cancellation) =>
        _classes[kind].Read(newestFirst: false, limit, cursor, _ => true, cancellation);

    private static (int Class, ListPlace Place) PlaceOf(DeploymentSummary change, OpenCabRequest cab) =>
        (ClassOf(cab, change.Urgency), new(ListedRequest.DueAt(cab).UtcTicks, change.CorrelationId.ToString()));

    private static int ClassOf(OpenCabRequest cab, Urgency urgency) => cab.Escalated ? 0 : urgency == Urgency.Urgent ? 1 : 2;
}

using Governance.Core.Deployments;

namespace Governance.Storage.Views;

/// <summary>Where a reading of the pending list has come in each of its chains; "-" where one is read to its end.</summary>
internal sealed record PendingPlaces(string? Escalated, string? Urgent, string? Standard)
{
    internal static PendingPlaces Read(string? cursor) =>
        cursor?.Split('|') is [var escalated, var urgent, var standard] ? new(Text(escalated), Text(urgent), Text(standard)) : new(null, null, null);

    /// <summary>The cursor of the next page; null where all chains are read to their end.</summary>
    internal static string? Next(string? escalated, string? urgent, string? standard) =>
        (escalated, urgent, standard) == ("-", "-", "-") ? null : $"{escalated}|{urgent}|{standard}";

    private static string? Text(string part) => part.Length == 0 ? null : part;
}

/// <summary>Merges the urgent and the standard chain by deadline.</summary>
internal static class PendingMerge
{
    internal static async Task<PageOf<DeploymentSummary>> Read(
        PageChain<ListedRequest> urgent, PageChain<ListedRequest> standard, List<ListedRequest> found, PendingPlaces places, int limit, CancellationToken cancellation)
    {
        var left = limit - found.Count;
        var first = await Page(urgent, places.Urgent, left, cancellation).ConfigureAwait(false);
        var second = await Page(standard, places.Standard, left, cancellation).ConfigureAwait(false);
        var merged = first.Items.Select(item => (Item: item, Urgent: true)).Concat(second.Items.Select(item => (Item: item, Urgent: false)))
            .OrderBy(each => each.Item.ListedAt).Take(left).ToList();
        found.AddRange(merged.Select(each => each.Item));
        var cursor = PendingPlaces.Next(
            "-", After(places.Urgent, first, merged.Count(each => each.Urgent)), After(places.Standard, second, merged.Count(each => !each.Urgent)));
        return new([.. found.Select(item => item.Summary)], cursor);
    }

    private static async Task<PageOf<ListedRequest>> Page(PageChain<ListedRequest> chain, string? place, int limit, CancellationToken cancellation) =>
        place is "-" ? new([], null) : await chain.Read(newestFirst: false, limit, place, _ => true, cancellation).ConfigureAwait(false);

    // Where a chain goes on when only some of what was read of it is shown.
    private static string? After(string? place, PageOf<ListedRequest> read, int taken) =>
        place is "-" ? "-"
        : taken == read.Items.Count ? read.Cursor ?? "-"
        : taken == 0 ? place
        : ListPlace.Of(read.Items[taken - 1]).ToString();
}

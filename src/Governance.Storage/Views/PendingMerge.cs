using Governance.Core;
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
        PageChain<CorrelationId, ListedRequest> urgent,
        PageChain<CorrelationId, ListedRequest> standard,
        List<ListedRequest> found,
        PendingPlaces places,
        int limit,
        CancellationToken cancellation)
    {
        var left = limit - found.Count;
        var first = await Page(urgent, places.Urgent, left, cancellation).ConfigureAwait(false);
        var second = await Page(standard, places.Standard, left, cancellation).ConfigureAwait(false);
        var merged = first.Items.Select(item => (Item: item, Urgent: true)).Concat(second.Items.Select(item => (Item: item, Urgent: false)))
            .OrderBy(each => each.Item.Summary.Cab!.DueAt).Take(left).ToList();
        var (takenUrgent, takenStandard) = (merged.Count(each => each.Urgent), merged.Count(each => !each.Urgent));
        found.AddRange(merged.Select(each => each.Item));
        var cursor = PendingPlaces.Next(
            "-",
            await After(urgent, places.Urgent, first, takenUrgent, cancellation).ConfigureAwait(false),
            await After(standard, places.Standard, second, takenStandard, cancellation).ConfigureAwait(false));
        return new([.. found.Select(item => item.Summary)], cursor);
    }

    private static async Task<PageOf<ListedRequest>> Page(PageChain<CorrelationId, ListedRequest> chain, string? place, int limit, CancellationToken cancellation) =>
        place is "-" ? new([], null) : await chain.Read(newestFirst: false, limit, place, _ => true, cancellation).ConfigureAwait(false);

    // Where the chain goes on when only some of what was read is shown.
    private static async Task<string?> After(
        PageChain<CorrelationId, ListedRequest> chain, string? place, PageOf<ListedRequest> read, int taken, CancellationToken cancellation) =>
        place is "-" ? "-"
        : taken == read.Items.Count ? read.Cursor ?? "-"
        : taken == 0 ? place
        : (await chain.Read(newestFirst: false, taken, place, _ => true, cancellation).ConfigureAwait(false)).Cursor ?? "-";
}

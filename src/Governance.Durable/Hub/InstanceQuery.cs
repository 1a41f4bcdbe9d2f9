using System.Globalization;
using Governance.Durable.Client;
using Governance.Durable.Protocol;

namespace Governance.Durable.Hub;

/// <summary>A client's query over the stored instances. It reads every one, shard after shard: for operators, not for a request path.</summary>
internal sealed class InstanceQuery(OrchestrationQuery filter, DataConverter converter)
{
    private readonly HashSet<OrchestrationRuntimeStatus> _statuses = [.. filter.Statuses ?? []];

    /// <summary>Reads on until a page is full or the instances end.</summary>
    /// <param name="token">"shard.range.key" of the last row read; null: the filter's own, or the beginning.</param>
    /// <exception cref="ArgumentException">The token is none of ours.</exception>
    public async Task<Page<OrchestrationMetadata>> Page(HubDesk desk, string? token, CancellationToken cancellation)
    {
        QueryPosition? position = Parse(token ?? filter.ContinuationToken);
        var page = new List<OrchestrationMetadata>();
        while (position is { } at && page.Count < filter.PageSize)
        {
            var (rows, next) = await desk.Scan(at, Math.Clamp(filter.PageSize - page.Count, 1, 1000), cancellation).ConfigureAwait(false);
            foreach (var row in rows.Where(row => Matches(row.State)))
            {
                var instance = await desk.WithInput(at.Shard, row, filter.FetchInputsAndOutputs, cancellation).ConfigureAwait(false);
                page.Add(ClientViews.Metadata(instance, filter.FetchInputsAndOutputs ? converter : null));
            }

            position = next;
        }

        return new(page, position is null ? null : string.Create(CultureInfo.InvariantCulture, $"{position.Shard}.{(position.Ended ? 1 : 0)}.{position.After}"));
    }

    private bool Matches(OrchestrationState state) =>
        (filter.CreatedFrom is not { } from || state.CreatedTimestamp.ToDateTimeOffset() >= from)
        && (filter.CreatedTo is not { } to || state.CreatedTimestamp.ToDateTimeOffset() <= to)
        && (_statuses.Count == 0 || _statuses.Contains((OrchestrationRuntimeStatus)state.OrchestrationStatus))
        && (filter.InstanceIdPrefix is not { } prefix || state.InstanceId.StartsWith(prefix, StringComparison.Ordinal));

    private static QueryPosition Parse(string? token)
    {
        if (token is null)
        {
            return QueryPosition.First;
        }

        var parts = token.Split('.', 3);
        return parts.Length == 3
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var shard) && shard < TaskHubLimits.Shards
            && parts[1] is "0" or "1"
            ? new(shard, parts[1] == "1", parts[2].Length == 0 ? null : parts[2])
            : throw new ArgumentException($"'{token}' is no continuation token of the task hub.", nameof(token));
    }
}

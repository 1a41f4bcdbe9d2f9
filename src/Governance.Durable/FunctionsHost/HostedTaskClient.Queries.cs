using Google.Protobuf.WellKnownTypes;
using Governance.Durable.Client;
using Governance.Durable.Protocol;

namespace Governance.Durable.FunctionsHost;

/// <content>Looking at instances, waiting for them, listing and deleting them.</content>
public sealed partial class HostedTaskClient
{
    /// <inheritdoc/>
    /// <exception cref="HubUnknownException">There was no binding yet.</exception>
    public override Task<OrchestrationMetadata?> GetInstanceAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        var converter = getInputsAndOutputs ? _converter : null;
        return Either<OrchestrationMetadata?>(
            instanceId,
            async (hub, token) =>
            {
                var request = new GetInstanceRequest { InstanceId = instanceId, GetInputsAndOutputs = getInputsAndOutputs };
                var reply = await _grpc.Call(hub, "GetInstance", request, GetInstanceResponse.Parser, token).ConfigureAwait(false);
                return reply.Exists ? HubViews.Metadata(reply.OrchestrationState, converter) : null;
            },
            (hub, token) => _management.Get(hub, instanceId, converter, token),
            cancellation);
    }

    /// <inheritdoc/>
    /// <exception cref="HubUnknownException">There was no binding yet.</exception>
    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Until(instanceId, getInputsAndOutputs, seen => seen.RuntimeStatus is not OrchestrationRuntimeStatus.Pending, cancellation);

    /// <inheritdoc/>
    /// <exception cref="HubUnknownException">There was no binding yet.</exception>
    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Until(instanceId, getInputsAndOutputs, seen => seen.IsCompleted, cancellation);

    /// <inheritdoc/>
    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        var wanted = filter ?? new();
        return new(async (after, cancellation) =>
        {
            var query = new Protocol.InstanceQuery
            {
                MaxInstanceCount = wanted.PageSize,
                FetchInputsAndOutputs = wanted.FetchInputsAndOutputs,
                InstanceIdPrefix = wanted.InstanceIdPrefix,
                ContinuationToken = after ?? wanted.ContinuationToken,
                CreatedTimeFrom = Instant(wanted.CreatedFrom),
                CreatedTimeTo = Instant(wanted.CreatedTo),
            };
            query.RuntimeStatus.Add((wanted.Statuses ?? []).Select(status => (OrchestrationStatus)status));
            var reply = await Either(
                string.Empty,
                (hub, token) => _grpc.Call(hub, "QueryInstances", new QueryInstancesRequest { Query = query }, QueryInstancesResponse.Parser, token),
                (Func<HubBinding, CancellationToken, Task<QueryInstancesResponse>>?)null,
                cancellation).ConfigureAwait(false);
            return new(
                [.. reply.OrchestrationState.Select(state => HubViews.Metadata(state, wanted.FetchInputsAndOutputs ? _converter : null))],
                string.IsNullOrEmpty(reply.ContinuationToken) ? null : reply.ContinuationToken);
        });
    }

    /// <inheritdoc/>
    /// <exception cref="HubUnknownException">There was no binding yet.</exception>
    public override async Task<PurgeResult> PurgeInstanceAsync(string instanceId, CancellationToken cancellation = default)
    {
        try
        {
            return new(await Either(
                instanceId,
                async (hub, token) => (await _grpc.Call(
                    hub, "PurgeInstances", new PurgeInstancesRequest { InstanceId = instanceId }, PurgeInstancesResponse.Parser, token).ConfigureAwait(false)).DeletedInstanceCount,
                (hub, token) => _management.Purge(hub, instanceId, token),
                cancellation).ConfigureAwait(false));
        }
        catch (OrchestrationInstanceException)
        {
            return new(0);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="HubUnknownException">There was no binding yet.</exception>
    public override async Task<PurgeResult> PurgeAllInstancesAsync(PurgeInstancesFilter filter, CancellationToken cancellation = default)
    {
        var wanted = new PurgeInstanceFilter { CreatedTimeFrom = Instant(filter.CreatedFrom), CreatedTimeTo = Instant(filter.CreatedTo) };
        wanted.RuntimeStatus.Add((filter.Statuses ?? []).Select(status => (OrchestrationStatus)status));
        var reply = await Either(
            string.Empty,
            (hub, token) => _grpc.Call(hub, "PurgeInstances", new PurgeInstancesRequest { PurgeInstanceFilter = wanted }, PurgeInstancesResponse.Parser, token),
            (Func<HubBinding, CancellationToken, Task<PurgeInstancesResponse>>?)null,
            cancellation).ConfigureAwait(false);
        return new(reply.DeletedInstanceCount);
    }

    // Looks now and then: a call that stays open as long as an instance lives would hold a stream for months.
    private async Task<OrchestrationMetadata> Until(
        string instanceId, bool withInputs, Func<OrchestrationMetadata, bool> reached, CancellationToken cancellation)
    {
        while (true)
        {
            var seen = await GetInstanceAsync(instanceId, withInputs, cancellation).ConfigureAwait(false)
                ?? throw new OrchestrationInstanceException(instanceId, InstanceProblem.NotFound);
            if (reached(seen))
            {
                return seen;
            }

            await Task.Delay(LookEvery, _clock, cancellation).ConfigureAwait(false);
        }
    }

    private static Timestamp? Instant(DateTimeOffset? at) => at is { } instant ? Timestamp.FromDateTimeOffset(instant) : null;
}

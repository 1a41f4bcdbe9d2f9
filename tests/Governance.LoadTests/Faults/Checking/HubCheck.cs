using System.Text.RegularExpressions;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Durable.Hub;
using Governance.Durable.Hub.Rows;
using Governance.Durable.Protocol;
using Governance.Functions.Orchestration;
using Governance.Functions.Sweeps;
using Governance.Storage.Streams;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.LoadTests.Faults.Checking;

/// <summary>Reads the embedded hub's rows as its next owner would: every live instance must wait for something that can come, and no message may lie undelivered.</summary>
internal sealed partial class HubCheck(ITaskHubStore store, IReadOnlyDictionary<CorrelationId, StreamHead<DeploymentState>> heads)
{
    private const int PageSize = 1000;

    private readonly List<Violation> _violations = [];
    private readonly Dictionary<string, InstanceSnapshot> _live = new(StringComparer.Ordinal);

    internal async Task<IReadOnlyList<Violation>> Run(CancellationToken cancellation)
    {
        using var metrics = new HubMetrics();
        var storage = new InstanceStorage(store, new(new(), TimeProvider.System, NullLogger.Instance, metrics), () => Guid.NewGuid().ToString("N"));
        var arrears = new List<TaskHubRow>[TaskHubLimits.Shards];
        for (var shard = 0; shard < TaskHubLimits.Shards; shard++)
        {
            arrears[shard] = await All(after => HubKeys.Arrears(after ?? "!", PageSize), shard, cancellation);
            await Read(storage, shard, cancellation);
        }

        await Messages(storage, arrears, cancellation);
        foreach (var instance in _live.Values)
        {
            Waits(instance);
        }

        foreach (var head in heads.Values)
        {
            HasItsOwn(head);
        }

        return _violations;
    }

    // {deployment}-{generation}, with -rings or -cab-{revision} behind it; {deployment}-remediation-{id}; {deployment}-review-{revision}.
    [GeneratedRegex("^(?<id>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})-(?<rest>.+)$")]
    private static partial Regex Name();

    private static string? DeploymentOf(string instance) => Name().Match(instance) is { Success: true } match ? match.Groups["id"].Value : null;

    // Rows of what has arrived are deleted with a later commit of their shard, so it is not their being there that counts.
    private async Task Messages(InstanceStorage storage, List<TaskHubRow>[] arrears, CancellationToken cancellation)
    {
        var received = arrears.Select(rows => rows.Find(row => row.Key == TaskHubLimits.HeadKey) is { } head ? ShardHead.Parser.ParseFrom(head.Body.Span).Received : []).ToList();
        for (var shard = 0; shard < arrears.Length; shard++)
        {
            foreach (var row in arrears[shard].Where(row => HubKeys.IsOutbox(row.Key)))
            {
                var parcels = (await storage.Read(OutboxRow.Parser, row, cancellation)).Parcels;
                foreach (var (index, parcel) in parcels.Index())
                {
                    var receiver = received[HubKeys.ShardOf(parcel.InstanceId)];
                    if (receiver.Count <= shard || receiver[shard] < HubKeys.NumberOf(row.Key) + index)
                    {
                        Wrong($"Message {row.Key} of shard {shard}, {parcel.Event.EventTypeCase} for {parcel.InstanceId}, is not delivered.");
                    }
                }
            }

            foreach (var row in arrears[shard].Where(row => HubKeys.IsInbox(row.Key)))
            {
                var parcel = await storage.Read(Parcel.Parser, row, cancellation);
                if (_live.ContainsKey(parcel.InstanceId))
                {
                    Wrong($"Message {row.Key} of shard {shard}, {parcel.Event.EventTypeCase}, was never taken by {parcel.InstanceId}.");
                }
            }
        }
    }

    private async Task Read(InstanceStorage storage, int shard, CancellationToken cancellation)
    {
        foreach (var row in await All(after => HubKeys.Live(after, PageSize, hintsOnly: true), shard, cancellation))
        {
            // While the app runs, an instance may end between the two reads; then it is not at rest.
            if (await storage.Load(shard, row.Key, cancellation) is { } loaded)
            {
                _live[loaded.Snapshot.InstanceId] = loaded.Snapshot;
            }
            else
            {
                Wrong($"Instance {row.Key} of shard {shard} is listed as alive and is not there.");
            }
        }

        foreach (var row in await All(after => HubKeys.Done(after, PageSize), shard, cancellation))
        {
            if (await storage.Find(shard, row.Key, cancellation) is not { } ended)
            {
                Wrong($"Instance {row.Key} of shard {shard} is listed as ended and is not there.");
            }
            else if (ended.State.OrchestrationStatus == OrchestrationStatus.Failed)
            {
                Wrong($"Orchestration {ended.State.InstanceId} has failed: {ended.State.FailureDetails?.ErrorMessage}");
            }
        }
    }

    private async Task<List<TaskHubRow>> All(Func<string?, TaskHubRange> range, int shard, CancellationToken cancellation)
    {
        var all = new List<TaskHubRow>();
        IReadOnlyList<TaskHubRow> page;
        do
        {
            page = await store.ReadAsync(shard, range(all.Count > 0 ? all[^1].Key : null), cancellation);
            all.AddRange(page);
        }
        while (page.Count == PageSize);
        return all;
    }

    private void Waits(InstanceSnapshot instance)
    {
        if (DeploymentOf(instance.InstanceId) is not { } text || !heads.TryGetValue(CorrelationId.Parse(text), out var head))
        {
            Wrong($"Orchestration {instance.InstanceId} belongs to no deployment.");
            return;
        }

        var (state, needs) = (head.State, Needs(head));
        var part = instance.InstanceId[(text.Length + 1)..];
        var needed = part switch
        {
            _ when part.StartsWith("remediation-", StringComparison.Ordinal) => needs.RemediationId is not null,
            _ when part.StartsWith("review-", StringComparison.Ordinal) => needs.Review,
            _ when part.Contains("-cab-", StringComparison.Ordinal) => state.OpenCab is not null,
            _ when part.EndsWith("-rings", StringComparison.Ordinal) => needs.Part == OrchestrationPart.Rings,
            _ => needs.Main,
        };
        if (!needed)
        {
            Wrong($"Orchestration {instance.InstanceId} lives on, though deployment {state.Id} is {state.Status.WireName()} and needs it no more.");
        }

        if (!instance.OpenActivities.IsEmpty || !instance.Opening.IsEmpty || !instance.OpenTimers.IsEmpty)
        {
            return;
        }

        var children = Children(instance.Past);
        foreach (var gone in children.Where(child => !_live.ContainsKey(child)))
        {
            Wrong($"Orchestration {instance.InstanceId} waits for {gone}, which has ended without telling it, or never began.");
        }

        // Without a timer only a change from outside can wake it: somebody must be able to bring one.
        if (children.Count == 0 && state.Status is not (DeploymentStatus.Pending or DeploymentStatus.Blocked or DeploymentStatus.AwaitingCab) && state.Holds.Count == 0)
        {
            Wrong($"Orchestration {instance.InstanceId} waits for nothing that can come: deployment {state.Id} is {state.Status.WireName()} and nothing holds it.");
        }

        if (children.Count == 0 && state is { Status: DeploymentStatus.Pending, Evidence: not null })
        {
            Wrong($"Orchestration {instance.InstanceId} waits, though deployment {state.Id} has its pack and was never checked.");
        }
    }

    private static List<string> Children(IEnumerable<HistoryEvent> past)
    {
        var open = new Dictionary<int, string>();
        foreach (var happened in past)
        {
            switch (happened.EventTypeCase)
            {
                case HistoryEvent.EventTypeOneofCase.SubOrchestrationInstanceCreated:
                    open[happened.EventId] = happened.SubOrchestrationInstanceCreated.InstanceId;
                    break;
                case HistoryEvent.EventTypeOneofCase.SubOrchestrationInstanceCompleted:
                    open.Remove(happened.SubOrchestrationInstanceCompleted.TaskScheduledId);
                    break;
                case HistoryEvent.EventTypeOneofCase.SubOrchestrationInstanceFailed:
                    open.Remove(happened.SubOrchestrationInstanceFailed.TaskScheduledId);
                    break;
                default:
                    break;
            }
        }

        return [.. open.Values];
    }

    private void HasItsOwn(StreamHead<DeploymentState> head)
    {
        var needs = Needs(head);
        var mine = _live.Keys.Where(instance => DeploymentOf(instance) == head.Id.ToString()).Select(instance => instance[37..]).ToList();
        var main = mine.Where(part => part.All(char.IsAsciiDigit)).ToList();
        if (needs.Main && main.Count != 1)
        {
            Wrong($"Deployment {head.Id} is {head.State.Status.WireName()} and has {main.Count} living orchestrations.");
        }

        var missing = needs switch
        {
            { Part: OrchestrationPart.Rings } when !mine.Exists(part => part.EndsWith("-rings", StringComparison.Ordinal)) => "its rollout",
            { Part: OrchestrationPart.Cab } when !mine.Exists(part => part.Contains("-cab-", StringComparison.Ordinal)) => "its wait for the CAB",
            { RemediationId: { } id } when !mine.Contains($"remediation-{id}") => $"remediation {id}",
            _ => null,
        };
        if (missing is not null)
        {
            Wrong($"Deployment {head.Id} is {head.State.Status.WireName()}, and no orchestration lives for {missing}.");
        }
    }

    private static OrchestrationNeeds Needs(StreamHead<DeploymentState> head) =>
        OrchestrationNeeds.Of(DeploymentSummary.Of(null, head.State, head.Sequence, head.At, Actor.System, []));

    private void Wrong(string sentence) => _violations.Add(new(Invariant.Orchestrations, sentence));
}

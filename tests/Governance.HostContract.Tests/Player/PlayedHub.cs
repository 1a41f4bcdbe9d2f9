using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Governance.Durable.Protocol;

namespace Governance.HostContract.Tests.Player;

/// <summary>
/// Plays the durable extension: keeps histories, sends each turn with the whole of it, carries out the actions of the answer, and ends an instance for
/// good after any answer that it cannot read, as the extension does.
/// </summary>
internal sealed class PlayedHub(HostPlayer host) : IDisposable
{
    private readonly ConcurrentDictionary<string, PlayedInstance> _instances = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turns = new(10);
    private readonly SemaphoreSlim _activities = new(10);
    private readonly CancellationTokenSource _stop = new();

    internal IReadOnlyCollection<PlayedInstance> Instances => [.. _instances.Values];

    /// <summary>Every turn's orchestrator and every activity, in the order in which they were answered.</summary>
    internal ConcurrentQueue<string> Played { get; } = new();

    /// <summary>How often a turn was asked for again.</summary>
    internal int Abandoned;

    /// <summary>Called before a turn or activity is sent; gives what is to be done while it is under way, or null.</summary>
    internal Func<string, Func<Task>?>? During { get; set; }

    internal PlayedInstance? Find(string id) => _instances.GetValueOrDefault(id);

    /// <returns>False where one with that id has not ended.</returns>
    internal bool Start(string id, string name, string? input, PlayedParent? parent = null)
    {
        var made = new PlayedInstance(id, name, input, parent);
        var stored = _instances.AddOrUpdate(id, made, (_, there) => there.Ended ? made : there);
        if (!ReferenceEquals(stored, made))
        {
            return false;
        }

        Deliver(made, made.Started());
        return true;
    }

    /// <returns>Null where there is no such instance, false where it has ended.</returns>
    internal bool? Send(string id, Action<HistoryEvent> fill)
    {
        if (Find(id) is not { } instance)
        {
            return null;
        }

        if (instance.Ended)
        {
            return false;
        }

        Deliver(instance, PlayedInstance.Event(fill));
        return true;
    }

    internal bool Purge(string id) => Find(id) is { Ended: true } && _instances.TryRemove(id, out _);

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private void Deliver(PlayedInstance instance, HistoryEvent message)
    {
        lock (instance.Gate)
        {
            instance.Inbox.Add(message);
            if (instance.Busy)
            {
                return;
            }

            instance.Busy = true;
        }

        _ = Task.Run(() => Drive(instance));
    }

    private async Task Drive(PlayedInstance instance)
    {
        while (!_stop.IsCancellationRequested)
        {
            List<HistoryEvent> batch;
            lock (instance.Gate)
            {
                batch = [.. instance.Inbox];
                instance.Inbox.Clear();
                if (batch.Count == 0 || instance.Ended)
                {
                    instance.Busy = false;
                    return;
                }
            }

            var next = new Turn([PlayedInstance.Event(e => e.OrchestratorStarted = new()), .. batch]);
            while (next.NewEvents.Count > 0)
            {
                next = await Play(instance, next);
            }
        }
    }

    // One turn; after continue-as-new the next one begins within the same work item.
    private async Task<Turn> Play(PlayedInstance instance, Turn turn)
    {
        var request = new OrchestratorRequest
        {
            InstanceId = instance.Id,
            PastEvents = { instance.Past },
            NewEvents = { turn.NewEvents },
            Properties =
            {
                ["HttpDefaultAsyncRequestSleepTimeMilliseconds"] = Value.ForNumber(30000),
                ["IncludeState"] = Value.ForBool(true),
                ["IsExtendedSession"] = Value.ForBool(false),
                ["ExtendedSessionIdleTimeoutInSeconds"] = Value.ForNumber(0),
            },
        };
        var outcome = await Invoke(_turns, instance.Name, Payloads.Turn(Convert.ToBase64String(request.ToByteArray())));
        if (Read(outcome) is not { } response)
        {
            FailForGood(instance, outcome);
            return Turn.None;
        }

        if (response.Actions.Any(action => AsksForAnother(action.CompleteOrchestration?.FailureDetails?.InnerFailure)))
        {
            Interlocked.Increment(ref Abandoned);
            await Task.Delay(TimeSpan.FromMilliseconds(20), _stop.Token);
            return turn;
        }

        return Apply(instance, turn, response);
    }

    private Turn Apply(PlayedInstance instance, Turn turn, OrchestratorResponse response)
    {
        Assert.Equal(response.Actions.Select(action => action.Id).Order(), response.Actions.Select(action => action.Id));
        Assert.True((response.CustomStatus?.Length ?? 0) <= 8192);
        instance.Turns++;
        instance.CustomStatus = response.CustomStatus;
        instance.UpdatedAt = DateTimeOffset.UtcNow;
        instance.Status = OrchestrationStatus.Running;
        instance.Past.AddRange(turn.NewEvents);
        var next = Turn.None;
        foreach (var action in response.Actions)
        {
            Assert.False(instance.Ended, "a completion is the last action");
            next = Carry(instance, action);
        }

        if (next.NewEvents.Count == 0)
        {
            instance.Past.Add(PlayedInstance.Event(e => e.OrchestratorCompleted = new()));
        }

        return next;
    }

    private Turn Carry(PlayedInstance instance, OrchestratorAction action)
    {
        switch (action.OrchestratorActionTypeCase)
        {
            case OrchestratorAction.OrchestratorActionTypeOneofCase.ScheduleTask:
                // Inputs are not kept in the history, as the setting storeInputsInOrchestrationHistory has it.
                instance.Past.Add(PlayedInstance.Event(action.Id, e => e.TaskScheduled = new() { Name = action.ScheduleTask.Name }));
                _ = Task.Run(() => RunActivity(instance, instance.ExecutionId, action.Id, action.ScheduleTask));
                break;
            case OrchestratorAction.OrchestratorActionTypeOneofCase.CreateTimer:
                instance.Past.Add(PlayedInstance.Event(action.Id, e => e.TimerCreated = new() { FireAt = action.CreateTimer.FireAt }));
                _ = Task.Run(() => FireTimer(instance, instance.ExecutionId, action.Id, action.CreateTimer.FireAt));
                break;
            case OrchestratorAction.OrchestratorActionTypeOneofCase.CreateSubOrchestration:
                var child = action.CreateSubOrchestration;
                instance.Past.Add(PlayedInstance.Event(action.Id, e => e.SubOrchestrationInstanceCreated = new() { InstanceId = child.InstanceId, Name = child.Name }));
                Start(child.InstanceId, child.Name, child.Input, new(instance.Id, instance.Name, instance.ExecutionId, action.Id));
                break;
            case OrchestratorAction.OrchestratorActionTypeOneofCase.SendEvent:
                var sent = action.SendEvent;
                instance.Past.Add(PlayedInstance.Event(action.Id, e => e.EventSent = new() { InstanceId = sent.Instance.InstanceId, Name = sent.Name }));
                Send(sent.Instance.InstanceId, e => e.EventRaised = new() { Name = sent.Name, Input = sent.Data });
                break;
            case OrchestratorAction.OrchestratorActionTypeOneofCase.CompleteOrchestration:
                return Complete(instance, action.CompleteOrchestration);
            default:
                throw new NotSupportedException($"The extension knows no action {action.OrchestratorActionTypeCase}.");
        }

        return Turn.None;
    }

    private Turn Complete(PlayedInstance instance, CompleteOrchestrationAction completion)
    {
        if (completion.OrchestrationStatus == OrchestrationStatus.ContinuedAsNew)
        {
            instance.Past.Clear();
            (instance.Input, instance.ExecutionId) = (completion.Result, Guid.NewGuid().ToString("N"));
            return new(
            [
                PlayedInstance.Event(e => e.OrchestratorStarted = new()),
                instance.Started(),
                .. completion.CarryoverEvents.Select(kept => PlayedInstance.Event(e => e.EventRaised = kept.EventRaised)),
                PlayedInstance.Event(e => e.OrchestratorCompleted = new()),
            ]);
        }

        End(instance, completion.OrchestrationStatus, completion.FailureDetails is { } failure ? $"{failure.ErrorType}: {failure.ErrorMessage}" : completion.Result, completion.FailureDetails);
        return Turn.None;
    }

    private void FailForGood(PlayedInstance instance, Outcome outcome) =>
        End(instance, OrchestrationStatus.Failed, new JsonObject { ["message"] = outcome.Detail, ["details"] = $"{outcome.Made}" }.ToJsonString(), null);

    private void End(PlayedInstance instance, OrchestrationStatus status, string? output, TaskFailureDetails? failure)
    {
        lock (instance.Gate)
        {
            (instance.Status, instance.Output, instance.UpdatedAt) = (status, output, DateTimeOffset.UtcNow);
        }

        if (instance.Parent is { } parent && Find(parent.Id) is { Ended: false } waiting && waiting.ExecutionId == parent.ExecutionId)
        {
            Deliver(waiting, PlayedInstance.Event(e =>
            {
                if (status == OrchestrationStatus.Completed)
                {
                    e.SubOrchestrationInstanceCompleted = new() { TaskScheduledId = parent.TaskId, Result = output };
                }
                else
                {
                    e.SubOrchestrationInstanceFailed = new() { TaskScheduledId = parent.TaskId, FailureDetails = failure };
                }
            }));
        }
    }

    private async Task RunActivity(PlayedInstance instance, string executionId, int id, ScheduleTaskAction task)
    {
        var outcome = await Invoke(_activities, task.Name, Payloads.Activity(task.Input, instance.Id));
        var ended = PlayedInstance.Event(e =>
        {
            if (outcome.Succeeded)
            {
                // A text comes back as the JSON literal of itself.
                e.TaskCompleted = new() { TaskScheduledId = id, Result = outcome.Body!["ReturnValue"]?.ToJsonString() };
            }
            else
            {
                e.TaskFailed = new()
                {
                    TaskScheduledId = id,
                    FailureDetails = new()
                    {
                        ErrorType = "Microsoft.Azure.WebJobs.Host.FunctionInvocationException",
                        ErrorMessage = $"Exception while executing function: Functions.{task.Name}",
                        InnerFailure = new() { ErrorType = "System.Net.Http.HttpRequestException", ErrorMessage = outcome.Detail },
                    },
                };
            }
        });
        DeliverTo(instance, executionId, ended);
    }

    private async Task FireTimer(PlayedInstance instance, string executionId, int id, Timestamp fireAt)
    {
        var left = fireAt.ToDateTimeOffset() - DateTimeOffset.UtcNow;
        try
        {
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        DeliverTo(instance, executionId, PlayedInstance.Event(e => e.TimerFired = new() { FireAt = fireAt, TimerId = id }));
    }

    // What belongs to an earlier execution is dropped.
    private void DeliverTo(PlayedInstance instance, string executionId, HistoryEvent message)
    {
        if (ReferenceEquals(Find(instance.Id), instance) && instance.ExecutionId == executionId && !instance.Ended)
        {
            Deliver(instance, message);
        }
    }

    private async Task<Outcome> Invoke(SemaphoreSlim limit, string function, JsonObject payload)
    {
        await limit.WaitAsync();
        try
        {
            var meanwhile = During?.Invoke(function);
            var outcome = host.Invoke(function, payload);
            if (meanwhile is not null)
            {
                await meanwhile();
            }

            return await outcome;
        }
        finally
        {
            Played.Enqueue(function);
            limit.Release();
        }
    }

    private static OrchestratorResponse? Read(Outcome outcome)
    {
        if (!outcome.Succeeded || string.IsNullOrEmpty(outcome.ReturnValue))
        {
            return null;
        }

        try
        {
            return OrchestratorResponse.Parser.ParseFrom(Convert.FromBase64String(outcome.ReturnValue));
        }
        catch (Exception unreadable) when (unreadable is FormatException or InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static bool AsksForAnother(TaskFailureDetails? failure) =>
        failure is not null && (failure.ErrorType == "System.OutOfMemoryException" || AsksForAnother(failure.InnerFailure));

    private sealed record Turn(IReadOnlyList<HistoryEvent> NewEvents)
    {
        internal static Turn None { get; } = new([]);
    }
}

using Governance.Durable.Protocol;
using Microsoft.Extensions.Logging;
using static Governance.Durable.Protocol.HistoryEvent;

namespace Governance.Durable.Engine;

/// <summary>One turn: the whole history is replayed through the orchestrator's code, what is new after it, and what the code asks for comes out.</summary>
internal sealed class OrchestrationTurn(
    TurnState state, Func<ExecutionStartedEvent, ITaskOrchestrator> find, DataConverter converter, ILoggerFactory loggers)
{
    // Timers with this id split batches inside a host and belong to no step.
    private const int HostTimer = -100;

    private readonly Queue<HistoryEvent> _held = new();
    private Task<string?>? _run;
    private int? _completionId;
    private string? _terminatedBecause;
    private bool _terminated;
    private bool _suspended;

    /// <summary>Runs the turn. Never throws: code that breaks a rule of replay gets a reply with its failure, and nothing else in it.</summary>
    public OrchestratorResponse Run(OrchestratorRequest request)
    {
        try
        {
            state.IsReplaying = true;
            Apply(request.PastEvents);
            state.IsReplaying = false;
            Apply(request.NewEvents);
            ThrowIfAstray();
            return Reply();
        }
        catch (Exception exception) // a host takes anything but a reply for a crash, and fails the instance without a reason
        {
            return Reply(Completion.Failed(_completionId ?? state.Actions.NextId, Failures.From(exception)));
        }
    }

    private void Apply(IEnumerable<HistoryEvent> events)
    {
        foreach (var happened in events)
        {
            if (_terminated)
            {
                return;
            }

            Apply(happened);
        }
    }

    private void Apply(HistoryEvent happened)
    {
        switch (happened.EventTypeCase)
        {
            case EventTypeOneofCase.OrchestratorStarted:
                state.Now = happened.Timestamp.ToDateTime();
                break;
            case EventTypeOneofCase.ExecutionTerminated:
                _completionId ??= state.Actions.NextId;
                _terminatedBecause = happened.ExecutionTerminated.Input;
                _terminated = true;
                break;
            case EventTypeOneofCase.ExecutionSuspended:
                _suspended = true;
                break;
            case EventTypeOneofCase.ExecutionResumed:
                Resume();
                break;
            default:
                if (_suspended)
                {
                    _held.Enqueue(happened);
                }
                else
                {
                    ApplyNow(happened);
                }

                break;
        }
    }

    private void Resume()
    {
        _suspended = false;
        while (_held.TryDequeue(out var happened))
        {
            ApplyNow(happened);
        }
    }

    private void ApplyNow(HistoryEvent happened)
    {
        switch (happened.EventTypeCase)
        {
            case EventTypeOneofCase.ExecutionStarted when state.Started is null:
                Start(happened.ExecutionStarted);
                break;
            case EventTypeOneofCase.TaskScheduled:
                state.Actions.ConfirmActivity(happened.EventId, happened.TaskScheduled.Name);
                break;
            case EventTypeOneofCase.SubOrchestrationInstanceCreated:
                state.Actions.ConfirmSubOrchestration(happened.EventId, happened.SubOrchestrationInstanceCreated.Name);
                break;
            case EventTypeOneofCase.TimerCreated when happened.EventId != HostTimer:
                state.Actions.ConfirmTimer(happened.EventId);
                break;
            case EventTypeOneofCase.EventSent:
                state.Actions.ConfirmEventSent(happened.EventId, happened.EventSent.Name);
                break;
            case EventTypeOneofCase.EventRaised when _completionId is not null:
                state.Events.Keep(happened); // for the next run: a wait that this one left behind must not take it
                break;
            case EventTypeOneofCase.EventRaised:
                Deliver(() => state.Events.Raise(happened));
                break;
            case EventTypeOneofCase.TaskCompleted:
                Complete(happened.TaskCompleted.TaskScheduledId, new(happened.TaskCompleted.Result, null));
                break;
            case EventTypeOneofCase.TaskFailed:
                Complete(happened.TaskFailed.TaskScheduledId, new(null, Failures.FromMessage(happened.TaskFailed.FailureDetails)));
                break;
            case EventTypeOneofCase.SubOrchestrationInstanceCompleted:
                Complete(happened.SubOrchestrationInstanceCompleted.TaskScheduledId, new(happened.SubOrchestrationInstanceCompleted.Result, null));
                break;
            case EventTypeOneofCase.SubOrchestrationInstanceFailed:
                Complete(
                    happened.SubOrchestrationInstanceFailed.TaskScheduledId,
                    new(null, Failures.FromMessage(happened.SubOrchestrationInstanceFailed.FailureDetails)));
                break;
            case EventTypeOneofCase.TimerFired:
                Complete(happened.TimerFired.TimerId, default);
                break;
            default:
                break; // unknown, or of no consequence here: a newer host may say more than this engine needs
        }
    }

    private void Start(ExecutionStartedEvent started)
    {
        state.Started = started;
        state.Thread.Run(() => _run = RunCode(started));
        NoteCompletion();
    }

    private async Task<string?> RunCode(ExecutionStartedEvent started)
    {
        var orchestrator = find(started);
        var input = converter.Deserialize(started.Input, orchestrator.InputType);
        var output = await orchestrator.RunAsync(new ReplayContext(state, converter, loggers), input);
        return PayloadLimits.Write(converter, output, orchestrator.OutputType, $"The result of orchestrator '{started.Name}'");
    }

    private void Complete(int id, TaskOutcome outcome) => Deliver(() => state.Tasks.Complete(id, outcome));

    /// <summary>Lets user code hear of something and go on until it waits again.</summary>
    private void Deliver(Action tell)
    {
        // Once the code has returned, nothing of it runs any more.
        if (_completionId is null)
        {
            tell();
            state.Thread.Drain();
            NoteCompletion();
        }
    }

    private void NoteCompletion()
    {
        if (_run is { IsCompleted: true })
        {
            _completionId ??= state.Actions.NextId;
        }
    }

    private void ThrowIfAstray()
    {
        if (state.Thread.Violation is { } violation)
        {
            throw violation;
        }

        if (_run is { IsCompleted: false } && !_terminated && !_suspended && !state.Waits.AnyAwaited())
        {
            throw state.Thread.Escaped("The orchestrator has not returned, and nothing it waits for can ever come out of its history.");
        }
    }

    private OrchestratorResponse Reply()
    {
        if (_terminated)
        {
            return Reply(Completion.Terminated(_completionId ?? state.Actions.NextId, _terminatedBecause));
        }

        return _suspended ? Reply([]) : Reply([.. state.Actions.Unconfirmed, .. Completed()]);
    }

    private OrchestratorAction[] Completed() => _completionId is { } id && _run is { } run ? [Completion.Of(id, run, state)] : [];

    private OrchestratorResponse Reply(params ReadOnlySpan<OrchestratorAction> actions)
    {
        var response = new OrchestratorResponse { InstanceId = state.InstanceId, CustomStatus = state.CustomStatus };
        foreach (var action in actions)
        {
            response.Actions.Add(action);
        }

        return response;
    }
}

using System.Globalization;
using System.Runtime.CompilerServices;
using Governance.Durable.Protocol;
using Microsoft.Extensions.Logging;

namespace Governance.Durable.Engine;

/// <summary>The context of a turn.</summary>
internal sealed partial class ReplayContext(TurnState state, DataConverter converter, ILoggerFactory loggers) : TaskOrchestrationContext
{
    // A part of the determinism contract: each part takes an id. Hosts refuse timers of more than six days.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(3);

    private int _guids;

    public override TaskName Name => Started.Name;

    public override string InstanceId => state.InstanceId;

    public override string Version => Started.Version ?? string.Empty;

    public override ParentOrchestrationInstance? Parent { get; } =
        state.Started?.ParentInstance is { } parent
            ? new ParentOrchestrationInstance(parent.Name ?? string.Empty, parent.OrchestrationInstance?.InstanceId ?? string.Empty)
            : null;

    public override DateTime CurrentUtcDateTime => Here().Now;

    public override bool IsReplaying => state.IsReplaying;

    protected override ILoggerFactory LoggerFactory => loggers;

    private ExecutionStartedEvent Started =>
        state.Started ?? throw new InvalidOperationException("The context exists from the instance's beginning on.");

    public override T? GetInput<T>()
        where T : default => converter.Deserialize<T>(Started.Input);

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        var json = PayloadLimits.Write(converter, input, $"The input of activity '{name}'");
        return Here().Waits.Track(Call<TResult>(name, options?.Retry, isActivity: true, () => state.Tasks.Open(
            state.Actions.Add(new OrchestratorAction { ScheduleTask = new ScheduleTaskAction { Name = Named(name), Input = json } }))));
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        var json = PayloadLimits.Write(converter, input, $"The input of sub-orchestration '{orchestratorName}'");
        var child = (options as SubOrchestrationOptions)?.InstanceId ?? NewGuid().ToString("N", CultureInfo.InvariantCulture);
        return Here().Waits.Track(Call<TResult>(orchestratorName, options?.Retry, isActivity: false, () => state.Tasks.Open(
            state.Actions.Add(new OrchestratorAction
            {
                CreateSubOrchestration = new CreateSubOrchestrationAction { InstanceId = child, Name = Named(orchestratorName), Input = json },
            }))));
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) =>
        Here().Waits.Track(Timer(Utc(fireAt), cancellationToken));

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        return Here().Waits.Track(Event<T>(eventName, cancellationToken));
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return WaitForExternalEvent<T>(eventName, cancellationToken);
        }

        ArgumentException.ThrowIfNullOrEmpty(eventName);
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        return Here().Waits.Track(EventOrTimeout<T>(eventName, timeout, cancellationToken));
    }

    public override void SendEvent(string instanceId, string eventName, object? payload = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        var json = PayloadLimits.Write(converter, payload, $"The payload of event '{eventName}'");
        Here().Actions.Add(new OrchestratorAction
        {
            SendEvent = new SendEventAction { Instance = new OrchestrationInstance { InstanceId = instanceId }, Name = eventName, Data = json },
        });
    }

    public override void SetCustomStatus(object? customStatus)
    {
        var json = converter.Serialize(customStatus);
        if (json?.Length > PayloadLimits.CustomStatus)
        {
            throw new ArgumentException(
                $"The custom status takes {json.Length} characters as JSON; at most {PayloadLimits.CustomStatus} are allowed.", nameof(customStatus));
        }

        Here().CustomStatus = json;
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        Here().Next = new TurnState.NextRun(
            PayloadLimits.Write(converter, newInput, "The input of the next run"), preserveUnprocessedEvents);

    public override Guid NewGuid() => DeterministicGuid.Create(InstanceId, Here().Now, _guids++);

    /// <summary>The state, for a caller that is where orchestrator code has to be.</summary>
    private TurnState Here([CallerMemberName] string member = "")
    {
        state.Thread.Enter(member);
        return state;
    }

    private static string Named(TaskName name) =>
        string.IsNullOrEmpty(name.Name) ? throw new ArgumentException("A task has a name.", nameof(name)) : name.Name;

    private static DateTime Utc(DateTime instant) =>
        instant.Kind == DateTimeKind.Local ? instant.ToUniversalTime() : DateTime.SpecifyKind(instant, DateTimeKind.Utc);
}

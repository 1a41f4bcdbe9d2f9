using Governance.Durable.Protocol;

namespace Governance.Durable.Engine;

/// <summary>What one turn of one instance knows. The turn feeds it events; the context lets user code act on it.</summary>
internal sealed class TurnState(string instanceId, OrchestrationThread thread)
{
    public string InstanceId { get; } = instanceId;

    public OrchestrationThread Thread { get; } = thread;

    public PendingActions Actions { get; } = new();

    public OpenTasks Tasks { get; } = new(thread);

    public ExternalEvents Events { get; } = new(thread);

    public DurableWaits Waits { get; } = new();

    /// <summary>Null until the history says that the instance began.</summary>
    public ExecutionStartedEvent? Started { get; set; }

    /// <summary>The turn's clock, UTC.</summary>
    public DateTime Now { get; set; }

    public bool IsReplaying { get; set; }

    /// <summary>JSON text; null: none.</summary>
    public string? CustomStatus { get; set; }

    /// <summary>Set once user code asked to start over.</summary>
    public NextRun? Next { get; set; }

    /// <summary>How a run starts over.</summary>
    /// <param name="InputJson">Null: none.</param>
    /// <param name="KeepEvents">Whether events nobody took are carried over.</param>
    internal sealed record NextRun(string? InputJson, bool KeepEvents);
}

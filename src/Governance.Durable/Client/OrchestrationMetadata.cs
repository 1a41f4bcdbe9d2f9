namespace Governance.Durable.Client;

/// <summary>A snapshot of an instance.</summary>
/// <param name="name">The orchestrator's name.</param>
/// <param name="instanceId">The instance's id.</param>
public sealed class OrchestrationMetadata(string name, string instanceId)
{
    /// <summary>The orchestrator's name.</summary>
    public string Name { get; } = name;

    /// <summary>The instance's id.</summary>
    public string InstanceId { get; } = instanceId;

    /// <summary>Where the instance was when the snapshot was taken.</summary>
    public OrchestrationRuntimeStatus RuntimeStatus { get; init; }

    /// <summary>When the instance was scheduled, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its last turn ended, UTC.</summary>
    public DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>JSON text; null where there is none or inputs and outputs were not asked for.</summary>
    public string? SerializedInput { get; init; }

    /// <summary>JSON text of the result, or of the reason of a termination; null where there is none or inputs and outputs were not asked for.</summary>
    public string? SerializedOutput { get; init; }

    /// <summary>JSON text; null where none is set or inputs and outputs were not asked for.</summary>
    public string? SerializedCustomStatus { get; init; }

    /// <summary>Why a failed instance failed, where the host keeps it and inputs and outputs were asked for.</summary>
    public TaskFailureDetails? FailureDetails { get; init; }

    /// <summary>Reads what this snapshot carries; null where inputs and outputs were not asked for.</summary>
    public DataConverter? DataConverter { get; init; }

    /// <summary>Whether it was running, waits included.</summary>
    public bool IsRunning => RuntimeStatus == OrchestrationRuntimeStatus.Running;

    /// <summary>Whether it had ended, in whichever way.</summary>
    public bool IsCompleted => RuntimeStatus
        is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed
        or OrchestrationRuntimeStatus.Terminated or OrchestrationRuntimeStatus.Canceled;

    /// <summary>The input; the type's default where there is none.</summary>
    /// <exception cref="InvalidOperationException">Inputs and outputs were not asked for.</exception>
    public T? ReadInputAs<T>() => Converter.Deserialize<T>(SerializedInput);

    /// <summary>The output; the type's default where there is none.</summary>
    /// <exception cref="InvalidOperationException">Inputs and outputs were not asked for.</exception>
    public T? ReadOutputAs<T>() => Converter.Deserialize<T>(SerializedOutput);

    /// <summary>The custom status; the type's default where there is none.</summary>
    /// <exception cref="InvalidOperationException">Inputs and outputs were not asked for.</exception>
    public T? ReadCustomStatusAs<T>() => Converter.Deserialize<T>(SerializedCustomStatus);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {InstanceId}: {RuntimeStatus}, updated {LastUpdatedAt:s}";

    private DataConverter Converter =>
        DataConverter ?? throw new InvalidOperationException($"Instance {InstanceId} was fetched without its inputs and outputs; ask for them.");
}

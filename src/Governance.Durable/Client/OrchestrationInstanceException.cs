namespace Governance.Durable.Client;

/// <summary>What stood in the way of a client's call.</summary>
public enum InstanceProblem
{
    /// <summary>An instance with that id exists and has not ended.</summary>
    AlreadyExists,

    /// <summary>No instance has that id.</summary>
    NotFound,

    /// <summary>The instance has ended, or is not in the state that the call needs.</summary>
    NotRunning,
}

/// <summary>A client's call does not fit the instance's state. Nothing was changed.</summary>
/// <param name="instanceId">The instance.</param>
/// <param name="problem">What stood in the way.</param>
public sealed class OrchestrationInstanceException(string instanceId, InstanceProblem problem)
    : InvalidOperationException(problem switch
    {
        InstanceProblem.AlreadyExists => $"Instance {instanceId} exists and has not ended.",
        InstanceProblem.NotFound => $"There is no instance {instanceId}.",
        _ => $"Instance {instanceId} is not running.",
    })
{
    /// <summary>The instance.</summary>
    public string InstanceId { get; } = instanceId;

    /// <summary>What stood in the way.</summary>
    public InstanceProblem Problem { get; } = problem;
}

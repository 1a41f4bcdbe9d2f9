namespace Governance.Durable.Client;

/// <summary>Where an instance is. The values are those of the wire.</summary>
public enum OrchestrationRuntimeStatus
{
    /// <summary>Started and not ended, also while it waits.</summary>
    Running = 0,

    /// <summary>Returned.</summary>
    Completed = 1,

    /// <summary>Between two runs of itself; hosts show it at most for an instant.</summary>
    ContinuedAsNew = 2,

    /// <summary>Threw, or broke a rule of replay.</summary>
    Failed = 3,

    /// <summary>Not used by this engine.</summary>
    Canceled = 4,

    /// <summary>Ended by a client.</summary>
    Terminated = 5,

    /// <summary>Scheduled; its first turn has not run.</summary>
    Pending = 6,

    /// <summary>Held by a client until it is resumed.</summary>
    Suspended = 7,
}

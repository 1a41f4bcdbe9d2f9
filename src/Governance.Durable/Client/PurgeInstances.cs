namespace Governance.Durable.Client;

/// <summary>Which ended instances to delete.</summary>
/// <param name="CreatedFrom">Scheduled at or after, UTC.</param>
/// <param name="CreatedTo">Scheduled at or before, UTC.</param>
/// <param name="Statuses">In any of these; null or empty: in any. Instances that have not ended are never purged.</param>
public sealed record PurgeInstancesFilter(
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null,
    IEnumerable<OrchestrationRuntimeStatus>? Statuses = null);

/// <summary>What a purge did.</summary>
/// <param name="PurgedInstanceCount">Instances deleted; 0 where there was none, or it had not ended.</param>
public sealed record PurgeResult(int PurgedInstanceCount);

/// <summary>How an instance is terminated.</summary>
/// <param name="Output">Becomes its output; a string is kept as it is, anything else as JSON.</param>
public sealed record TerminateInstanceOptions(object? Output = null);

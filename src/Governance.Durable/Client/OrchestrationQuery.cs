using Governance.Durable.Client;

// In the outer namespace, as the package that this mirrors has it.
namespace Governance.Durable;

/// <summary>Which instances to list.</summary>
/// <param name="CreatedFrom">Scheduled at or after, UTC.</param>
/// <param name="CreatedTo">Scheduled at or before, UTC.</param>
/// <param name="Statuses">In any of these; null or empty: in any.</param>
/// <param name="InstanceIdPrefix">With an id that begins so.</param>
/// <param name="PageSize">Instances a page at most, 1 or more.</param>
/// <param name="FetchInputsAndOutputs">Whether snapshots carry inputs, outputs and statuses.</param>
/// <param name="ContinuationToken">Where to go on; null: from the start.</param>
public sealed record OrchestrationQuery(
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null,
    IEnumerable<OrchestrationRuntimeStatus>? Statuses = null,
    string? InstanceIdPrefix = null,
    int PageSize = OrchestrationQuery.DefaultPageSize,
    bool FetchInputsAndOutputs = false,
    string? ContinuationToken = null)
{
    /// <summary>Instances a page where nothing is said.</summary>
    public const int DefaultPageSize = 100;
}

// In the outer namespace, as the package that this mirrors has it.
namespace Governance.Durable;

/// <summary>How an instance is scheduled.</summary>
/// <param name="InstanceId">
/// Its id: 1 to 256 characters, not starting with <c>@</c>, none of <c>/ \ # ?</c> and no control characters; null: a
/// random one. An ended instance's id may be used again.
/// </param>
/// <param name="StartAt">When it begins, UTC; null or past: at once.</param>
public sealed record StartOrchestrationOptions(string? InstanceId = null, DateTimeOffset? StartAt = null)
{
    /// <summary>The orchestration's version, as its context shows it; null: none.</summary>
    public string? Version { get; init; }
}

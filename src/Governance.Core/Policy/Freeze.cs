namespace Governance.Core.Policy;

/// <summary>A freeze window that holds a publish or promotion.</summary>
/// <param name="RuleId">The rule it is from; the one that ends last where several hold.</param>
/// <param name="Title">The rule, for a person.</param>
/// <param name="Until">First instant, UTC, at which no freeze window holds any more.</param>
public sealed record Freeze(string RuleId, string Title, DateTimeOffset Until);

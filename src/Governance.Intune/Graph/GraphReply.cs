using Governance.Core.Rollout;

namespace Governance.Intune.Graph;

/// <summary>What came of a call: an answer, a fault, or a request that the tenant's own approvers hold.</summary>
/// <typeparam name="T">The answer.</typeparam>
/// <param name="Value">The answer; may be null on success where Graph sent an empty one.</param>
/// <param name="Fault">Why there is none; null on success.</param>
/// <param name="Approval">What was filed for approval; then there is neither answer nor fault.</param>
internal readonly record struct GraphReply<T>(T? Value, GraphFault? Fault, TenantApproval? Approval)
{
    public bool Ok => Fault is null && Approval is null;

    public bool IsMissing => Fault?.Status == 404;

    public static GraphReply<T> Of(T? value) => new(value, null, null);

    public static GraphReply<T> Of(GraphFault fault) => new(default, fault, null);
}

namespace Governance.Durable.Engine;

/// <summary>Which call of an activity this is.</summary>
internal sealed class ActivityCall(TaskName name, string instanceId, CancellationToken cancellation) : TaskActivityContext
{
    public override TaskName Name { get; } = name;

    public override string InstanceId { get; } = instanceId;

    public override CancellationToken CancellationToken { get; } = cancellation;
}

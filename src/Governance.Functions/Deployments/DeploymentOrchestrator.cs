using Governance.Core;
using Governance.Core.Deployments;
using Governance.Durable;
using Governance.Functions.Cab;
using Governance.Functions.Orchestration;
using Governance.Functions.Rollout;

namespace Governance.Functions.Deployments;

/// <summary>One deployment's orchestration.</summary>
/// <param name="CorrelationId">Which deployment.</param>
/// <param name="Generation">1, and one more each time the stuck-sweep begins anew.</param>
internal sealed record DeploymentRun(CorrelationId CorrelationId, int Generation);

/// <summary>Takes one deployment from its intent to its end: evidence, policy check, CAB if needed, rings. It only sequences: its activities ask the deciders.</summary>
internal sealed class DeploymentOrchestrator : TaskOrchestrator<DeploymentRun, DeploymentStatus?>
{
    /// <returns>How the deployment ended; null when it goes on with a fresh history.</returns>
    public override async Task<DeploymentStatus?> RunAsync(TaskOrchestrationContext context, DeploymentRun run)
    {
        var position = await context.CallActivityAsync<DeploymentPosition>(nameof(CheckPolicy), run.CorrelationId, Retries.Steady);
        switch (position.Next)
        {
            case NextStep.AwaitChange:
                await Waiting.ForChange(context);
                break;
            case NextStep.AskCab:
                await context.CallSubOrchestratorAsync(
                    nameof(CabApprovalOrchestrator),
                    new CabRun(run.CorrelationId, position.Revision, Reminded: false),
                    new SubOrchestrationOptions(instanceId: InstanceIds.CabApproval(run.CorrelationId, run.Generation, position.Revision)));
                break;
            case NextStep.RollOut:
                await context.CallSubOrchestratorAsync(
                    nameof(RingRolloutOrchestrator),
                    new RolloutRun(run.CorrelationId, run.Generation),
                    new SubOrchestrationOptions(instanceId: InstanceIds.RingRollout(run.CorrelationId, run.Generation)));
                break;
            default:
                return position.Status;
        }

        context.ContinueAsNew(run);
        return null;
    }
}

/// <summary>Where a deployment stands, as its orchestration needs to know it.</summary>
/// <param name="Status">The status.</param>
/// <param name="Revision">The revision.</param>
/// <param name="Next">What to do next.</param>
internal sealed record DeploymentPosition(DeploymentStatus Status, int Revision, NextStep Next)
{
    /// <summary>Of a deployment as it stands, after its policy check if one was due.</summary>
    internal static DeploymentPosition Of(DeploymentState state) => new(state.Status, state.Revision, state switch
    {
        { Status: DeploymentStatus.Pending or DeploymentStatus.Blocked } => NextStep.AwaitChange,
        { Status: DeploymentStatus.AwaitingCab } => NextStep.AskCab,
        _ when state.IsHeldFor(WaitReason.Rollback) => NextStep.RollOut,
        { Status: DeploymentStatus.Approved or DeploymentStatus.Active } => NextStep.RollOut,
        _ => NextStep.End,
    });
}

/// <summary>What a deployment's orchestration does next.</summary>
internal enum NextStep
{
    /// <summary>Nothing: the deployment has ended.</summary>
    End,

    /// <summary>Wait for evidence, or for whatever lifts a block.</summary>
    AwaitChange,

    /// <summary>Wait for the CAB's decision.</summary>
    AskCab,

    /// <summary>Publish, watch and promote, or take back.</summary>
    RollOut,
}

using Governance.Core;
using Governance.Durable;
using Governance.Functions.Orchestration;
using Governance.Functions.Remediation;

namespace Governance.Functions.Rollout;

/// <summary>The rollout of one deployment, between two looks.</summary>
/// <param name="CorrelationId">Which deployment.</param>
/// <param name="Generation">Of its orchestration; fences the claim.</param>
/// <param name="Looks">How often the current gate was looked at without passing, past its period.</param>
/// <param name="Polls">How often a wait outside gates was looked at, for its growing pause.</param>
internal sealed record RolloutRun(CorrelationId CorrelationId, int Generation, int Looks = 0, int Polls = 0);

/// <summary>Takes a deployment through its rings: gate, publish, look, promote, hold, or roll back. One look per history, so that months stay short.</summary>
internal sealed class RingRolloutOrchestrator : TaskOrchestrator<RolloutRun, bool>
{
    /// <returns>True once there is nothing to roll out any more; false when it goes on with a fresh history.</returns>
    public override async Task<bool> RunAsync(TaskOrchestrationContext context, RolloutRun run)
    {
        var step = await context.CallActivityAsync<RolloutStep>(nameof(LookAtRing), run, Retries.Steady);
        switch (step.Do)
        {
            case RolloutAction.Publish:
                var order = new PublishOrder(run.CorrelationId, run.Generation, step.Ring!.Value);
                await context.CallActivityAsync<PublishStep>(nameof(PublishRing), order, Retries.Steady);
                break;
            case RolloutAction.Remediate:
                await context.CallSubOrchestratorAsync(
                    nameof(RemediationOrchestrator),
                    new RemediationRun(run.CorrelationId, run.Generation, step.RemediationId!.Value),
                    new SubOrchestrationOptions(instanceId: InstanceIds.Remediation(run.CorrelationId, step.RemediationId.Value)));
                break;
            case RolloutAction.Wait:
                await Waiting.ForChangeUntil(context, step.Until);
                break;
            default:
                return true;
        }

        context.ContinueAsNew(run with { Looks = step.Looks, Polls = step.Polls });
        return false;
    }
}

/// <summary>What a look at a rollout found to do.</summary>
internal sealed record RolloutStep(RolloutAction Do)
{
    /// <summary>For <see cref="RolloutAction.Publish"/>: which ring.</summary>
    public Ring? Ring { get; init; }

    /// <summary>For <see cref="RolloutAction.Remediate"/>: which remediation.</summary>
    public Guid? RemediationId { get; init; }

    /// <summary>For <see cref="RolloutAction.Wait"/>: until when at most, UTC; null for as long as it takes.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The count to go on with.</summary>
    public int Looks { get; init; }

    /// <summary>The count to go on with.</summary>
    public int Polls { get; init; }
}

/// <summary>What a rollout does next.</summary>
internal enum RolloutAction
{
    /// <summary>Nothing: it is done, or not this orchestration's any more.</summary>
    End,

    /// <summary>Publish a ring.</summary>
    Publish,

    /// <summary>Mend a failed publish.</summary>
    Remediate,

    /// <summary>Look again later, or when something changes.</summary>
    Wait,
}

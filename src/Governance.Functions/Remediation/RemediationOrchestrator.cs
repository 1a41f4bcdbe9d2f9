using Governance.Core;
using Governance.Durable;
using Governance.Functions.Orchestration;

namespace Governance.Functions.Remediation;

/// <summary>One remediation.</summary>
/// <param name="CorrelationId">Of which deployment.</param>
/// <param name="Generation">Of the deployment's orchestration; fences the claim.</param>
/// <param name="RemediationId">Which one.</param>
internal sealed record RemediationRun(CorrelationId CorrelationId, int Generation, Guid RemediationId);

/// <summary>Mends with back-off: waits until the attempt is due, tries, and begins again until it is mended or a person has to look.</summary>
internal sealed class RemediationOrchestrator : TaskOrchestrator<RemediationRun, bool>
{
    /// <returns>True once the remediation is closed; false when it goes on with a fresh history.</returns>
    public override async Task<bool> RunAsync(TaskOrchestrationContext context, RemediationRun run)
    {
        var step = await context.CallActivityAsync<RemediationStep>(nameof(Remediate), run, Retries.Steady);
        if (step.Closed)
        {
            return true;
        }

        await Waiting.ForChangeUntil(context, step.NextAt);
        context.ContinueAsNew(run);
        return false;
    }
}

/// <summary>How a remediation stands.</summary>
/// <param name="Closed">It is mended, escalated, or not open any more.</param>
/// <param name="NextAt">When the next attempt is due, UTC; null where closed.</param>
internal sealed record RemediationStep(bool Closed, DateTimeOffset? NextAt);

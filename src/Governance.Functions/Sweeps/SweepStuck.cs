using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Functions.Cab;
using Governance.Functions.Orchestration;
using Governance.Functions.Rollout;
using Governance.Storage.Streams;
using Governance.Storage.Sweeps;
using Governance.Storage.Views;

namespace Governance.Functions.Sweeps;

/// <summary>
/// Finds deployments whose orchestration has failed, ended too early or vanished, and begins the next generation, which goes on where the log stands.
/// So too for the orchestrations beside it: a CAB's wait during a held rollout, an emergency's review, a remediation.
/// </summary>
internal sealed partial class SweepStuck(
    DeploymentViews views,
    EventStreams<DeploymentState, DeploymentEvent> deployments,
    DeploymentInstances instances,
    SweepSettings settings,
    TimeProvider clock,
    ILogger<SweepStuck> log) : ISweep
{
    private const int PageSize = 100;
    private const int AtOnce = 8;

    /// <inheritdoc/>
    public TimeSpan Budget => TimeSpan.FromMinutes(4);

    /// <inheritdoc/>
    public async Task<SweepStep> Step(string? cursor, CancellationToken cancellation)
    {
        var page = await views.Live(PageSize, cursor, cancellation);
        return await SweepItems.Each(page.Items, page.Cursor, AtOnce, item => $"deployment {item.CorrelationId}", Look, log, cancellation);
    }

    // The list may be behind: what it says is only reason enough to look into the log.
    private async Task<SweepOutcome> Look(DeploymentSummary listed, CancellationToken cancellation)
    {
        var quietFor = clock.GetUtcNow() - listed.UpdatedAt;
        var needs = OrchestrationNeeds.Of(listed);
        if (needs == OrchestrationNeeds.None || quietFor < settings.StuckAfter || !await AnyMissing(listed, needs, cancellation))
        {
            return default;
        }

        var (head, claim) = await deployments.ReadWithClaim(listed.CorrelationId, cancellation);
        if (head is null || clock.GetUtcNow() - head.At < settings.StuckAfter)
        {
            return default;
        }

        var standing = DeploymentSummary.Of(null, head.State, head.Sequence, head.At, Actor.System, []);
        var known = PublishClaim.Read(claim)?.Generation ?? 1;
        return await Begin(standing, OrchestrationNeeds.Of(standing), head.State.Review?.Revision, known, cancellation) ? new(Acted: true, quietFor - settings.StuckAfter) : default;
    }

    private async Task<bool> AnyMissing(DeploymentSummary deployment, OrchestrationNeeds needs, CancellationToken cancellation)
    {
        var main = await instances.Living(deployment.CorrelationId, cancellation);
        return (needs.Main && (!main.Alive || await PartIsMissing(deployment, needs, main.Number, cancellation)))
            || (needs.HeldCabRevision is { } revision && !await instances.IsAlive(InstanceIds.CabApproval(deployment.CorrelationId, main.Number, revision), cancellation))
            || needs.Review
            || (needs.RemediationId is { } remediation && !await instances.IsAlive(InstanceIds.Remediation(deployment.CorrelationId, remediation), cancellation));
    }

    private async Task<bool> Begin(DeploymentSummary deployment, OrchestrationNeeds needs, int? reviewed, int known, CancellationToken cancellation)
    {
        var (id, begun) = (deployment.CorrelationId, false);
        var (generation, alive) = await instances.Living(id, cancellation, known);
        if (needs.Main && (!alive || await PartIsMissing(deployment, needs, generation, cancellation)))
        {
            generation = await instances.Replace(id, generation, deployment.Cab?.Revision, cancellation);
            BeganAnew(log, id.ToString(), generation, deployment.Status.WireName());
            begun = true;
        }

        if (needs.HeldCabRevision is { } revision)
        {
            begun |= await Restart(
                InstanceIds.CabApproval(id, generation, revision), nameof(CabApprovalOrchestrator), new CabRun(id, revision, Reminded: false), cancellation);
        }

        if (needs.Review && reviewed is { } emergency)
        {
            begun |= await Restart(
                InstanceIds.EmergencyReview(id, emergency), nameof(EmergencyReviewOrchestrator), new ReviewRun(id, emergency), cancellation);
        }

        if (needs.RemediationId is { } remediation && !await instances.IsAlive(InstanceIds.Remediation(id, remediation), cancellation))
        {
            await instances.StartRemediation(id, remediation, cancellation, Math.Max(1, generation));
            BeganBeside(log, InstanceIds.Remediation(id, remediation));
            begun = true;
        }

        return begun;
    }

    private async Task<bool> Restart(string instance, string orchestrator, object input, CancellationToken cancellation)
    {
        if (await instances.IsAlive(instance, cancellation))
        {
            return false;
        }

        await instances.Once(orchestrator, input, instance, cancellation);
        BeganBeside(log, instance);
        return true;
    }

    // A part that has ended has its own told within moments, and one that is to begin is begun by it: twice the time is for a hub that is behind.
    private async Task<bool> PartIsMissing(DeploymentSummary deployment, OrchestrationNeeds needs, int generation, CancellationToken cancellation)
    {
        var part = needs.Part switch
        {
            OrchestrationPart.Rings => InstanceIds.RingRollout(deployment.CorrelationId, generation),
            OrchestrationPart.Cab when deployment.Cab is { } cab => InstanceIds.CabApproval(deployment.CorrelationId, generation, cab.Revision),
            _ => null,
        };
        return part is not null
            && clock.GetUtcNow() - deployment.UpdatedAt >= settings.StuckAfter * 2
            && !await instances.IsAlive(part, cancellation)
            && await instances.IdleSince(InstanceIds.Deployment(deployment.CorrelationId, generation), cancellation) is { } since
            && clock.GetUtcNow() - since >= settings.StuckAfter * 2;
    }

    [LoggerMessage(1041, LogLevel.Warning, "Deployment {CorrelationId}, {Status}, had no living orchestration; generation {Generation} goes on with it.")]
    private static partial void BeganAnew(ILogger log, string correlationId, int generation, string status);

    [LoggerMessage(1042, LogLevel.Warning, "Orchestration {Instance} was gone and is begun anew.")]
    private static partial void BeganBeside(ILogger log, string instance);
}

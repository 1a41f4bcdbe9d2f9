using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Functions.Cab;
using Governance.Functions.Deployments;
using Governance.Functions.Orchestration;
using Governance.Storage.Streams;
using Governance.Storage.Sweeps;
using Governance.Storage.Views;

namespace Governance.Functions.Sweeps;

/// <summary>
/// Ends what nobody attends to: CAB requests past their deadlines, exceptions past their terms, intents that wait for evidence or stay blocked for
/// 30 days. Requests and exceptions have timers of their own, and a pack links the intents that wait for it; this finds what those have missed.
/// </summary>
internal sealed partial class SweepExpirations(
    DeploymentViews views,
    ExceptionViews exceptionViews,
    EventStreams<DeploymentState, DeploymentEvent> deployments,
    EventStreams<ExceptionState, ExceptionEvent> exceptions,
    DeploymentInstances instances,
    ArrivedEvidence arrived,
    TimeProvider clock,
    ILogger<SweepExpirations> log) : ISweep
{
    private const int PageSize = 100;
    private const int AtOnce = 8;

    /// <summary>What is gone through, in this order; the cursor begins with one of these.</summary>
    private enum Part
    {
        Requests,
        Approved,
        Pending,
        Intents,
    }

    /// <inheritdoc/>
    public TimeSpan Budget => TimeSpan.FromMinutes(4);

    /// <inheritdoc/>
    public async Task<SweepStep> Step(string? cursor, CancellationToken cancellation)
    {
        var (part, place) = cursor?.Split('/', 2) is [var name, var rest] ? (Enum.Parse<Part>(name), rest.Length == 0 ? null : rest) : (Part.Requests, null);
        switch (part)
        {
            case Part.Requests:
                var requests = await views.PendingCab(PageSize, place, cancellation);
                return await Each(requests, part, each => $"the request of {each.CorrelationId}", KeepDeadlines, cancellation);
            case Part.Approved:
                var approved = await exceptionViews.Approved(PageSize, place, cancellation);
                return await Each(approved, part, each => $"exception {each.Id}", KeepTerm, cancellation);
            case Part.Pending:
                var pending = await exceptionViews.Pending(PageSize, place, cancellation);
                return await Each(pending, part, each => $"exception {each.Id}", EndWhereOver, cancellation);
            default:
                var live = await views.Live(PageSize, place, cancellation);
                return await Each(live, part, each => $"deployment {each.CorrelationId}", LinkOrCancel, cancellation);
        }
    }

    private Task<SweepStep> Each<T>(PageOf<T> page, Part part, Func<T, string> nameOf, Func<T, CancellationToken, Task<SweepOutcome>> look, CancellationToken cancellation) =>
        SweepItems.Each(
            page.Items,
            page.Cursor is { } place ? $"{part}/{place}" : part < Part.Intents ? $"{part + 1}/" : null,
            AtOnce,
            nameOf,
            look,
            log,
            cancellation);

    private async Task<SweepOutcome> KeepDeadlines(DeploymentSummary listed, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (listed.Cab is not { } cab || now < (cab.Escalated ? cab.ExpiresAt : cab.DueAt))
        {
            return default;
        }

        var changed = await deployments.Change(
            listed.CorrelationId, Actor.System, (state, at) => KeepCabDeadlines.Due(state, cab.Revision, at), cancellation);
        return Outcome(changed, now - (cab.Escalated ? cab.ExpiresAt : cab.DueAt));
    }

    // Its own watch warns before the end and ends it; where that is gone, it is begun anew.
    private async Task<SweepOutcome> KeepTerm(ExceptionSummary listed, CancellationToken cancellation)
    {
        if (clock.GetUtcNow() >= listed.ExpiresAt)
        {
            return await EndWhereOver(listed, cancellation);
        }

        var watch = InstanceIds.ExceptionTerm(listed.Id);
        if (listed.Kind == ExceptionKind.GateOverride || await instances.IsAlive(watch, cancellation)
            || await exceptions.Read(new(listed.Id), cancellation) is not { State.Status: ExceptionStatus.Approved })
        {
            return default;
        }

        await instances.Once(nameof(ExceptionTermOrchestrator), new ExceptionRun(listed.Id, Warned: false), watch, cancellation);
        WatchedAgain(log, listed.Id);
        return new(Acted: true);
    }

    private async Task<SweepOutcome> EndWhereOver(ExceptionSummary listed, CancellationToken cancellation)
    {
        var late = clock.GetUtcNow() - listed.ExpiresAt;
        return late < TimeSpan.Zero ? default : Outcome(await exceptions.Change(new(listed.Id), Actor.System, ExceptionDecider.Expire, cancellation), late);
    }

    // Whoever stored the pack may have been cut off before it looked for the intents that wait for it.
    private async Task<SweepOutcome> LinkOrCancel(DeploymentSummary listed, CancellationToken cancellation)
    {
        if (listed is { Status: DeploymentStatus.Pending, AwaitsEvidence: true }
            && await deployments.Read(listed.CorrelationId, cancellation) is { State: { Status: DeploymentStatus.Pending, Evidence: null } } head
            && (await arrived.Link(head, cancellation)).State.Evidence is not null)
        {
            return new(Acted: true);
        }

        var since = clock.GetUtcNow() - listed.CreatedAt;
        if (listed.Status is not (DeploymentStatus.Blocked or DeploymentStatus.Pending) || since < DeploymentDecider.StaleAfter)
        {
            return default;
        }

        return Outcome(await deployments.Change(listed.CorrelationId, Actor.System, DeploymentDecider.CancelStale, cancellation), since - DeploymentDecider.StaleAfter);
    }

    private static SweepOutcome Outcome<T>(ChangeResult<T> result, TimeSpan late)
        where T : class => result switch
        {
            ChangeResult<T>.Changed => new(Acted: true, late),
            ChangeResult<T>.Contended => throw new InvalidOperationException("Others changed it again and again."),
            _ => default,
        };

    [LoggerMessage(1043, LogLevel.Warning, "The watch over the term of exception {ExceptionId} was gone and is begun anew.")]
    private static partial void WatchedAgain(ILogger log, Guid exceptionId);
}

using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Remediation;
using Governance.Functions.Rollout;
using Governance.Storage.Streams;

namespace Governance.Functions.Remediation;

/// <summary>Sees that drift is mended: by itself where policy allows, else the CAB is asked once.</summary>
internal sealed class DriftRemedies(
    EventStreams<DeploymentState, DeploymentEvent> deployments, EventStreams<ExceptionState, ExceptionEvent> exceptions, AppRequests requests, TimeProvider clock)
{
    // Longer than the CAB's deadlines; who lets it pass has decided, too.
    private static readonly TimeSpan Term = TimeSpan.FromDays(14);

    /// <summary>Starts what is due. Safe to repeat.</summary>
    /// <returns>Whether anything was started or asked.</returns>
    internal async Task<bool> Apply(StreamHead<DeploymentState> head, EquatableArray<Drift> found, CancellationToken cancellation)
    {
        var state = head.State;
        if (state.RunningRemediation is not null || state.IsHeldFor(WaitReason.Operator) || state.Drift.Count == 0)
        {
            // Being mended, or a person has to look: what failed three times is not tried for ever.
            return false;
        }

        var category = (await requests.Facts(state, cancellation)).Behaviour?.ToolCategory;
        var action = found.Any(drift => DriftRules.ActionFor(drift.Kind) == RemediationAction.Reinstall) ? RemediationAction.Reinstall : RemediationAction.Resync;
        return found.All(drift => DriftRules.RemedyFor(drift, category) == DriftRemedy.Automatic)
            ? await Start(head.Id, action, found, cancellation)
            : await Ask(state, action, found, cancellation);
    }

    private async Task<bool> Start(CorrelationId id, RemediationAction action, EquatableArray<Drift> found, CancellationToken cancellation)
    {
        var started = await deployments.ChangeNumbered(
            id,
            Actor.System,
            (state, sequence, at) => RemediationDecider.Start(
                state, DeploymentIds.Remediation(id, sequence + 1), RemediationCause.Drift, action, Said(found), new(Actor.System, IsAdmin: false), at),
            cancellation);
        return started is ChangeResult<DeploymentState>.Changed;
    }

    private async Task<bool> Ask(DeploymentState state, RemediationAction action, EquatableArray<Drift> found, CancellationToken cancellation)
    {
        var id = ExceptionIds.Drift(state);
        if (await exceptions.Read(new(id), cancellation) is not null)
        {
            return false;
        }

        var now = clock.GetUtcNow();
        var request = new ExceptionRequest
        {
            Kind = ExceptionKind.DriftRemediation,
            AppName = state.Request.AppName,
            Version = state.Request.Version,
            DeploymentId = state.Id,
            Action = action,
            Reason = Said(found),
            CompensatingControls = ["Until it is decided nothing is changed; the drift stays listed."],
            ExpiresAt = now + Term,
        };
        return ExceptionDecider.Request(id, request, Actor.System, state, now) is Outcome<ExceptionEvent>.Accepted accepted
            && await exceptions.Create(new(id), Actor.System, accepted.Events, cancellation) is CreateResult<ExceptionState>.Created;
    }

    private static string Said(EquatableArray<Drift> found)
    {
        var text = string.Join(" ", found.Select(drift => $"{DriftRules.WireName(drift.Kind)}{(drift.Ring is { } ring ? $" in {ring.WireName()}" : string.Empty)}: {drift.Difference}."));
        return text.Length <= 4000 ? text : $"{text[..3999]}…";
    }
}

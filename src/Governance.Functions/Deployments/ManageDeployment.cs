using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Core.Rollout;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.Rollout;
using Governance.Functions.SignIn;
using Governance.Storage.Streams;
using Governance.Storage.Vault;

namespace Governance.Functions.Deployments;

/// <summary>The commands that a submitter or an administrator gives to a deployment.</summary>
internal static class ManageDeployment
{
    /// <summary>POST /deployments/{id}/cancel/.</summary>
    internal static Task<IResult> Cancel(ApiRequest request, string reason) => WithClaim(
        request, (state, stage, _) => DeploymentDecider.Cancel(state, reason, Who(request), stage));

    /// <summary>POST /deployments/{id}/hold.</summary>
    internal static Task<IResult> Hold(ApiRequest request, string reason) => WithClaim(
        request, (state, _, _) => RolloutDecider.Hold(state, reason, Who(request)));

    /// <summary>POST /deployments/{id}/resume.</summary>
    internal static Task<IResult> Resume(ApiRequest request, string reason) => Plain(
        request, (state, _) => RolloutDecider.Resume(state, reason, Who(request)));

    /// <summary>POST /deployments/{id}/recheck.</summary>
    internal static Task<IResult> Recheck(ApiRequest request, string reason) => WithClaim(
        request, (state, stage, _) => DeploymentDecider.Recheck(state, "requested", reason, Who(request), stage));

    /// <summary>POST /deployments/{id}/evidence: links another pack.</summary>
    internal static async Task<IResult> LinkEvidence(ApiRequest request, EvidencePackId pack)
    {
        var facts = (await request.Service<EvidenceVault>().Find(pack, request.Cancellation))?.Facts;
        return facts is null
            ? Problems.From(new PackUnknown(pack))
            : await WithClaim(
                request,
                (state, stage, _) => DeploymentDecider.LinkEvidence(state, EvidenceLink.Of(facts), (facts.AppName, facts.Version), Who(request), stage));
    }

    /// <summary>POST /deployments/{id}/promote: an immediate look at the gate; it never skips one.</summary>
    internal static async Task<IResult> Promote(ApiRequest request, string reason)
    {
        var head = await request.Service<EventStreams<DeploymentState, DeploymentEvent>>().Read(request.Id<CorrelationId>(), request.Cancellation);
        if (head is null)
        {
            return Problems.From(new DeploymentUnknown());
        }

        if (RolloutDecider.AskToPromote(head.State, Who(request)) is Outcome<DeploymentEvent>.Refused refused)
        {
            return Problems.From(refused.Reason);
        }

        await request.Service<Orchestration.IDeploymentSignals>().Signal(
            new(head.Id, WaitingOrchestration.RingRollout, head.State.Revision), request.Cancellation);
        return await DeploymentReads.Answer(request, head);
    }

    /// <summary>POST /deployments/{id}/rollback: to the completed version before, else off the devices.</summary>
    internal static async Task<IResult> RollBack(ApiRequest request, string reason) => await Answer(request, await request.Service<Remediation.RollbackStart>().Start(
        request.Id<CorrelationId>(), request.Caller.Actor, Who(request), "requested", reason, request.Cancellation));

    /// <summary>POST /deployments/{id}/incidents/.</summary>
    internal static Task<IResult> ReportIncident(ApiRequest request, IncidentWish wish) => Plain(
        request,
        (_, sequence) => DeploymentDecider.ReportIncident(
            DeploymentIds.Incident(request.Id<CorrelationId>(), sequence), wish.Severity, wish.Summary, wish.Security));

    /// <summary>Who asks.</summary>
    internal static Requester Who(ApiRequest request) => new(request.Caller.Actor, request.Caller.Has(Roles.PlatformAdmin));

    private static async Task<IResult> Plain(ApiRequest request, Func<DeploymentState, long, Outcome<DeploymentEvent>> decide)
    {
        var streams = request.Service<EventStreams<DeploymentState, DeploymentEvent>>();
        return await Answer(request, await streams.ChangeNumbered(
            request.Id<CorrelationId>(), request.Caller.Actor, (state, sequence, _) => decide(state, sequence + 1), request.Cancellation));
    }

    private static async Task<IResult> WithClaim(ApiRequest request, Func<DeploymentState, PublishStage, DateTimeOffset, Outcome<DeploymentEvent>> decide)
    {
        var streams = request.Service<EventStreams<DeploymentState, DeploymentEvent>>();
        return await Answer(request, await streams.ChangeWithClaim(
            request.Id<CorrelationId>(),
            request.Caller.Actor,
            (state, row, at) =>
            {
                var stage = PublishClaim.StageOf(row);
                var outcome = decide(state, stage, at);

                return (outcome, PublishClaim.After(outcome, row));
            },
            request.Cancellation));
    }

    /// <summary>The answer to a command: the deployment as it stands, or why not.</summary>
    internal static async Task<IResult> Answer(ApiRequest request, ChangeResult<DeploymentState> result) => result switch
    {
        ChangeResult<DeploymentState>.Refused refused => Problems.From(refused.Reason),
        ChangeResult<DeploymentState>.Missing => Problems.From(new DeploymentUnknown()),
        { Settled: { } head } => await DeploymentReads.Answer(request, head),
        _ => Problems.Unavailable(TimeSpan.FromSeconds(1)),
    };
}

/// <summary>Trouble that is reported.</summary>
internal sealed record IncidentWish(IncidentSeverity Severity, string Summary, bool Security);

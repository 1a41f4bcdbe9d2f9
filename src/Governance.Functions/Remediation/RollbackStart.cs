using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Remediation;
using Governance.Functions.Rollout;
using Governance.Storage.Streams;

namespace Governance.Functions.Remediation;

/// <summary>Logs that a deployment is taken back, with the plan. What follows, <see cref="TakeBack"/> does.</summary>
internal sealed class RollbackStart(EventStreams<DeploymentState, DeploymentEvent> deployments, EarlierVersions earlier, AppRequests requests)
{
    /// <summary>Starts it; a repeat finds it under way.</summary>
    /// <param name="id">Which deployment.</param>
    /// <param name="actor">Who is logged.</param>
    /// <param name="requester">Who asks; the system for a breach.</param>
    /// <param name="cause">requested or breach.</param>
    /// <param name="reason">A person's words or the gate's arithmetic.</param>
    /// <param name="cancellation">Ends it.</param>
    internal async Task<ChangeResult<DeploymentState>> Start(
        CorrelationId id, Actor actor, Requester requester, string cause, string reason, CancellationToken cancellation)
    {
        if (await deployments.Read(id, cancellation) is not { State: var known })
        {
            return new ChangeResult<DeploymentState>.Missing();
        }

        var plan = known.Status.IsOnDevices() ? await Plan(known, cancellation) : [];
        return await deployments.Change(id, actor, (state, _) => RemediationDecider.StartRollback(state, cause, reason, plan, requester), cancellation);
    }

    private async Task<EquatableArray<string>> Plan(DeploymentState state, CancellationToken cancellation) =>
        RollbackPlan.Of(state, await earlier.Of(state, cancellation), CanUninstall(await requests.Facts(state, cancellation)));

    internal static bool CanUninstall(Core.Evidence.EvidenceFacts facts) => !string.IsNullOrWhiteSpace(facts.Install?.UninstallCommand);
}

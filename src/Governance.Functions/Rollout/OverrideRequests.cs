using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Storage.Streams;

namespace Governance.Functions.Rollout;

/// <summary>Asks the CAB for an override of the gate that a rollout stands in front of.</summary>
internal sealed class OverrideRequests(EventStreams<ExceptionState, ExceptionEvent> exceptions, TimeProvider clock, ILogger<OverrideRequests> log)
{
    /// <summary>Asks. A repeat for the same deployment, revision and step finds what was asked, whatever became of it.</summary>
    internal async Task Ask(DeploymentState deployment, GateVerdict gate, CancellationToken cancellation)
    {
        var id = ExceptionIds.Override(deployment);
        var now = clock.GetUtcNow();
        switch (ExceptionDecider.Request(id, GateOverrides.Ask(deployment, gate, now), Actor.System, deployment, now))
        {
            case Outcome<ExceptionEvent>.Accepted accepted:
                if (await exceptions.Create(new(id), Actor.System, accepted.Events, cancellation) is CreateResult<ExceptionState>.Created)
                {
                    log.OverrideAsked(id, deployment.Id, gate.Reason);
                }

                break;
            case Outcome<ExceptionEvent>.Refused refused:
                log.OverrideNotAsked(deployment.Id, refused.Reason.Code);
                break;
        }
    }
}

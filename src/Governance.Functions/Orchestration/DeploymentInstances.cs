using Governance.Core;
using Governance.Core.Deployments;
using Governance.Durable;
using Governance.Durable.Client;
using Governance.Functions.Deployments;
using Governance.Functions.Remediation;

namespace Governance.Functions.Orchestration;

/// <summary>The orchestration instances of deployments: starts, wakes and, where one is gone, begins the next generation.</summary>
internal sealed class DeploymentInstances(DurableTaskClient client)
{
    // A generation is begun only when the one before has failed, ended early or vanished: beyond this something else is wrong.
    private const int Generations = 1000;

    // Some twenty seconds of deliveries: by then a child that exists is to be seen, and one that is not was never needed.
    private const int PatientAttempts = 4;

    /// <summary>Starts a generation; a repeat finds it started.</summary>
    internal Task Start(CorrelationId id, int generation, CancellationToken cancellation) =>
        Once(nameof(DeploymentOrchestrator), new DeploymentRun(id, generation), InstanceIds.Deployment(id, generation), cancellation);

    /// <summary>Starts a remediation on devices; a repeat finds it started.</summary>
    internal Task StartRemediation(CorrelationId id, Guid remediation, CancellationToken cancellation) =>
        Once(nameof(RemediationOrchestrator), new RemediationRun(id, Generation: 1, remediation), InstanceIds.Remediation(id, remediation), cancellation);

    /// <summary>Starts an instance under this id; a repeat finds it started.</summary>
    internal async Task Once(string orchestrator, object input, string instance, CancellationToken cancellation)
    {
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, new StartOrchestrationOptions(instance), cancellation);
        }
        catch (OrchestrationInstanceException exists) when (exists.Problem == InstanceProblem.AlreadyExists)
        {
            // A start that is delivered again.
        }
    }

    /// <summary>Wakes the orchestration that waits; begins the next generation where none is alive.</summary>
    /// <param name="signal">Which one.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="attempt">How often this is tried; early on, a hub that shows instances late is given time to.</param>
    /// <exception cref="OrchestrationInstanceException">The instance is not to be seen yet: deliver this again later.</exception>
    internal async Task Signal(SignalRequest signal, CancellationToken cancellation, int attempt = int.MaxValue)
    {
        var generation = await Living(signal.CorrelationId, cancellation);
        if (generation.Alive)
        {
            await Raise(Instance(signal, generation.Number), attempt, cancellation);
        }
        else
        {
            await Start(signal.CorrelationId, generation.Number + 1, cancellation);
        }
    }

    /// <summary>The newest generation and whether it is alive. As many look-ups as there have been generations, which is one but after faults.</summary>
    internal async Task<(int Number, bool Alive)> Living(CorrelationId id, CancellationToken cancellation)
    {
        for (var number = 1; number <= Generations; number++)
        {
            var instance = await client.GetInstanceAsync(InstanceIds.Deployment(id, number), cancellation);
            if (instance is null)
            {
                return (number - 1, false);
            }

            if (!instance.IsCompleted)
            {
                return (number, true);
            }
        }

        throw new InvalidOperationException($"Deployment {id} has had {Generations} generations of its orchestration.");
    }

    private static string Instance(SignalRequest signal, int generation) => signal.Waiting switch
    {
        WaitingOrchestration.CabApproval => InstanceIds.CabApproval(signal.CorrelationId, generation, signal.Revision),
        WaitingOrchestration.RingRollout => InstanceIds.RingRollout(signal.CorrelationId, generation),
        _ => InstanceIds.Deployment(signal.CorrelationId, generation),
    };

    private async Task Raise(string instance, int attempt, CancellationToken cancellation)
    {
        try
        {
            await client.RaiseEventAsync(instance, Waiting.Changed, cancellation);
        }
        catch (OrchestrationInstanceException gone) when (gone.Problem is InstanceProblem.NotRunning || (gone.Problem is InstanceProblem.NotFound && !(client.ShowsInstancesLate && attempt < PatientAttempts)))
        {
            // It has ended its wait, or has not begun it: either way it reads the deployment after this change.
        }
    }
}

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

    // Instances that have ended may be purged while a later one lives: so many missing ones in a row are passed over.
    private const int Gap = 3;

    // Some twenty seconds of deliveries: by then a child that exists is to be seen, and one that is not was never needed.
    private const int PatientAttempts = 4;

    /// <summary>Starts a generation; a repeat finds it started.</summary>
    internal Task Start(CorrelationId id, int generation, CancellationToken cancellation) =>
        Once(nameof(DeploymentOrchestrator), new DeploymentRun(id, generation), InstanceIds.Deployment(id, generation), cancellation);

    /// <summary>Starts a remediation on devices; a repeat finds it started.</summary>
    /// <param name="id">Of which deployment.</param>
    /// <param name="remediation">Which one.</param>
    /// <param name="cancellation">Gives up on starting.</param>
    /// <param name="generation">Of the deployment's orchestration; fences the claim.</param>
    internal Task StartRemediation(CorrelationId id, Guid remediation, CancellationToken cancellation, int generation = 1) =>
        Once(nameof(RemediationOrchestrator), new RemediationRun(id, generation, remediation), InstanceIds.Remediation(id, remediation), cancellation);

    /// <summary>Whether an instance is there and has not ended. One look-up.</summary>
    internal async Task<bool> IsAlive(string instance, CancellationToken cancellation) =>
        await client.GetInstanceAsync(instance, cancellation) is { IsCompleted: false };

    /// <summary>When an instance's last turn ended, UTC; null where there is none.</summary>
    internal async Task<DateTimeOffset?> IdleSince(string instance, CancellationToken cancellation) => (await client.GetInstanceAsync(instance, cancellation))?.LastUpdatedAt;

    /// <summary>Begins the first generation of which nothing is there yet, and ends what is left of those before it; what they still do meanwhile, claims and deciders turn away.</summary>
    /// <param name="id">Of which deployment.</param>
    /// <param name="after">The newest generation that is known of; 0 for none.</param>
    /// <param name="revision">Of the open CAB request; null where none is.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The generation that was begun.</returns>
    internal async Task<int> Replace(CorrelationId id, int after, int? revision, CancellationToken cancellation)
    {
        await End(id, after, revision, cancellation);
        for (var next = after + 1; ; next++)
        {
            // A part may have outlived its own orchestration's deletion; its id must not be used again.
            if (!await End(id, next, revision, cancellation))
            {
                await Start(id, next, cancellation);
                return next;
            }
        }
    }

    // Whether there was anything of this generation.
    private async Task<bool> End(CorrelationId id, int generation, int? revision, CancellationToken cancellation)
    {
        string?[] all =
        [
            InstanceIds.Deployment(id, generation), InstanceIds.RingRollout(id, generation), revision is { } cab ? InstanceIds.CabApproval(id, generation, cab) : null,
        ];
        var any = false;
        foreach (var instance in all.OfType<string>())
        {
            if (await client.GetInstanceAsync(instance, cancellation) is not { } there)
            {
                continue;
            }

            any = true;
            try
            {
                if (!there.IsCompleted)
                {
                    await client.TerminateInstanceAsync(instance, cancellation);
                }
            }
            catch (OrchestrationInstanceException)
            {
                // It has just ended by itself.
            }
        }

        return any;
    }

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
    /// <param name="id">Of which deployment.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="from">A generation that there has been, where one is known: instances of those before it may be purged.</param>
    internal async Task<(int Number, bool Alive)> Living(CorrelationId id, CancellationToken cancellation, int from = 1)
    {
        var newest = from - 1;
        for (var number = Math.Max(1, from); number <= Generations; number++)
        {
            var instance = await client.GetInstanceAsync(InstanceIds.Deployment(id, number), cancellation);
            if (instance is { IsCompleted: false })
            {
                return (number, true);
            }

            newest = instance is null ? newest : number;
            if (number - newest > Gap)
            {
                return (newest, false);
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

using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Rollout;
using Governance.Durable.Client;
using Governance.Functions.Orchestration;
using Governance.Testing;

namespace Governance.IntegrationTests.Rollout;

/// <summary>An orchestration may go at any moment: the log knows how far things have come, and the next generation goes on from there.</summary>
public sealed class DisposableOrchestrations(AzuriteFixture azurite)
{
    private static readonly string[] Undisturbed =
        ["DEPLOYMENT_CREATED", "POLICY_CHECK_COMPLETED", "DEPLOYMENT_PUBLISHED", "RING_PROMOTED", "RING_PROMOTED", "DEPLOYMENT_COMPLETED"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_rollout_whose_orchestration_ends_at_every_wait_takes_no_step_twice_and_none_less(bool purged)
    {
        await using var world = await RolloutWorld.Start(azurite);
        var id = await world.Submit(Ring.Pilot);

        await world.RunUntil(id, state => state.Status == DeploymentStatus.Completed, () => Replace(world, id, purged));

        Assert.Equal(Undisturbed, await world.Types(id));
        Assert.Equal([Ring.Lab, Ring.Canary, Ring.Pilot], world.Fleet.Assignments.Select(assigned => assigned.Ring));
        var rings = (await world.State(id)).Rings;
        Assert.Equal([24, 48, 72], [.. rings.Zip(rings.Skip(1), (one, next) => (next.PublishedAt - one.PublishedAt).TotalHours), (rings[2].CompletedAt!.Value - rings[2].PublishedAt).TotalHours]);
    }

    [Theory]
    [InlineData(PublishPoint.Begun, false)]
    [InlineData(PublishPoint.Uploaded, false)]
    [InlineData(PublishPoint.Assigning, false)]
    [InlineData(PublishPoint.Assigned, false)]
    [InlineData(PublishPoint.Uploaded, true)]
    [InlineData(PublishPoint.Assigned, true)]
    public async Task A_publish_that_its_orchestration_leaves_behind_is_finished_by_the_next_and_writes_nothing_itself(PublishPoint point, bool purged)
    {
        await using var world = await RolloutWorld.Start(azurite);
        var (reached, release) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Fleet.At = async (at, request) =>
        {
            if (at == point && request.Ring == Ring.Canary && reached.TrySetResult())
            {
                await release.Task;
                left.SetResult();
            }
        };
        var id = await world.Submit(Ring.Canary);
        await world.RunFor(id, TimeSpan.FromHours(23));
        world.Clock.Leap(TimeSpan.FromHours(1));
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        await Replace(world, id, purged);
        await world.Becomes(id, state => state.CurrentRing == Ring.Canary);
        release.SetResult();
        await left.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await world.RunUntil(id, state => state.Status == DeploymentStatus.Completed);

        Assert.Equal([.. Undisturbed[..4], Undisturbed[5]], await world.Types(id));
        Assert.Equal([Ring.Lab, Ring.Canary], world.Fleet.Assignments.Select(assigned => assigned.Ring));
    }

    [Fact]
    public async Task A_signal_to_a_rollout_whose_orchestration_has_vanished_begins_the_next()
    {
        await using var world = await RolloutWorld.Start(azurite);
        var id = await world.Submit(Ring.Canary);
        await world.RunFor(id, TimeSpan.FromHours(25));
        await End(world, id, purged: true);

        await world.Instances.Signal(new(id, WaitingOrchestration.RingRollout, 1), TestContext.Current.CancellationToken);

        await world.RunUntil(id, state => state.Status == DeploymentStatus.Completed);
        Assert.Equal([.. Undisturbed[..4], Undisturbed[5]], await world.Types(id));
    }

    // As the sweep does it: what has ended gets the next generation, what has vanished the one that is missing.
    private static async Task Replace(RolloutWorld world, CorrelationId id, bool purged)
    {
        await End(world, id, purged);
        var (generation, alive) = await world.Instances.Living(id, TestContext.Current.CancellationToken);
        Assert.False(alive);
        await world.Instances.Start(id, generation + 1, TestContext.Current.CancellationToken);
    }

    private static async Task End(RolloutWorld world, CorrelationId id, bool purged)
    {
        var (generation, _) = await world.Instances.Living(id, TestContext.Current.CancellationToken);
        foreach (var instance in new[] { InstanceIds.Deployment(id, generation), InstanceIds.RingRollout(id, generation) })
        {
            try
            {
                await world.Tasks.TerminateInstanceAsync(instance);
            }
            catch (OrchestrationInstanceException over) when (over.Problem == InstanceProblem.NotRunning)
            {
                // Ended with its parent.
            }

            await world.Tasks.WaitForInstanceCompletionAsync(instance);
            if (purged)
            {
                await world.Tasks.PurgeInstanceAsync(instance);
            }
        }
    }
}

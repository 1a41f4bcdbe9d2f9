using System.Diagnostics;
using System.Globalization;
using Governance.Durable.Protocol;
using Governance.HostContract.Tests.Player;
using Governance.Testing;

namespace Governance.HostContract.Tests;

/// <summary>The published executable, killed in the middle of things and started again, as the host does.</summary>
public sealed class Crashing(AzuriteFixture azurite, PublishedApp published) : IAsyncLifetime
{
    private readonly PublishedHandler _handler = new(published.Folder);
    private PlayedWorld? _world;

    private PlayedWorld World => _world!;

    public async ValueTask InitializeAsync() => _world = await PlayedWorld.Start(_handler, azurite);

    public async ValueTask DisposeAsync()
    {
        if (_world is not null)
        {
            await _world.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("CheckPolicy")]
    [InlineData("LookAtRing")]
    [InlineData("PublishRing")]
    public async Task A_kill_during_an_activity_fails_that_attempt_and_the_orchestration_tries_again(string activity)
    {
        var killed = KillDuring(activity);
        var id = await World.Submit();
        await killed;
        await World.Until(id, "ACTIVE");

        Assert.Equal(["DEPLOYMENT_CREATED", "POLICY_CHECK_COMPLETED", "DEPLOYMENT_PUBLISHED"], await World.EventTypes(id));
        Assert.Equal(1, await World.AppsOf(id));
        Assert.True(World.Hub.Played.Count(played => played == activity) > 1);
        Assert.All(World.Hub.Instances, instance => Assert.NotEqual(OrchestrationStatus.Failed, instance.Status));
    }

    [Fact]
    public async Task A_kill_during_a_turn_fails_the_instance_for_good_and_after_the_next_change_another_goes_on()
    {
        var id = await World.Submit(risky: true);
        await World.Until(id, "AWAITING_CAB");
        await Eventually.Holds(() => World.Hub.Find($"{id}-1-cab-1") is { Turns: > 0 }, TimeSpan.FromSeconds(20));
        var killed = KillDuring("CabApprovalOrchestrator");
        World.Hub.Send($"{id}-1-cab-1", e => e.EventRaised = new() { Name = "changed" });
        await killed;
        await Eventually.Holds(() => World.Hub.Find($"{id}-1") is { Status: OrchestrationStatus.Failed }, TimeSpan.FromSeconds(20));
        Assert.Equal(OrchestrationStatus.Failed, World.Hub.Find($"{id}-1-cab-1")!.Status);

        await World.Approve(id);
        await World.Until(id, "ACTIVE");

        // The next generation; or the first one once more, where the kill also met the message that had started it, which then came again.
        Assert.True(World.Hub.Find($"{id}-2") is not null || World.Hub.Find($"{id}-1") is { Status: not OrchestrationStatus.Failed });
        Assert.Equal(1, await World.AppsOf(id));
    }

    [Fact]
    public async Task A_kill_during_a_turn_that_no_change_follows_is_found_by_the_sweep_and_the_deployment_ends_well()
    {
        var id = await World.Submit(risky: true);
        await World.Until(id, "AWAITING_CAB");
        await Eventually.Holds(() => World.Hub.Find($"{id}-1-cab-1") is { Turns: > 0 }, TimeSpan.FromSeconds(20));
        var killed = KillDuring("CabApprovalOrchestrator");
        World.Hub.Send($"{id}-1-cab-1", e => e.EventRaised = new() { Name = "changed" });
        await killed;
        await Eventually.Holds(() => World.Hub.Find($"{id}-1") is { Status: OrchestrationStatus.Failed }, TimeSpan.FromSeconds(20));

        await Eventually.Holds(
            async () =>
            {
                await World.Fire("SweepStuck");
                return World.Hub.Find($"{id}-2") is not null || World.Hub.Find($"{id}-1") is { Status: not OrchestrationStatus.Failed };
            },
            TimeSpan.FromSeconds(60));
        await World.Approve(id);
        await World.Until(id, "ACTIVE");

        Assert.Equal(
            ["DEPLOYMENT_CREATED", "POLICY_CHECK_COMPLETED", "CAB_SUBMISSION_PREPARED", "CAB_APPROVED", "DEPLOYMENT_PUBLISHED"], await World.EventTypes(id));
        Assert.Equal(1, await World.AppsOf(id));
    }

    // The handler is held still before it has the call and killed after, so that the kill always meets it under way.
    private Task KillDuring(string function)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var armed = 1;
        World.Hub.During = invoked =>
        {
            if (invoked != function || Interlocked.Exchange(ref armed, 0) == 0)
            {
                return null;
            }

            Signal("STOP");
            return async () =>
            {
                // The call lies in the socket of a process that stands still; nothing answers it.
                await _handler.KillAndRestart();
                done.SetResult();
            };
        };
        return done.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _handler.Process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}

using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Durable;
using Governance.Durable.Client;
using Governance.Functions.Hosting;
using Governance.Functions.Orchestration;
using Governance.Functions.Sweeps;
using Governance.Local.Stack;
using Governance.Storage.Streams;
using Governance.Storage.Views;
using Governance.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using static Governance.IntegrationTests.World;

namespace Governance.IntegrationTests;

public sealed class StuckDeploymentsIntegrationTests(AzuriteFixture azurite) : IAsyncLifetime
{
    // A day is some four seconds: long enough to strike within a ring's period.
    private readonly World _world = new(azurite) { Speed = 20_000 };

    /// <summary>How an orchestration is lost.</summary>
    public enum Loss
    {
        Ended,
        Deleted,
        PartEnded,
        AllDeleted,
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private DurableTaskClient Client => _world.Stack.Services.GetRequiredService<DurableTaskClient>();

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(Loss.Ended)]
    [InlineData(Loss.Deleted)]
    [InlineData(Loss.PartEnded)]
    [InlineData(Loss.AllDeleted)]
    public async Task Whatever_becomes_of_its_orchestration_a_deployment_goes_on_without_a_repeated_or_skipped_event(Loss loss)
    {
        var app = _world.NextApp();
        var pack = _world.NextId();
        var created = (await _world.Publisher.Post("deployments/", new JsonObject
        {
            ["app_name"] = app.App,
            ["version"] = app.Version,
            ["start_ring"] = "LAB",
            ["target_ring"] = "CANARY",
            ["evidence_pack_id"] = pack.ToString(),
        })).Ok();
        var id = Text(created["correlation_id"]);

        await Lose(id, loss, null);
        await Swept(id);
        await _world.Store(app, builder => builder with { Risky = true }, pack);
        await _world.Until(id, "AWAITING_CAB");

        await Lose(id, loss, generation => InstanceIds.CabApproval(CorrelationId.Parse(id, null), generation, 1));
        await Swept(id);
        (await _world.Approver.Post($"cab/{id}/approve/", new JsonObject { ["comments"] = "Agreed." })).Ok();
        await _world.Until(id, "ACTIVE");

        await Lose(id, loss, generation => InstanceIds.RingRollout(CorrelationId.Parse(id, null), generation));
        await Swept(id);
        await _world.Until(id, deployment => Text(deployment["current_ring"]) == "CANARY");

        await Lose(id, loss, generation => InstanceIds.RingRollout(CorrelationId.Parse(id, null), generation));
        await Swept(id);
        await _world.Until(id, "COMPLETED");

        Assert.Equal(
            [
                "DEPLOYMENT_CREATED", "EVIDENCE_LINKED", "POLICY_CHECK_COMPLETED", "CAB_SUBMISSION_PREPARED", "CAB_APPROVED", "DEPLOYMENT_PUBLISHED",
                "RING_PROMOTED", "DEPLOYMENT_COMPLETED",
            ],
            await _world.EventTypes(id));
        Assert.True((await _world.Publisher.Get($"events/verify/{id}/")).Ok()["valid"]!.GetValue<bool>());
        await Eventually.Holds(async () => !(await Instances.Living(CorrelationId.Parse(id, null), Stop)).Alive, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Whoever_lives_is_left_alone_and_the_sweep_says_what_it_saw()
    {
        var waiting = await _world.AwaitingCab();
        var id = CorrelationId.Parse(Text(waiting["correlation_id"]), null);
        await Eventually.Holds(async () => await Instances.IsAlive(InstanceIds.CabApproval(id, 1, 1), Stop));
        await Listed(id);

        var timer = _world.Stack.Services.GetRequiredService<FunctionCatalog>().On<TimerTrigger>().Single(each => each.Name == nameof(SweepStuck)).Trigger;
        var report = await _world.Stack.Services.GetRequiredService<TimerRuns>().Run(nameof(SweepStuck), timer, Stop);

        Assert.Equal("1 looked at, 0 acted on, 0 failed; the round is complete.", report?.Summary);
        Assert.Equal((1, true), await Instances.Living(id, Stop));
        var sweeps = (await (await _world.Everybody()).Get("operations/sweeps")).Ok()["sweeps"]!.AsArray();
        var round = sweeps.Single(each => Text(each!["name"]) == nameof(SweepStuck))!["progress"]!["last_round"]!;
        Assert.Equal((1, 0, 0), (round["looked"]!.GetValue<int>(), round["acted"]!.GetValue<int>(), round["failed"]!.GetValue<int>()));
        Assert.Equal(403, (await _world.Publisher.Get("operations/sweeps")).Status);
    }

    private DeploymentInstances Instances => _world.Stack.Services.GetRequiredService<DeploymentInstances>();

    private async Task Lose(string id, Loss loss, Func<int, string>? part)
    {
        var deployment = CorrelationId.Parse(id, null);
        await Eventually.Holds(async () => (await Instances.Living(deployment, Stop)).Alive, TimeSpan.FromSeconds(20));
        var generation = (await Instances.Living(deployment, Stop)).Number;
        var (main, child) = (InstanceIds.Deployment(deployment, generation), part?.Invoke(generation));
        if (child is not null)
        {
            await Eventually.Holds(async () => await Instances.IsAlive(child, Stop), TimeSpan.FromSeconds(20));
        }

        if (loss is Loss.PartEnded or Loss.AllDeleted && child is not null)
        {
            await End(child, loss == Loss.AllDeleted);
        }

        if (loss != Loss.PartEnded || child is null)
        {
            await End(main, loss is Loss.Deleted or Loss.AllDeleted);
        }
    }

    private async Task End(string instance, bool delete)
    {
        try
        {
            await Client.TerminateInstanceAsync(instance, Stop);
        }
        catch (OrchestrationInstanceException ended) when (ended.Problem == InstanceProblem.NotRunning)
        {
            // The end of its part has ended it too.
        }

        await Eventually.Holds(async () => !await Instances.IsAlive(instance, Stop), TimeSpan.FromSeconds(20));
        if (delete)
        {
            await Eventually.Holds(async () => (await Client.PurgeInstanceAsync(instance, Stop)).PurgedInstanceCount == 1 || await Client.GetInstanceAsync(instance, Stop) is null);
        }
    }

    private Task Listed(CorrelationId id) => Eventually.Holds(async () =>
        (await _world.Stack.Services.GetRequiredService<DeploymentViews>().Live(100, null, Stop)).Items.Any(each => each.CorrelationId == id));

    // Sweeps without the time that things are given to begin by themselves, until everything lives that must.
    private async Task Swept(string id)
    {
        var services = _world.Stack.Services;
        var deployment = CorrelationId.Parse(id, null);
        var sweep = new SweepStuck(
            services.GetRequiredService<DeploymentViews>(),
            services.GetRequiredService<EventStreams<DeploymentState, DeploymentEvent>>(),
            Instances,
            new SweepSettings(TimeSpan.Zero),
            TimeProvider.System,
            NullLogger<SweepStuck>.Instance);
        await Listed(deployment);
        await Eventually.Holds(
            async () =>
            {
                await sweep.Step(null, Stop);
                return (await Instances.Living(deployment, Stop)).Alive;
            },
            TimeSpan.FromSeconds(20));
    }
}

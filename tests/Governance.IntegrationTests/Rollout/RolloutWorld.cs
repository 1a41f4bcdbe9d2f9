using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Durable.Client;
using Governance.Durable.Hub;
using Governance.Functions.Orchestration;
using Governance.Functions.Policy;
using Governance.Functions.Rollout;
using Governance.Local.Intune;
using Governance.Local.Stack;
using Governance.Storage.Streams;
using Governance.Testing;
using Governance.Testing.Hub;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static Governance.IntegrationTests.World;

namespace Governance.IntegrationTests.Rollout;

/// <summary>The whole app on Azurite with a fleet in this process and a clock that leaps from look to look; timers are off, so nothing but the rollout moves.</summary>
internal sealed class RolloutWorld : IAsyncDisposable
{
    internal static readonly Guid Publisher = new("11111111-1111-4111-8111-111111111111");
    internal static readonly Guid Approver = new("22222222-2222-4222-8222-222222222222");
    internal static readonly Guid Reviewer = new("33333333-3333-4333-8333-333333333333");
    internal static readonly Guid Admin = new("44444444-4444-4444-8444-444444444444");

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(90);

    private readonly LocalStack _stack;
    private readonly (string Sha256, long Bytes) _artifact;
    private int _apps;

    private RolloutWorld(LocalStack stack, LeapingClock clock, Fleet fleet, SeenLogs logs, (string Sha256, long Bytes) artifact) =>
        (_stack, Clock, Fleet, Logs, _artifact) = (stack, clock, fleet, logs, artifact);

    internal LeapingClock Clock { get; }

    internal Fleet Fleet { get; }

    internal SeenLogs Logs { get; }

    internal EventStreams<DeploymentState, DeploymentEvent> Deployments => _stack.Services.GetRequiredService<EventStreams<DeploymentState, DeploymentEvent>>();

    internal DurableTaskClient Tasks => _stack.Services.GetRequiredService<DurableTaskClient>();

    internal DeploymentInstances Instances => _stack.Services.GetRequiredService<DeploymentInstances>();

    internal IntuneSimulator Intune => _stack.Intune.Simulator;

    /// <param name="azurite">Where everything is kept, under a prefix of its own.</param>
    /// <param name="freezeRule">One more rule of the policy set.</param>
    /// <param name="gates">Other gates than the app's own.</param>
    /// <param name="groups">The simulated tenant's groups; empty where all goes to the fleet.</param>
    internal static async Task<RolloutWorld> Start(
        AzuriteFixture azurite, Func<DateTimeOffset, string>? freezeRule = null, PromotionGates? gates = null, params SimulatedGroup[] groups)
    {
        // Upload addresses are checked by the emulator against real time, so the first instant is a real one; everything else counts from it.
        var now = TimeProvider.System.GetUtcNow();
        var clock = new LeapingClock(now - TimeSpan.FromTicks(now.Ticks % TimeSpan.TicksPerSecond));
        var (fleet, logs) = (new Fleet(clock), new SeenLogs());
        var stack = await LocalStack.Start(
            new()
            {
                Port = 0,
                ConnectionString = azurite.ConnectionString,
                Prefix = azurite.NextPrefix(),
                Clock = clock,
                LogLevel = LogLevel.Information,
                Customise = builder =>
                {
                    builder.Configuration.AddInMemoryCollection([new("Timers:Enabled", "false")]);
                    builder.Services.AddSingleton<IDevicePlane>(fleet);
                    builder.Services.AddSingleton<ITaskHubStore>(new InMemoryTaskHubStore(clock));
                    builder.Logging.ClearProviders().AddProvider(logs);
                    builder.Services.AddSingleton(new PolicyData(
                        RiskModel.V1, freezeRule is null ? PolicySet.V1 : With(freezeRule(clock.GetUtcNow())), gates ?? PromotionGates.V1));
                },
                Intune = new() { Groups = groups, Devices = new() { CheckIn = TimeSpan.FromHours(8), ReportLag = TimeSpan.FromMinutes(10) } },
            },
            CancellationToken.None);
        clock.Leaping += stack.Intune.Simulator.Clock.Advance;
        using var publisher = await ApiClient.SignIn(stack.Address, Publisher, "user", "Publisher");
        var package = await SamplePackage.Make("Fleet app", "1.0", buffer => buffer.Clear());
        return new(stack, clock, fleet, logs, (await publisher.Upload(package, "setup.intunewin", "artifact"), package.Length));
    }

    public ValueTask DisposeAsync() => _stack.DisposeAsync();

    /// <summary>Stores complete evidence and submits an intent.</summary>
    internal async Task<CorrelationId> Submit(
        Ring target, Ring start = Ring.Lab, Func<EvidenceBuilder, EvidenceBuilder>? evidence = null, IReadOnlyDictionary<Ring, string>? connectivity = null, string plane = Fleet.PlaneName)
    {
        using var publisher = await ApiClient.SignIn(_stack.Address, Publisher, "user", "Publisher");
        var app = $"Fleet app {++_apps}";
        var built = EvidenceBuilder.LowRisk with { ArtifactSha256 = _artifact.Sha256, ArtifactBytes = _artifact.Bytes, PlansFrom = Clock.GetUtcNow() };
        var stored = (await publisher.Post(
            "evidence/store/", new JsonObject { ["app_name"] = app, ["version"] = "1.0", ["evidence"] = (evidence?.Invoke(built) ?? built).Build() })).Ok();
        var rings = new JsonObject();
        foreach (var (ring, name) in connectivity ?? new Dictionary<Ring, string>())
        {
            rings[ring.WireName()] = new JsonObject { ["connectivity"] = name };
        }

        var created = (await publisher.Post("deployments/", new JsonObject
        {
            ["app_name"] = app,
            ["version"] = "1.0",
            ["start_ring"] = start.WireName(),
            ["target_ring"] = target.WireName(),
            ["evidence_pack_id"] = stored["evidence_pack_id"]!.DeepClone(),
            ["connector"] = plane,
            ["scope"] = new JsonObject { ["rings"] = rings },
        })).Ok();
        return new(new Guid(Text(created["correlation_id"])));
    }

    /// <summary>Somebody does something over HTTP, with a token of this moment.</summary>
    internal async Task<ApiAnswer> Post(Guid person, string role, string path, JsonObject body)
    {
        using var client = await ApiClient.SignIn(_stack.Address, person, "user", role);
        return await client.Post(path, body);
    }

    /// <inheritdoc cref="Post"/>
    internal async Task<ApiAnswer> Get(Guid person, string role, string path)
    {
        using var client = await ApiClient.SignIn(_stack.Address, person, "user", role);
        return await client.Get(path);
    }

    internal async Task<DeploymentState> State(CorrelationId id) => (await Deployments.Read(id, CancellationToken.None))!.State;

    /// <summary>The log, read back from its rows.</summary>
    internal async Task<IReadOnlyList<Recorded<DeploymentEvent>>> Log(CorrelationId id)
    {
        var codec = new DeploymentCodec();
        var head = await Deployments.Read(id, CancellationToken.None);
        var stored = await Deployments.ReadEvents(id, 1, (int)head!.Sequence, CancellationToken.None);
        return [.. stored.Select(each => new Recorded<DeploymentEvent>(each.Sequence, each.Timestamp, each.Actor, codec.ReadEvent(each.EventType, each.Data)))];
    }

    internal async Task<IReadOnlyList<string>> Types(CorrelationId id) => [.. (await Log(id)).Select(each => each.Event.EventType)];

    /// <summary>Waits, in real time, until a deployment is as wished; nothing leaps.</summary>
    internal async Task<DeploymentState> Becomes(CorrelationId id, Func<DeploymentState, bool> wished)
    {
        DeploymentState? last = null;
        await Eventually.Holds(async () => wished(last = await State(id)), Patience);
        return last!;
    }

    /// <summary>Waits until the rollout has done what there is to do now.</summary>
    /// <returns>Until when it waits at most; null where it waits for a change, or is over.</returns>
    internal async Task<DateTimeOffset?> Rest(CorrelationId id)
    {
        DateTimeOffset? until = null;
        await Eventually.Holds(async () =>
        {
            var state = await State(id);
            if (state.Status.HasEnded())
            {
                until = null;
                return true;
            }

            var (generation, alive) = await Instances.Living(id, CancellationToken.None);
            var rings = alive ? await Tasks.GetInstanceAsync(InstanceIds.RingRollout(id, generation), getInputsAndOutputs: true) : null;
            if (rings is not { IsRunning: true } || rings.ReadCustomStatusAs<RolloutProgress>() is not { Doing: RolloutDoing.Waiting } waiting)
            {
                return false;
            }

            until = waiting.Until;
            return until is null || until > Clock.GetUtcNow();
        }, Patience);
        return until;
    }

    /// <summary>Leaps from look to look until a deployment is as wished and rests.</summary>
    internal async Task<DeploymentState> RunUntil(CorrelationId id, Func<DeploymentState, bool> wished, Func<Task>? atEachRest = null)
    {
        for (var end = Clock.GetUtcNow() + Horizon; ;)
        {
            var until = await Rest(id);
            var state = await State(id);
            if (wished(state))
            {
                return state;
            }

            if (atEachRest is not null)
            {
                await atEachRest();
                until = await Rest(id);
            }

            Clock.LeapTo(until is { } next && next < end
                ? next
                : throw new InvalidOperationException(
                    $"{id} is {state.Status} in {state.CurrentRing}, waits for [{string.Join(", ", state.Holds)}] until {until}: {string.Join("\n", Logs.Lines.TakeLast(5))}"));
        }
    }

    /// <summary>Leaps from look to look for so long, and rests.</summary>
    internal async Task<DeploymentState> RunFor(CorrelationId id, TimeSpan time)
    {
        var end = Clock.GetUtcNow() + time;
        for (var until = await Rest(id); until <= end; until = await Rest(id))
        {
            Clock.LeapTo(until.Value);
        }

        Clock.LeapTo(end);
        return await State(id);
    }

    private static PolicySet With(string rule)
    {
        var set = JsonNode.Parse(PolicySet.V1.Source.Span)!;
        set["rules"]!.AsArray().Add(JsonNode.Parse(rule));
        return PolicySet.Load(Encoding.UTF8.GetBytes(set.ToJsonString())).OrThrow("the test's policies");
    }
}

/// <summary>What was logged by the app's own parts.</summary>
internal sealed class SeenLogs : ILoggerProvider
{
    internal ConcurrentQueue<(int Id, string Message)> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Seen(Lines);

    public void Dispose()
    {
    }

    private sealed class Seen(ConcurrentQueue<(int Id, string Message)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue((eventId.Id, $"{formatter(state, exception)} {exception}".TrimEnd()));
    }
}

using Governance.Durable.Client;
using Governance.Durable.Hub;
using Governance.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Durable.Tests.Hub;

/// <summary>A hub over some store, with a registry of its own and a clock that the test moves.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    public TestHub(ITaskHubStore store, FakeClock clock, Action<DurableTaskRegistry> register, TaskHubOptions? options = null)
    {
        Clock = clock;
        var registry = new DurableTaskRegistry();
        register(registry);
        var turns = new TurnHandler(registry, _services, JsonDataConverter.Default, NullLoggerFactory.Instance);
        Client = new("test", store, turns, JsonDataConverter.Default, options ?? new(), clock, NullLogger<EmbeddedTaskHub>.Instance);
    }

    public EmbeddedTaskHub Client { get; }

    public FakeClock Clock { get; }

    /// <summary>A hub that owns its store.</summary>
    public static async Task<TestHub> Start(ITaskHubStore store, FakeClock clock, Action<DurableTaskRegistry> register, TaskHubOptions? options = null)
    {
        var hub = new TestHub(store, clock, register, options);
        await hub.Begin();
        return hub;
    }

    public async Task Begin()
    {
        await Client.StartAsync(CancellationToken.None);
        await Moving(Client.OwnedAsync(CancellationToken.None));
    }

    /// <summary>Schedules an instance and waits for its end while time passes.</summary>
    public async Task<OrchestrationMetadata> Run(TaskName orchestrator, object? input = null, string? instanceId = null) =>
        await End(await Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, new StartOrchestrationOptions(instanceId)));

    /// <summary>Waits for an instance's end while time passes.</summary>
    public Task<OrchestrationMetadata> End(string instanceId, TimeSpan? within = null) =>
        Moving(Client.WaitForInstanceCompletionAsync(instanceId, getInputsAndOutputs: true), within);

    /// <summary>Lets time pass, a second at a time, until this is done.</summary>
    public async Task<T> Moving<T>(Task<T> work, TimeSpan? within = null)
    {
        await Moving((Task)work, within);
        return await work;
    }

    /// <inheritdoc cref="Moving{T}(Task{T})"/>
    public async Task Moving(Task work, TimeSpan? within = null)
    {
        await Eventually.Holds(
            () =>
            {
                Clock.Advance(TimeSpan.FromSeconds(1));
                return work.IsCompleted;
            },
            within ?? Patience);
        await work;
    }

    /// <summary>Ends as a crash does.</summary>
    public Task Crash() => Client.CrashAsync();

    public async ValueTask DisposeAsync()
    {
        await Moving(Client.DisposeAsync().AsTask());
        await _services.DisposeAsync();
    }
}

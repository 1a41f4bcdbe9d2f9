using Governance.Durable.Client;
using Governance.Durable.Hub;
using Governance.Durable.Protocol;
using Governance.Testing;
using Governance.Testing.Hub;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Durable.Tests.Hub;

/// <summary>A hub whose turns a test holds up and answers itself, so that it sees in which order and how many at once they run.</summary>
internal sealed class ScriptedHub : IAsyncDisposable
{
    private readonly SemaphoreSlim _let = new(0);
    private readonly Lock _gate = new();
    private readonly List<string> _turns = [];
    private int _running;

    public ScriptedHub(TaskHubOptions options)
    {
        Store = new(Clock);
        Client = new("test", Store, new HubHandlers(Turn, (_, _, _, _) => Task.FromResult("null")), JsonDataConverter.Default, options, Clock, NullLogger.Instance, new Seeded(5).NextGuid);
    }

    public FakeClock Clock { get; } = new();

    public InMemoryTaskHubStore Store { get; }

    public EmbeddedTaskHub Client { get; }

    /// <summary>Instances in the order of their turns; the last ones may be under way.</summary>
    public IReadOnlyList<string> Turns
    {
        get
        {
            lock (_gate)
            {
                return [.. _turns];
            }
        }
    }

    /// <summary>The most turns that ran at once.</summary>
    public int MostAtOnce { get; private set; }

    public static async Task<ScriptedHub> Start(TaskHubOptions options)
    {
        var hub = new ScriptedHub(options);
        await hub.Client.StartAsync(CancellationToken.None);
        await hub.Client.OwnedAsync(CancellationToken.None);
        return hub;
    }

    public Task<string> Schedule(string instanceId) =>
        Client.ScheduleNewOrchestrationInstanceAsync("Scripted", null, new StartOrchestrationOptions(instanceId));

    /// <summary>Lets so many turns end.</summary>
    public void Let(int turns) => _let.Release(turns);

    public async ValueTask DisposeAsync()
    {
        Let(10_000);
        await Client.DisposeAsync();
        _let.Dispose();
    }

    // Every instance waits for ever; no turn asks for anything.
    private OrchestratorResponse Turn(OrchestratorRequest request)
    {
        lock (_gate)
        {
            _turns.Add(request.InstanceId);
            MostAtOnce = Math.Max(MostAtOnce, ++_running);
        }

        _let.Wait();
        lock (_gate)
        {
            _running--;
        }

        return new() { InstanceId = request.InstanceId };
    }
}

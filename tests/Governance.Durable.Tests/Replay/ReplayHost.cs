using Google.Protobuf;
using Governance.Durable.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Durable.Tests.Replay;

/// <summary>Plays the host of one instance: keeps its history and sends turns as the durable extension does.</summary>
internal sealed class ReplayHost
{
    private readonly TurnHandler _handler;
    private readonly List<HistoryEvent> _past = [];

    public ReplayHost(TurnHandler handler, string instanceId = "i1")
    {
        _handler = handler;
        InstanceId = instanceId;
    }

    public string InstanceId { get; }

    public OrchestratorResponse? Last { get; private set; }

    public IReadOnlyList<HistoryEvent> Past => _past;

    public static ReplayHost For<TOutput>(Func<TaskOrchestrationContext, Task<TOutput>> code, string instanceId = "i1", ILoggerFactory? loggers = null) =>
        new(Handler(registry => registry.AddOrchestratorFunc<object, TOutput>("Main", (context, _) => code(context)), loggers), instanceId);

    public static TurnHandler Handler(Action<DurableTaskRegistry> register, ILoggerFactory? loggers = null, Action<IServiceCollection>? add = null)
    {
        var services = new ServiceCollection();
        add?.Invoke(services);
        var registry = new DurableTaskRegistry();
        register(registry);
        return new TurnHandler(registry, services.BuildServiceProvider(), JsonDataConverter.Default, loggers ?? NullLoggerFactory.Instance);
    }

    /// <summary>Sends one turn and writes down what a host would.</summary>
    /// <param name="at">Seconds after the scenario's beginning.</param>
    /// <param name="events">What is new, after the leading orchestratorStarted.</param>
    /// <returns>The reply's actions in the short notation.</returns>
    public string Turn(double at, params HistoryEvent[] events)
    {
        var request = new OrchestratorRequest { InstanceId = InstanceId, PastEvents = { _past }, NewEvents = { Events.OS(at), events } };
        Last = Send(request);
        _past.AddRange(request.NewEvents);
        _past.AddRange(Last.Actions.Select(Events.Confirmation).OfType<HistoryEvent>());
        _past.Add(Events.OC());
        return Notation.Of(Last);
    }

    public OrchestratorResponse Send(OrchestratorRequest request)
    {
        var reply = _handler.RunOrchestrator(Convert.ToBase64String(request.ToByteArray()));
        return OrchestratorResponse.Parser.ParseFrom(Convert.FromBase64String(reply));
    }
}

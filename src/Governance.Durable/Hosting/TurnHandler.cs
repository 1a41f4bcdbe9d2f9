using System.Collections.Frozen;
using Google.Protobuf;
using Governance.Durable.Engine;
using Governance.Durable.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Governance.Durable;

/// <summary>
/// Runs turns of orchestrations and calls of activities: the one entry for the Functions host and for the embedded hub.
/// Without state between calls, and safe for use from many threads.
/// </summary>
/// <param name="registry">Read when the handler is made; later registrations are not seen.</param>
/// <param name="services">Where orchestrators (from the root) and activities (from a scope of their own) get their dependencies.</param>
/// <param name="converter">Reads and writes inputs, results, events and statuses.</param>
/// <param name="loggers">For the handler's own log and for loggers of orchestrations.</param>
public sealed class TurnHandler(DurableTaskRegistry registry, IServiceProvider services, DataConverter converter, ILoggerFactory loggers)
{
    private readonly FrozenDictionary<TaskName, Func<IServiceProvider, ITaskOrchestrator>> _orchestrators = registry.FreezeOrchestrators();
    private readonly FrozenDictionary<TaskName, Func<IServiceProvider, ITaskActivity>> _activities = registry.FreezeActivities();
    private readonly ILogger _log = loggers.CreateLogger<TurnHandler>();

    /// <summary>Runs one turn, as the durable extension sends it.</summary>
    /// <param name="base64Request">Base64 of an <see cref="OrchestratorRequest"/>.</param>
    /// <returns>Base64 of an <see cref="OrchestratorResponse"/>.</returns>
    /// <remarks>Never throws: whatever goes wrong is a reply that fails the instance, because a host takes any other answer for a crash.</remarks>
    public string RunOrchestrator(string base64Request)
    {
        OrchestratorRequest request;
        try
        {
            request = OrchestratorRequest.Parser.ParseFrom(Convert.FromBase64String(base64Request));
        }
        catch (Exception exception) when (exception is FormatException or InvalidProtocolBufferException or ArgumentNullException)
        {
            _log.TurnUnreadable(exception);
            var unreadable = new OrchestratorResponse { Actions = { Completion.Failed(0, Failures.From(exception)) } };
            return Convert.ToBase64String(unreadable.ToByteArray());
        }

        return Convert.ToBase64String(RunOrchestrator(request).ToByteArray());
    }

    /// <summary>Runs one turn.</summary>
    /// <param name="request">The instance's whole history, and what is new.</param>
    /// <returns>The actions to carry out, ascending by id with a completion last, and the custom status.</returns>
    /// <remarks>Synchronous: an orchestration runs on the calling thread until it waits. Never throws, as above.</remarks>
    public OrchestratorResponse RunOrchestrator(OrchestratorRequest request)
    {
        using var thread = new OrchestrationThread();
        var state = new TurnState(request.InstanceId, thread);
        var response = new OrchestrationTurn(state, Find, converter, loggers).Run(request);
        if (response.Actions.LastOrDefault()?.CompleteOrchestration?.FailureDetails is { } failure)
        {
            _log.OrchestrationFailed(state.Started?.Name ?? string.Empty, request.InstanceId, failure.ErrorType, failure.ErrorMessage);
        }

        return response;
    }

    /// <summary>Runs an activity once.</summary>
    /// <param name="name">The activity's registered name.</param>
    /// <param name="inputJson">JSON text; null: no input.</param>
    /// <param name="instanceId">The calling instance; empty where the host does not tell it reliably.</param>
    /// <param name="cancellation">Set when the host stops or gives up on the call.</param>
    /// <returns>
    /// The envelope as JSON text, for success and failure alike. A host stores it as the task's result, as it is or as a
    /// JSON string that holds it; the engine reads both.
    /// </returns>
    /// <exception cref="OperationCanceledException">The call was given up through <paramref name="cancellation"/>; deliver it again later.</exception>
    public async Task<string> RunActivity(string name, string? inputJson, string instanceId, CancellationToken cancellation)
    {
        try
        {
            var create = _activities.TryGetValue(name, out var known) ? known : throw new TaskNotRegisteredException("activity", name);
            await using var scope = services.CreateAsyncScope();
            var activity = create(scope.ServiceProvider);
            var input = converter.Deserialize(inputJson, activity.InputType);
            var output = await activity.RunAsync(new ActivityCall(name, instanceId, cancellation), input).ConfigureAwait(false);
            return ActivityEnvelope.Success(PayloadLimits.Write(converter, output, activity.OutputType, $"The result of activity '{name}'"));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) // whatever an activity throws is its answer to the orchestrator
        {
            _log.ActivityFailed(name, instanceId, exception);
            return ActivityEnvelope.Failure(Failures.From(exception));
        }
    }

    private ITaskOrchestrator Find(ExecutionStartedEvent started) => _orchestrators.TryGetValue(started.Name, out var create)
        ? create(services)
        : throw new TaskNotRegisteredException("orchestrator", started.Name);
}

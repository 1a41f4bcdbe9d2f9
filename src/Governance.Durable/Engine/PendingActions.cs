using System.Diagnostics.CodeAnalysis;
using Governance.Durable.Protocol;
using static Governance.Durable.Protocol.OrchestratorAction;

namespace Governance.Durable.Engine;

/// <summary>
/// The steps that user code has asked for, numbered in the order of asking. The number is the contract between the code
/// and its history: the history confirms each step by it, and what is left unconfirmed is what the turn asks of the host.
/// </summary>
internal sealed class PendingActions
{
    // Index = id; null once the history has confirmed the step.
    private readonly List<OrchestratorAction?> _actions = [];

    /// <summary>The id of the next step.</summary>
    public int NextId => _actions.Count;

    /// <summary>What is not confirmed, ascending by id.</summary>
    public IEnumerable<OrchestratorAction> Unconfirmed => _actions.OfType<OrchestratorAction>();

    public int Add(OrchestratorAction action)
    {
        action.Id = NextId;
        _actions.Add(action);
        return action.Id;
    }

    public void ConfirmActivity(int id, string name) =>
        Confirm(id, $"activity '{name}'", action => action.ScheduleTask?.Name is { } asked && Same(asked, name));

    public void ConfirmSubOrchestration(int id, string name) =>
        Confirm(id, $"sub-orchestration '{name}'", action => action.CreateSubOrchestration?.Name is { } asked && Same(asked, name));

    public void ConfirmTimer(int id) =>
        Confirm(id, "a timer", action => action.CreateTimer is not null);

    public void ConfirmEventSent(int id, string name) =>
        Confirm(id, $"event '{name}' sent", action => action.SendEvent?.Name is { } asked && Same(asked, name));

    private void Confirm(int id, string recorded, Func<OrchestratorAction, bool> matches)
    {
        var action = id >= 0 && id < _actions.Count ? _actions[id] : null;
        if (action is null)
        {
            ThrowDifferent(id, recorded, id < _actions.Count ? "nothing new" : "nothing");
        }

        if (!matches(action))
        {
            ThrowDifferent(id, recorded, Describe(action));
        }

        _actions[id] = null;
    }

    [DoesNotReturn]
    private static void ThrowDifferent(int id, string recorded, string now) => throw new NonDeterministicOrchestrationException(
        $"The history of this instance records {recorded} as step #{id}, and the orchestrator's code now asks for {now} there. "
        + "Either its code was changed while the instance was running, or it decides by something that differs between runs: "
        + "the clock, a random value, the environment, or data that was not read by an activity.");

    private static string Describe(OrchestratorAction action) => action.OrchestratorActionTypeCase switch
    {
        OrchestratorActionTypeOneofCase.ScheduleTask => $"activity '{action.ScheduleTask.Name}'",
        OrchestratorActionTypeOneofCase.CreateSubOrchestration => $"sub-orchestration '{action.CreateSubOrchestration.Name}'",
        OrchestratorActionTypeOneofCase.CreateTimer => "a timer",
        OrchestratorActionTypeOneofCase.SendEvent => $"event '{action.SendEvent.Name}' sent",
        _ => "something else",
    };

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}

using Google.Protobuf;
using Governance.Durable.Engine;
using Governance.Durable.Protocol;

namespace Governance.Durable;

/// <summary>What a Functions host is told where a call could not be carried out at all: well-formed answers, because it takes any other for a crash and ends the instance for good.</summary>
public static class HostAnswers
{
    // The one thing that the durable extension takes as "deliver this turn again": a failure inside a failure, under this name.
    private const string Again = "System.OutOfMemoryException";

    /// <summary>An answer to a turn after which the host delivers the same turn again, as often as it takes. Nothing of the turn is kept.</summary>
    /// <param name="reason">For the host's log.</param>
    /// <returns>Base64 of an <see cref="OrchestratorResponse"/>.</returns>
    public static string TurnAgain(string reason) => Convert.ToBase64String(new OrchestratorResponse
    {
        Actions =
        {
            new OrchestratorAction
            {
                CompleteOrchestration = new()
                {
                    OrchestrationStatus = OrchestrationStatus.Failed,
                    Result = reason,
                    FailureDetails = new()
                    {
                        ErrorType = "Governance.Durable.TurnNotRun",
                        ErrorMessage = reason,
                        InnerFailure = new() { ErrorType = Again, ErrorMessage = reason },
                    },
                },
            },
        },
    }.ToByteArray());

    /// <summary>An answer to a turn that nobody can read: the instance fails, with a reason.</summary>
    /// <param name="reason">Becomes the instance's output.</param>
    /// <returns>Base64 of an <see cref="OrchestratorResponse"/>.</returns>
    public static string TurnUnreadable(string reason) => Convert.ToBase64String(
        new OrchestratorResponse { Actions = { Completion.Failed(0, Failures.From(new InvalidDataException(reason))) } }.ToByteArray());

    /// <summary>An activity's failure as data; the calling orchestration applies its retry policy to it.</summary>
    /// <returns>The envelope as JSON text, as <see cref="TurnHandler.RunActivity"/> gives it.</returns>
    public static string ActivityFailed(Exception fault) => ActivityEnvelope.Failure(Failures.From(fault));
}

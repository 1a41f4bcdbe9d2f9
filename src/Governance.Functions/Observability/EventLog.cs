using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Storage.Streams;

namespace Governance.Functions.Observability;

/// <summary>Counts the events of the logs, and tells the operator of those that wait for a person.</summary>
internal sealed partial class EventLog(ILogger<EventLog> log) : ICommitListener
{
    /// <inheritdoc/>
    public void Committed(CommittedChange change)
    {
        foreach (var type in change.EventTypes)
        {
            Metrics.Happened(type);
            switch (type)
            {
                case RemediationEscalated.Name:
                    Escalated(log, change.Id.ToString());
                    break;
                case RollbackFailed.Name:
                    NotRolledBack(log, change.Id.ToString());
                    break;
                case DeploymentFailed.Name:
                    Failed(log, change.Id.ToString());
                    break;
            }
        }
    }

    [LoggerMessage(3500, LogLevel.Warning, "A remediation of {CorrelationId} has given up; the deployment waits for an operator or has failed.")]
    private static partial void Escalated(ILogger log, string correlationId);

    [LoggerMessage(3501, LogLevel.Error, "{CorrelationId} could not be rolled back; it waits for an operator.")]
    private static partial void NotRolledBack(ILogger log, string correlationId);

    [LoggerMessage(3502, LogLevel.Warning, "{CorrelationId} has failed for good.")]
    private static partial void Failed(ILogger log, string correlationId);
}

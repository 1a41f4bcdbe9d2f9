using Governance.Core.Deployments;

namespace Governance.Functions.Cab;

/// <summary>Notices where no channel is configured: they are in the log, and the pending list shows what is due.</summary>
internal sealed partial class LoggedNotices(ILogger<LoggedNotices> log) : ICabNotices
{
    /// <inheritdoc/>
    public Task Remind(DeploymentState state, CancellationToken cancellation)
    {
        Reminded(log, state.Id.ToString(), state.Request.AppName, state.Request.Version, state.Cab!.DueAt);
        return Task.CompletedTask;
    }

    [LoggerMessage(3100, LogLevel.Information, "The CAB has not decided on {CorrelationId}, {App} {Version}; it is due at {DueAt:u}.")]
    private static partial void Reminded(ILogger log, string correlationId, string app, string version, DateTimeOffset dueAt);
}

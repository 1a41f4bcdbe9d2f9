using Governance.Core.Cab;
using Governance.Core.Deployments;

namespace Governance.Functions.Cab;

/// <summary>Notices where no channel is configured: they are in the log, and the pending list shows what is due.</summary>
internal sealed partial class LoggedNotices(ILogger<LoggedNotices> log) : ICabNotices
{
    /// <inheritdoc/>
    public Task Show(DeploymentState state, CardRequest card, CancellationToken cancellation)
    {
        if (state.Cab is { } cab)
        {
            Asked(log, state.Id.ToString(), cab.Revision, cab.Decision.ToString(), cab.DueAt);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Remind(DeploymentState state, CancellationToken cancellation)
    {
        Reminded(log, state.Id.ToString(), state.Request.AppName, state.Request.Version, state.Cab!.DueAt);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ReviewDue(DeploymentState state, CancellationToken cancellation)
    {
        if (state.Review is { Outcome: null } review)
        {
            ReviewIsDue(log, state.Id.ToString(), state.Request.AppName, state.Request.Version, review.IncidentId, review.DueAt);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ExceptionEnds(ExceptionSummary exception, CancellationToken cancellation)
    {
        ExceptionEndsSoon(log, exception.Id, exception.AppName, exception.ExpiresAt);
        return Task.CompletedTask;
    }

    [LoggerMessage(3101, LogLevel.Information, "The CAB request of {CorrelationId}, revision {Revision}, is {Decision}; due at {DueAt:u}.")]
    private static partial void Asked(ILogger log, string correlationId, int revision, string decision, DateTimeOffset dueAt);

    [LoggerMessage(3100, LogLevel.Information, "The CAB has not decided on {CorrelationId}, {App} {Version}; it is due at {DueAt:u}.")]
    private static partial void Reminded(ILogger log, string correlationId, string app, string version, DateTimeOffset dueAt);

    [LoggerMessage(3102, LogLevel.Warning, "The review of the emergency approval of {CorrelationId}, {App} {Version} ({Incident}), is open; it is due at {DueAt:u}.")]
    private static partial void ReviewIsDue(ILogger log, string correlationId, string app, string version, string incident, DateTimeOffset dueAt);

    [LoggerMessage(3103, LogLevel.Information, "Exception {Exception} of {App} ends at {ExpiresAt:u}.")]
    private static partial void ExceptionEndsSoon(ILogger log, Guid exception, string app, DateTimeOffset expiresAt);
}

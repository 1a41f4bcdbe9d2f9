using Governance.Core;
using Microsoft.Extensions.Logging;

namespace Governance.Intune;

/// <summary>Event ids 5000 to 5099. No upload address, key or token is ever a parameter here.</summary>
internal static partial class IntuneLog
{
    [LoggerMessage(5000, LogLevel.Debug, "{Operation} for {CorrelationId}: {Method} {Path} gave {Status}; client-request-id {ClientRequestId}, request-id {RequestId}.")]
    public static partial void Called(
        this ILogger log, string operation, CorrelationId? correlationId, string method, string path, int? status, Guid clientRequestId, string? requestId);

    [LoggerMessage(5001, LogLevel.Information, "{Operation} for {CorrelationId} gave {Status} and goes again in {Wait}.")]
    public static partial void CallRepeats(this ILogger log, string operation, CorrelationId? correlationId, int? status, TimeSpan wait);

    [LoggerMessage(5002, LogLevel.Warning, "{Operation} for {CorrelationId} failed with {Status}: {Reason} Request ids: {RequestIds}.")]
    public static partial void CallFailed(
        this ILogger log, string operation, CorrelationId? correlationId, int? status, string reason, string requestIds);

    [LoggerMessage(5003, LogLevel.Information, "{Operation} for {CorrelationId} waits for the tenant's own approval {ApprovalCode}.")]
    public static partial void HeldForApproval(this ILogger log, string operation, CorrelationId? correlationId, string approvalCode);

    [LoggerMessage(5010, LogLevel.Information, "App {AppId} made for {CorrelationId}.")]
    public static partial void AppMade(this ILogger log, string appId, CorrelationId correlationId);

    [LoggerMessage(5011, LogLevel.Information, "App {AppId} of {CorrelationId} was found again; its content stands at {Step}.")]
    public static partial void AppResumed(this ILogger log, string appId, CorrelationId correlationId, string step);

    [LoggerMessage(5012, LogLevel.Information, "Content {ContentVersion} of app {AppId} is published for {CorrelationId}.")]
    public static partial void ContentPublished(this ILogger log, string contentVersion, string appId, CorrelationId correlationId);

    [LoggerMessage(5013, LogLevel.Information, "App {AppId} of {CorrelationId} is assigned to {Included} groups, {Excluded} left out, {Uninstalled} to remove it.")]
    public static partial void Assigned(this ILogger log, string appId, CorrelationId correlationId, int included, int excluded, int uninstalled);

    [LoggerMessage(5014, LogLevel.Warning, "App {AppId} of {CorrelationId} was never published and cannot be repaired; it is deleted and made anew: {Reason}")]
    public static partial void StartsAnew(this ILogger log, string appId, CorrelationId correlationId, string reason);

    [LoggerMessage(5015, LogLevel.Information, "App {AppId} of {CorrelationId} is deleted.")]
    public static partial void AppDeleted(this ILogger log, string appId, CorrelationId correlationId);

    [LoggerMessage(5016, LogLevel.Warning, "The package of {CorrelationId} is no usable .intunewin: {Check}: {Detail}")]
    public static partial void PackageBroken(this ILogger log, CorrelationId correlationId, string check, string detail);

    [LoggerMessage(5017, LogLevel.Information, "The upload address for {CorrelationId} is renewed: {Reason}.")]
    public static partial void AddressRenewed(this ILogger log, CorrelationId correlationId, string reason);

    [LoggerMessage(5018, LogLevel.Warning, "The claim of {CorrelationId} is lost; publishing stops.")]
    public static partial void ClaimLost(this ILogger log, CorrelationId correlationId);

    [LoggerMessage(5020, LogLevel.Warning, "The row report for app {AppId} cannot be read ({Status}); the export is used.")]
    public static partial void ReportFallsBack(this ILogger log, string appId, int? status);
}

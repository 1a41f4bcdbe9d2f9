using System.Text.Json.Serialization;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Rollout;

namespace Governance.Storage.Views;

/// <summary>A deployment in a list of deployments, by its creation.</summary>
internal sealed record ListedDeployment(DeploymentSummary Summary) : IListed<CorrelationId>
{
    [JsonIgnore]
    public CorrelationId Key => Summary.CorrelationId;

    [JsonIgnore]
    public long Sequence => Summary.Sequence;

    [JsonIgnore]
    public DateTimeOffset ListedAt => Summary.CreatedAt;

    [JsonIgnore]
    public bool IsFirst => Summary.StatusBefore is null;
}

/// <summary>A deployment in a list of open CAB requests, by when the CAB was asked.</summary>
internal sealed record ListedRequest(DeploymentSummary Summary) : IListed<CorrelationId>
{
    [JsonIgnore]
    public CorrelationId Key => Summary.CorrelationId;

    [JsonIgnore]
    public long Sequence => Summary.Sequence;

    [JsonIgnore]
    public DateTimeOffset ListedAt => Summary.Cab!.RequestedAt;

    [JsonIgnore]
    public bool IsFirst => Summary.CabBefore is null;
}

/// <summary>One event in the list of an hour's events; the event itself is read by its key.</summary>
/// <param name="CorrelationId">The stream.</param>
/// <param name="EventSequence">Its place in the stream.</param>
/// <param name="EventType">Its type.</param>
/// <param name="At">When, UTC.</param>
public sealed record ListedEvent(CorrelationId CorrelationId, long EventSequence, string EventType, DateTimeOffset At) : IListed<string>
{
    /// <inheritdoc/>
    [JsonIgnore]
    public string Key => $"{CorrelationId}/{EventSequence}";

    /// <inheritdoc/>
    [JsonIgnore]
    public long Sequence => 1;

    /// <inheritdoc/>
    [JsonIgnore]
    public DateTimeOffset ListedAt => At;

    /// <inheritdoc/>
    [JsonIgnore]
    public bool IsFirst => true;
}

/// <summary>An exception in a list, by when it was asked for.</summary>
internal sealed record ListedException(ExceptionSummary Summary) : IListed<Guid>
{
    [JsonIgnore]
    public Guid Key => Summary.Id;

    [JsonIgnore]
    public long Sequence => Summary.Sequence;

    [JsonIgnore]
    public DateTimeOffset ListedAt => Summary.RequestedAt;

    [JsonIgnore]
    public bool IsFirst => Summary.Sequence == 1;
}

/// <summary>An app with its versions.</summary>
/// <param name="AppName">The app.</param>
/// <param name="FirstSeen">When its first deployment came, UTC.</param>
/// <param name="UpdatedAt">When one of its deployments last changed, UTC.</param>
/// <param name="Versions">The newest 50 versions, newest first.</param>
public sealed record AppRow(string AppName, DateTimeOffset FirstSeen, DateTimeOffset UpdatedAt, EquatableArray<AppVersion> Versions) : IListed<string>
{
    /// <inheritdoc/>
    [JsonIgnore]
    public string Key => AppName;

    /// <inheritdoc/>
    [JsonIgnore]
    public long Sequence => UpdatedAt.UtcTicks;

    /// <inheritdoc/>
    [JsonIgnore]
    public DateTimeOffset ListedAt => FirstSeen;

    /// <inheritdoc/>
    [JsonIgnore]
    public bool IsFirst => false;
}

/// <summary>A version of an app, with its newest deployments.</summary>
/// <param name="Version">The version.</param>
/// <param name="Deployments">The newest 20, newest first.</param>
public sealed record AppVersion(string Version, EquatableArray<AppDeployment> Deployments);

/// <summary>A deployment of a version.</summary>
public sealed record AppDeployment(CorrelationId CorrelationId, DeploymentStatus Status, Ring StartRing, Ring TargetRing, Ring? CurrentRing, long Sequence, DateTimeOffset UpdatedAt);

/// <summary>What one deployment adds to its app's history.</summary>
internal sealed record HistoryShare(CorrelationId CorrelationId, long Sequence, bool Completed, bool Failed, IncidentCounts Incidents);

/// <summary>An app's history: shares of its newest deployments, and the sum of all older ones.</summary>
internal sealed record HistoryRow(long Completed, long Failed, IncidentCounts Incidents, EquatableArray<HistoryShare> Shares);

/// <summary>The last results of a ring, of the rollout that reached it last.</summary>
internal sealed record RingResultsRow(CorrelationId CorrelationId, RingMeasurement Measured, RingDeviceResults Devices);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTimestampConverter)])]
[JsonSerializable(typeof(List<ListedDeployment>))]
[JsonSerializable(typeof(List<ListedRequest>))]
[JsonSerializable(typeof(List<ListedEvent>))]
[JsonSerializable(typeof(List<ListedException>))]
[JsonSerializable(typeof(List<AppRow>))]
[JsonSerializable(typeof(HistoryRow))]
[JsonSerializable(typeof(RingResultsRow))]
[JsonSerializable(typeof(DeploymentSummary))]
[JsonSerializable(typeof(WaitReason))]
[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(AppVersion))]
[JsonSerializable(typeof(AppDeployment))]
[JsonSerializable(typeof(HistoryShare))]
internal sealed partial class ViewsJson : JsonSerializerContext;

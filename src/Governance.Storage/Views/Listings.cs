using System.Globalization;
using System.Text.Json.Serialization;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Rollout;

namespace Governance.Storage.Views;

/// <summary>A deployment in a list of deployments, by its creation.</summary>
internal sealed record ListedDeployment(DeploymentSummary Summary) : IListed
{
    [JsonIgnore]
    public string Key => Summary.CorrelationId.ToString();

    [JsonIgnore]
    public long Sequence => Summary.Sequence;

    [JsonIgnore]
    public DateTimeOffset ListedAt => Summary.CreatedAt;

    /// <summary>What lists keep of a change: how the deployment stands, and not how it came to it.</summary>
    internal static ListedDeployment Of(DeploymentSummary change) => new(change with { StatusBefore = null, CabBefore = null, EventTypes = [] });
}

/// <summary>A deployment in a list of open CAB requests, by when the request is due.</summary>
internal sealed record ListedRequest(DeploymentSummary Summary) : IListed
{
    [JsonIgnore]
    public string Key => Summary.CorrelationId.ToString();

    [JsonIgnore]
    public long Sequence => Summary.Sequence;

    [JsonIgnore]
    public DateTimeOffset ListedAt => DueAt(Summary.Cab!);

    /// <summary>What comes next for a request: its deadline, or its expiry where that has passed.</summary>
    internal static DateTimeOffset DueAt(OpenCabRequest cab) => cab.Escalated ? cab.ExpiresAt : cab.DueAt;
}

/// <summary>One event in the list of an hour's events; the event itself is read by its key.</summary>
/// <param name="CorrelationId">The stream.</param>
/// <param name="EventSequence">Its place in the stream.</param>
/// <param name="EventType">Its type.</param>
/// <param name="At">When, UTC.</param>
public sealed record ListedEvent(CorrelationId CorrelationId, long EventSequence, string EventType, DateTimeOffset At) : IListed
{
    /// <inheritdoc/>
    [JsonIgnore]
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{CorrelationId}/{EventSequence:D10}");

    /// <inheritdoc/>
    [JsonIgnore]
    public long Sequence => 1;

    /// <inheritdoc/>
    [JsonIgnore]
    public DateTimeOffset ListedAt => At;

    /// <summary>The events of a change.</summary>
    internal static IEnumerable<ListedEvent> Of(DeploymentSummary change) => change.EventTypes.Select((type, index) =>
        new ListedEvent(change.CorrelationId, change.Sequence - change.EventTypes.Count + 1 + index, type, change.UpdatedAt));
}

/// <summary>An exception in a list, by when it was asked for.</summary>
internal sealed record ListedException(ExceptionSummary Summary) : IListed
{
    [JsonIgnore]
    public string Key => Summary.Id.ToString();

    [JsonIgnore]
    public long Sequence => Summary.Sequence;

    [JsonIgnore]
    public DateTimeOffset ListedAt => Summary.RequestedAt;
}

/// <summary>An app in the list of apps, by when it was first seen.</summary>
/// <param name="App">As the list shows it.</param>
/// <param name="Sequence">Its row's.</param>
internal sealed record ListedApp(AppRow App, long Sequence) : IListed
{
    [JsonIgnore]
    public string Key => App.AppName;

    [JsonIgnore]
    public DateTimeOffset ListedAt => App.FirstSeen;
}

/// <summary>An app with its versions.</summary>
/// <param name="AppName">The app.</param>
/// <param name="FirstSeen">When its first deployment came, UTC.</param>
/// <param name="UpdatedAt">When one of its deployments last changed, UTC.</param>
/// <param name="Versions">The 20 that changed last, the latest first.</param>
public sealed record AppRow(string AppName, DateTimeOffset FirstSeen, DateTimeOffset UpdatedAt, EquatableArray<AppVersion> Versions);

/// <summary>A version of an app, with its deployments.</summary>
/// <param name="Version">The version.</param>
/// <param name="Deployments">The 5 that changed last, the latest first.</param>
public sealed record AppVersion(string Version, EquatableArray<AppDeployment> Deployments);

/// <summary>A deployment of a version.</summary>
public sealed record AppDeployment(CorrelationId CorrelationId, DeploymentStatus Status, Ring StartRing, Ring TargetRing, Ring? CurrentRing, long Sequence, DateTimeOffset UpdatedAt);

/// <summary>What is known of an app.</summary>
/// <param name="AppName">The app.</param>
/// <param name="Sequence">Grows with each change of the row.</param>
/// <param name="FirstSeen">When its first deployment came, UTC.</param>
/// <param name="SeenLater">What was taken for that before an earlier deployment was told of: the list must not keep it there.</param>
/// <param name="Deployments">Those that changed last, the latest first.</param>
internal sealed record KnownApp(string AppName, long Sequence, DateTimeOffset FirstSeen, EquatableArray<DateTimeOffset> SeenLater, EquatableArray<VersionDeployment> Deployments);

/// <summary>A deployment with its version.</summary>
internal sealed record VersionDeployment(string Version, AppDeployment Deployment);

/// <summary>What one deployment adds to its app's history.</summary>
internal sealed record HistoryShare(CorrelationId CorrelationId, long Sequence, DateTimeOffset CreatedAt, bool Completed, bool Failed, IncidentCounts Incidents);

/// <summary>An app's history: shares of its newest deployments, and the sum of all older ones.</summary>
/// <param name="Completed">Of the sum.</param>
/// <param name="Failed">Of the sum.</param>
/// <param name="Incidents">Of the sum.</param>
/// <param name="SummedUntil">The newest deployment in the sum was created then, UTC; what is told of such an old one later does not count again. Null while all have shares.</param>
/// <param name="Shares">By creation.</param>
internal sealed record HistoryRow(long Completed, long Failed, IncidentCounts Incidents, DateTimeOffset? SummedUntil, EquatableArray<HistoryShare> Shares);

/// <summary>The last results of a ring, of the rollout that reached it last.</summary>
internal sealed record RingResultsRow(CorrelationId CorrelationId, RingMeasurement Measured, RingDeviceResults Devices);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTimestampConverter)])]
[JsonSerializable(typeof(StoredDirectory))]
[JsonSerializable(typeof(StoredPage<ListedDeployment>), TypeInfoPropertyName = "DeploymentPage")]
[JsonSerializable(typeof(StoredPage<ListedRequest>), TypeInfoPropertyName = "RequestPage")]
[JsonSerializable(typeof(StoredPage<ListedEvent>), TypeInfoPropertyName = "EventPage")]
[JsonSerializable(typeof(StoredPage<ListedException>), TypeInfoPropertyName = "ExceptionPage")]
[JsonSerializable(typeof(StoredPage<ListedApp>), TypeInfoPropertyName = "AppPage")]
[JsonSerializable(typeof(KnownApp))]
[JsonSerializable(typeof(HistoryRow))]
[JsonSerializable(typeof(RingResultsRow))]
[JsonSerializable(typeof(DeploymentSummary))]
[JsonSerializable(typeof(WaitReason))]
[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(DateTimeOffset))]
[JsonSerializable(typeof(AppVersion))]
[JsonSerializable(typeof(AppDeployment))]
[JsonSerializable(typeof(VersionDeployment))]
[JsonSerializable(typeof(HistoryShare))]
internal sealed partial class ViewsJson : JsonSerializerContext;

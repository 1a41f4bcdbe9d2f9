using System.Text.Json.Serialization;

namespace Governance.Core.Deployments;

/// <summary>Something that happened to a deployment. Its wire name stands beside each record; its members are the event's data.</summary>
public abstract record DeploymentEvent
{
    /// <summary>The name on the wire, UPPER_SNAKE; beside an event's data in the log, not in it.</summary>
    [JsonIgnore]
    public string EventType => WireName;

    // The serializer does not inherit JsonIgnore to an override, and leaves alone what is not public.
    /// <summary>The name on the wire, UPPER_SNAKE.</summary>
    protected abstract string WireName { get; }
}

/// <summary>An intent was accepted.</summary>
/// <param name="Id">Its correlation id.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Evidence">The pack, where it was stored before.</param>
public sealed record DeploymentCreated(CorrelationId Id, DeploymentRequest Request, EvidenceLink? Evidence) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "DEPLOYMENT_CREATED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>A pack was linked: the awaited one, or another one, which begins a new revision.</summary>
public sealed record EvidenceLinked(EvidenceLink Evidence, int Revision) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "EVIDENCE_LINKED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>The policy check is to be made again, as a new revision.</summary>
/// <param name="Cause">requested, exception_approved or exception_ended.</param>
/// <param name="Reason">A person's words or the exception's id.</param>
/// <param name="Revision">The revision that begins.</param>
public sealed record RecheckRequested(string Cause, string Reason, int Revision) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "RECHECK_REQUESTED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>Why a check is made again, as <see cref="RecheckRequested"/> says it.</summary>
public static class RecheckCause
{
    /// <summary>An administrator asked.</summary>
    public const string Requested = "requested";

    /// <summary>An exception that would change the verdict was approved.</summary>
    public const string ExceptionApproved = "exception_approved";

    /// <summary>An exception that the check relied on ended.</summary>
    public const string ExceptionEnded = "exception_ended";
}

/// <summary>The deployment was withdrawn before anything was published.</summary>
public sealed record DeploymentCancelled(string Reason) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "DEPLOYMENT_CANCELLED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>Somebody reported trouble with the app; it counts against the gates and the app's history.</summary>
/// <param name="IncidentId">Derived from stream and sequence.</param>
/// <param name="Severity">How bad.</param>
/// <param name="Summary">1 to 2,000 characters.</param>
/// <param name="Security">Whether security was breached.</param>
public sealed record IncidentReported(Guid IncidentId, IncidentSeverity Severity, string Summary, bool Security) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "INCIDENT_REPORTED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>How bad an incident is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<IncidentSeverity>))]
public enum IncidentSeverity
{
    /// <summary>An annoyance.</summary>
    [JsonStringEnumMemberName("minor")]
    Minor,

    /// <summary>Some people cannot work as usual.</summary>
    [JsonStringEnumMemberName("moderate")]
    Moderate,

    /// <summary>Many people cannot work.</summary>
    [JsonStringEnumMemberName("major")]
    Major,
}

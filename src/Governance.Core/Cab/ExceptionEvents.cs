using System.Text.Json.Serialization;

namespace Governance.Core.Cab;

/// <summary>Something that happened to an exception. Its wire name stands beside each record; its members are the event's data.</summary>
public abstract record ExceptionEvent
{
    /// <summary>The name on the wire, UPPER_SNAKE; beside an event's data in the log, not in it.</summary>
    [JsonIgnore]
    public string EventType => WireName;

    // The serializer does not inherit JsonIgnore to an override, and leaves alone what is not public.
    /// <summary>The name on the wire, UPPER_SNAKE.</summary>
    protected abstract string WireName { get; }
}

/// <summary>Somebody asked for an exception.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Request">What for.</param>
/// <param name="Revision">For a gate override, the deployment's revision; else null.</param>
/// <param name="Needed">Approvals needed from different people, 1 or 2.</param>
public sealed record ExceptionRequested(Guid Id, ExceptionRequest Request, int? Revision, int Needed) : ExceptionEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "EXCEPTION_REQUESTED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>An approval that does not settle it yet.</summary>
public sealed record ExceptionVoteRecorded(string Comments) : ExceptionEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "EXCEPTION_VOTE_RECORDED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>The approval that settles it: it holds from now on.</summary>
public sealed record ExceptionApproved(string Comments) : ExceptionEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "EXCEPTION_APPROVED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>One rejection denies.</summary>
public sealed record ExceptionDenied(string Comments) : ExceptionEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "EXCEPTION_DENIED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>Its time is over.</summary>
/// <param name="WasApproved">Whether it held until now; false where nobody decided on it in time.</param>
public sealed record ExceptionExpired(bool WasApproved) : ExceptionEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "EXCEPTION_EXPIRED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

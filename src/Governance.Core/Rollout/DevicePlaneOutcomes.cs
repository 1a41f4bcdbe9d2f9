using System.Text.Json.Serialization;

namespace Governance.Core.Rollout;

/// <summary>How a publish attempt ended.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "outcome")]
[JsonDerivedType(typeof(Published), "published")]
[JsonDerivedType(typeof(Failed), "failed")]
[JsonDerivedType(typeof(WaitingForTenantApproval), "waiting_for_tenant_approval")]
[JsonDerivedType(typeof(ClaimLost), "claim_lost")]
[JsonDerivedType(typeof(SubjectChanged), "subject_changed")]
public abstract record PublishOutcome
{
    private PublishOutcome()
    {
    }

    /// <summary>The app is published and has exactly the desired assignments.</summary>
    /// <param name="ExternalId">The app's id in the plane.</param>
    /// <param name="Ids">All ids.</param>
    public sealed record Published(string ExternalId, PlaneIds Ids) : PublishOutcome;

    /// <summary>The plane refused or did not answer.</summary>
    /// <param name="Failure">What it said, with its class.</param>
    /// <param name="Ids">What exists now, for the next attempt.</param>
    public sealed record Failed(PlaneFailure Failure, PlaneIds Ids) : PublishOutcome;

    /// <summary>The tenant asks its own people first. Not a failure; publish again with <paramref name="Approval"/> once they have approved.</summary>
    /// <param name="Approval">What was filed.</param>
    /// <param name="Ids">What exists now, never to be deleted meanwhile.</param>
    public sealed record WaitingForTenantApproval(TenantApproval Approval, PlaneIds Ids) : PublishOutcome;

    /// <summary>Somebody else holds the claim, or it was voided; nothing was written after that was known.</summary>
    public sealed record ClaimLost : PublishOutcome;

    /// <summary>The bytes or groups in hand are not what was approved; nothing was uploaded or assigned after that was known.</summary>
    /// <param name="Detail">What differs.</param>
    public sealed record SubjectChanged(string Detail) : PublishOutcome;
}

/// <summary>How a change of an existing app ended.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "outcome")]
[JsonDerivedType(typeof(Done), "done")]
[JsonDerivedType(typeof(Failed), "failed")]
[JsonDerivedType(typeof(WaitingForTenantApproval), "waiting_for_tenant_approval")]
[JsonDerivedType(typeof(ClaimLost), "claim_lost")]
public abstract record PlaneChange
{
    private PlaneChange()
    {
    }

    /// <summary>The plane is as asked.</summary>
    /// <param name="Changed">False where it was so before.</param>
    public sealed record Done(bool Changed) : PlaneChange;

    /// <summary>The plane refused or did not answer.</summary>
    /// <param name="Failure">What it said, with its class.</param>
    public sealed record Failed(PlaneFailure Failure) : PlaneChange;

    /// <summary>The tenant asks its own people first.</summary>
    /// <param name="Approval">What was filed.</param>
    public sealed record WaitingForTenantApproval(TenantApproval Approval) : PlaneChange;

    /// <summary>Somebody else holds the claim; nothing was written.</summary>
    public sealed record ClaimLost : PlaneChange;
}

/// <summary>What was read, or why not. A partial read is a failure, never a smaller answer.</summary>
/// <typeparam name="T">What was asked for.</typeparam>
public abstract record PlaneReading<T>
{
    private PlaneReading()
    {
    }

    /// <summary>Everything was read.</summary>
    /// <param name="Value">The answer.</param>
    public sealed record Read(T Value) : PlaneReading<T>;

    /// <summary>It could not be read, or not completely.</summary>
    /// <param name="Failure">What the plane said.</param>
    public sealed record Unavailable(PlaneFailure Failure) : PlaneReading<T>;
}

/// <summary>A request that the tenant's own approvers have to look at, by the code that the plane gave it.</summary>
/// <param name="Code">The plane's id of the request.</param>
/// <param name="Method">HTTP method of the call that is held.</param>
/// <param name="Path">Its path below the API's base address.</param>
/// <param name="BodySha256">Digest of its body; the call that completes the request must be the same.</param>
/// <param name="FiledAt">When we were told, UTC.</param>
public sealed record TenantApproval(string Code, string Method, string Path, Digest BodySha256, DateTimeOffset FiledAt);

/// <summary>What became of a request for a tenant's own approval.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TenantApprovalStatus>))]
public enum TenantApprovalStatus
{
    /// <summary>Nobody has decided.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>Approved; the identical call completes it.</summary>
    [JsonStringEnumMemberName("approved")]
    Approved,

    /// <summary>Completed already.</summary>
    [JsonStringEnumMemberName("completed")]
    Completed,

    /// <summary>Refused, or withdrawn.</summary>
    [JsonStringEnumMemberName("rejected")]
    Rejected,

    /// <summary>Nobody decided in time, or nobody knows the request any more: it is to be filed again.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired,
}

/// <summary>Why the plane did not do what was asked.</summary>
public sealed record PlaneFailure
{
    /// <summary>Whether and how to go on.</summary>
    public required ErrorClass Class { get; init; }

    /// <summary>Stable, UPPER_SNAKE, ours.</summary>
    public required string Code { get; init; }

    /// <summary>A sentence for people, with the plane's own words where it gave some; never an upload address or a key.</summary>
    public required string Message { get; init; }

    /// <summary>How long the plane asked us to wait; null where it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The HTTP status; null where no answer came.</summary>
    public int? Status { get; init; }

    /// <summary>The plane's ids of the failed request, for its support; may be empty.</summary>
    public EquatableArray<string> RequestIds { get; init; } = [];
}

/// <summary>What a failure means for the next step.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ErrorClass>))]
public enum ErrorClass
{
    /// <summary>Asking again changes nothing: a person has to look.</summary>
    [JsonStringEnumMemberName("permanent")]
    Permanent,

    /// <summary>Worth another attempt later.</summary>
    [JsonStringEnumMemberName("transient")]
    Transient,

    /// <summary>We are not allowed to.</summary>
    [JsonStringEnumMemberName("policy_violation")]
    PolicyViolation,
}

using System.Text.Json;
using Governance.Core;
using Governance.Core.Rollout;

namespace Governance.Intune.Graph;

/// <summary>One call that did not bring an answer to work with.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Status">The HTTP status; null where no answer came.</param>
/// <param name="Code">Graph's own code.</param>
/// <param name="Message">Graph's own words, already unwrapped.</param>
/// <param name="RetryAfter">How long Graph asks us to wait.</param>
/// <param name="RequestIds">Graph's id and ours; may be empty.</param>
internal sealed record GraphFault(
    FaultKind Kind, int? Status, string? Code, string Message, TimeSpan? RetryAfter, EquatableArray<string> RequestIds)
{
    /// <summary>Whether Graph may have carried out the call although we were told otherwise, or nothing at all.</summary>
    public bool Unclear => Kind is FaultKind.NoAnswer or FaultKind.TimedOut || (Kind == FaultKind.Answered && Status >= 500);

    /// <summary>Whether it says that Graph itself is in trouble, for the circuit breaker.</summary>
    public bool IsOutage => Unclear;

    /// <summary>Whether the tenant wants a justification before it lets anybody approve this call.</summary>
    public bool AsksForJustification =>
        Status is 400 or 403 && Message.Contains(GraphCallHandler.JustificationHeader, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether replicas may only not agree yet, right after a write of ours.</summary>
    public bool MayBePropagation => Status is 404 or 409 or 412;

    /// <summary>Whether the tenant's approvers have a request for this object already; nobody says under which code.</summary>
    public bool IsApprovalPending => Status == 409 && Message.Contains("approval request", StringComparison.OrdinalIgnoreCase);

    /// <summary>A 401 of Intune's back end that wraps its own Forbidden: trouble on their side, not with our token.</summary>
    public bool IsBackEndForbidden =>
        Status == 401 && Message.Contains("\"ErrorCode\":\"Forbidden\"", StringComparison.OrdinalIgnoreCase);

    /// <summary>The failure as the rest of the product knows it: one place decides class and code.</summary>
    public PlaneFailure ToFailure()
    {
        var (errorClass, code) = this switch
        {
            { Kind: FaultKind.CircuitOpen } => (ErrorClass.Transient, "CIRCUIT_OPEN"),
            { Kind: FaultKind.SignIn } => (ErrorClass.Transient, "SIGN_IN_FAILED"),
            { Kind: FaultKind.SignInRefused } => (ErrorClass.PolicyViolation, "SIGN_IN_REFUSED"),
            { Kind: FaultKind.TimedOut } => (ErrorClass.Transient, "GRAPH_TIMED_OUT"),
            { Kind: FaultKind.NoAnswer } => (ErrorClass.Transient, "GRAPH_UNREACHABLE"),
            { Kind: FaultKind.Garbled } => (ErrorClass.Transient, "GRAPH_ANSWER_UNREADABLE"),
            { Status: 429 } => (ErrorClass.Transient, "GRAPH_THROTTLED"),
            { Status: >= 500 } => (ErrorClass.Transient, "GRAPH_UNAVAILABLE"),
            { IsBackEndForbidden: true } => (ErrorClass.Transient, "GRAPH_BACK_END_FORBIDDEN"),
            { AsksForJustification: true } => (ErrorClass.PolicyViolation, "TENANT_APPROVAL_REQUIRED"),
            { IsApprovalPending: true } => (ErrorClass.PolicyViolation, "TENANT_APPROVAL_PENDING"),
            { Status: 401 } => (ErrorClass.PolicyViolation, "GRAPH_UNAUTHENTICATED"),
            { Status: 403 } => (ErrorClass.PolicyViolation, "GRAPH_FORBIDDEN"),
            { Status: 404 } => (ErrorClass.Permanent, "GRAPH_NOT_FOUND"),
            { Status: 409 or 412 } => (ErrorClass.Permanent, "GRAPH_CONFLICT"),
            _ => (ErrorClass.Permanent, "GRAPH_REFUSED"),
        };
        return new() { Class = errorClass, Code = code, Message = Message, RetryAfter = RetryAfter, Status = Status, RequestIds = RequestIds };
    }

    /// <summary>Takes the sentence out of the JSON document that Intune nests in its messages, and leaves off internal addresses.</summary>
    public static string Unwrap(string? message)
    {
        var text = message ?? string.Empty;
        if (text.StartsWith('{'))
        {
            try
            {
                using var document = JsonDocument.Parse(text);
                if (document.RootElement.TryGetProperty(nameof(Message), out var inner) && inner.GetString() is { Length: > 0 } sentence)
                {
                    text = sentence;
                }
            }
            catch (JsonException)
            {
                // Cut off, or no document after all: then its text is all there is.
                return Shorten(text);
            }
        }

        var operation = text.IndexOf(" - Operation ID", StringComparison.Ordinal);
        var activity = text.IndexOf("Activity ID: ", StringComparison.Ordinal);
        var sentenceOnly = operation >= 0 ? text[..operation] : text;
        return activity >= 0 && text.Length >= activity + 13 + 36
            ? $"{Shorten(sentenceOnly)} (activity {text.AsSpan(activity + 13, 36)})"
            : Shorten(sentenceOnly);
    }

    private static string Shorten(string text) => text.Length <= 1000 ? text : text[..1000];
}

/// <summary>What happened to a call.</summary>
internal enum FaultKind
{
    /// <summary>Graph answered with a refusal or an error.</summary>
    Answered,

    /// <summary>The connection could not be made, or broke.</summary>
    NoAnswer,

    /// <summary>No answer within our own limit.</summary>
    TimedOut,

    /// <summary>The answer could not be read.</summary>
    Garbled,

    /// <summary>No token could be had just now.</summary>
    SignIn,

    /// <summary>No token can be had with these settings, or it is one of another tenant.</summary>
    SignInRefused,

    /// <summary>Not sent: the circuit is open.</summary>
    CircuitOpen,
}

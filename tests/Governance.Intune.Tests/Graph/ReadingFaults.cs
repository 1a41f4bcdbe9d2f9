using Governance.Core.Rollout;
using Governance.Intune.Graph;

namespace Governance.Intune.Tests.Graph;

public sealed class ReadingFaults
{
    [Theory]
    [InlineData(400, "Bad.", ErrorClass.Permanent, "GRAPH_REFUSED")]
    [InlineData(401, "Token expired.", ErrorClass.PolicyViolation, "GRAPH_UNAUTHENTICATED")]
    [InlineData(401, "{\"ErrorCode\":\"Forbidden\"}", ErrorClass.Transient, "GRAPH_BACK_END_FORBIDDEN")]
    [InlineData(403, "No.", ErrorClass.PolicyViolation, "GRAPH_FORBIDDEN")]
    [InlineData(400, "Header 'x-msft-approval-justification' is required", ErrorClass.PolicyViolation, "TENANT_APPROVAL_REQUIRED")]
    [InlineData(404, "Gone.", ErrorClass.Permanent, "GRAPH_NOT_FOUND")]
    [InlineData(409, "Busy.", ErrorClass.Permanent, "GRAPH_CONFLICT")]
    [InlineData(412, "Not met.", ErrorClass.Permanent, "GRAPH_CONFLICT")]
    [InlineData(429, "Slow down.", ErrorClass.Transient, "GRAPH_THROTTLED")]
    [InlineData(500, "Oops.", ErrorClass.Transient, "GRAPH_UNAVAILABLE")]
    [InlineData(502, "Oops.", ErrorClass.Transient, "GRAPH_UNAVAILABLE")]
    [InlineData(503, "Oops.", ErrorClass.Transient, "GRAPH_UNAVAILABLE")]
    [InlineData(504, "Oops.", ErrorClass.Transient, "GRAPH_UNAVAILABLE")]
    public void Each_status_has_its_class(int status, string message, ErrorClass errorClass, string code)
    {
        var failure = Answered(status, message).ToFailure();

        Assert.Equal((errorClass, code, status), (failure.Class, failure.Code, failure.Status));
    }

    [Theory]
    [InlineData(FaultKind.NoAnswer, ErrorClass.Transient, "GRAPH_UNREACHABLE")]
    [InlineData(FaultKind.TimedOut, ErrorClass.Transient, "GRAPH_TIMED_OUT")]
    [InlineData(FaultKind.Garbled, ErrorClass.Transient, "GRAPH_ANSWER_UNREADABLE")]
    [InlineData(FaultKind.CircuitOpen, ErrorClass.Transient, "CIRCUIT_OPEN")]
    [InlineData(FaultKind.SignIn, ErrorClass.Transient, "SIGN_IN_FAILED")]
    [InlineData(FaultKind.SignInRefused, ErrorClass.PolicyViolation, "SIGN_IN_REFUSED")]
    internal void No_answer_has_a_class_too(FaultKind kind, ErrorClass errorClass, string code)
    {
        var failure = new GraphFault(kind, null, null, "x", null, []).ToFailure();

        Assert.Equal((errorClass, code), (failure.Class, failure.Code));
    }

    [Theory]
    [InlineData("Plain words.", "Plain words.")]
    [InlineData(null, "")]
    [InlineData("{\"Message\":\"Not published. - Operation ID (for customer support): 0 - Activity ID: 11111111-2222-3333-4444-555555555555 - Url: https://fef/x?y\"}",
        "Not published. (activity 11111111-2222-3333-4444-555555555555)")]
    [InlineData("{\"Message\":\"No ids here.\"}", "No ids here.")]
    [InlineData("{\"Other\":1}", "{\"Other\":1}")]
    [InlineData("{cut off", "{cut off")]
    [InlineData("x Activity ID: short", "x Activity ID: short")]
    public void The_nested_sentence_is_taken_out(string? message, string sentence) => Assert.Equal(sentence, GraphFault.Unwrap(message));

    [Fact]
    public void Long_messages_are_shortened() => Assert.Equal(1000, GraphFault.Unwrap(new string('x', 5000)).Length);

    [Theory]
    [InlineData("120", 120.0)]
    [InlineData("1.5", 1.5)]
    [InlineData("0", 0.0)]
    [InlineData("Tue, 03 Mar 2026 12:00:30 GMT", 30.0)]
    [InlineData("Tue, 03 Mar 2026 11:00:00 GMT", 0.0)]
    [InlineData("-1", null)]
    [InlineData("soon", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("1e300", null)]
    public void Retry_After_is_read_in_every_form(string? text, double? seconds) => Assert.Equal(
        seconds is { } s ? TimeSpan.FromSeconds(s) : null,
        GraphCallHandler.ParseRetryAfter(text, new DateTimeOffset(2026, 3, 3, 12, 0, 0, TimeSpan.Zero)));

    internal static GraphFault Answered(int status, string message = "x", TimeSpan? retryAfter = null) =>
        new(FaultKind.Answered, status, "Code", message, retryAfter, []);
}

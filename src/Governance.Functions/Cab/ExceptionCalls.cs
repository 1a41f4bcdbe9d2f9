using System.Collections.Immutable;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.SignIn;
using Governance.Storage.Streams;
using Governance.Storage.Views;

namespace Governance.Functions.Cab;

/// <summary>Reads what an exception is asked for; what its kind needs is the decider's to say.</summary>
internal static class ExceptionInput
{
    private static readonly ImmutableSortedDictionary<string, ExceptionKind> Kinds = new[]
    {
        KeyValuePair.Create("finding", ExceptionKind.Finding), KeyValuePair.Create("rule", ExceptionKind.Rule), KeyValuePair.Create("gate_override", ExceptionKind.GateOverride),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    internal static ExceptionRequest Parse(Input input)
    {
        var body = input.Body;
        return new()
        {
            Kind = body.Choice("kind", Kinds),
            AppName = body.Text("app_name", 200),
            Version = body.OptionalText("version", 100),
            DeploymentId = Id<CorrelationId>(body, "deployment_id", id => id.Value),
            RuleId = body.OptionalText("rule_id", 100),
            FindingIds = [.. body.TextList("finding_ids", 100, 100)],
            FromRing = body.OptionalRing("from_ring"),
            ToRing = body.OptionalRing("to_ring"),
            Reason = body.Prose("reason", 4000),
            CompensatingControls = [.. body.TextList("compensating_controls", 20, 500)],
            ExpiresAt = body.Instant("expires_at"),
            Replaces = body.OptionalParsed<Guid>("replaces", "a UUID") is { } replaced && replaced != Guid.Empty ? replaced : null,
        };
    }

    private static T? Id<T>(Fields body, string name, Func<T, Guid> value)
        where T : struct, IParsable<T> => body.OptionalId<T>(name) is { } id && value(id) != Guid.Empty ? id : null;
}

/// <summary>Exceptions over HTTP: who asks, who decides.</summary>
internal static class ExceptionCalls
{
    /// <summary>POST /cab/exceptions/: the same request again is the same exception.</summary>
    internal static async Task<IResult> Request(ApiRequest request, ExceptionRequest wish)
    {
        var asked = wish with { Owners = [.. request.Caller.Owners.OrderBy(owner => owner.Value)] };
        var id = ExceptionIds.Derive(request.Caller.Tenant.ToString(), request.Caller.Actor, asked);
        var deployment = asked.DeploymentId is { } named ? await Deployments(request).Read(named, request.Cancellation) : null;
        var replaced = asked.Replaces is { } renewed ? await Streams(request).Read(new(renewed), request.Cancellation) : null;
        var outcome = ExceptionDecider.Request(id, asked, request.Caller.Actor, deployment?.State, request.Now, replaced?.State);
        if (outcome is Outcome<ExceptionEvent>.Refused refused)
        {
            return Problems.From(refused.Reason);
        }

        var created = await Streams(request).Create(
            new(id), request.Caller.Actor, ((Outcome<ExceptionEvent>.Accepted)outcome).Events, request.Cancellation);
        return created switch
        {
            CreateResult<ExceptionState>.Created made => Results.Json(View(made.Head), ApiJson.Wire.ExceptionSummary, statusCode: StatusCodes.Status201Created),
            CreateResult<ExceptionState>.Existing there => Results.Ok(View(there.Head)),
            _ => throw new InvalidOperationException($"A creation ended as {created}."),
        };
    }

    /// <summary>GET /cab/exceptions/{id}/.</summary>
    internal static async Task<IResult> Get(ApiRequest request) =>
        await Streams(request).Read(request.Id<CorrelationId>(), request.Cancellation) is { } head ? Results.Ok(View(head)) : Problems.From(new ExceptionUnknown());

    /// <summary>GET /cab/exceptions/pending/: oldest first.</summary>
    internal static async Task<IResult> Pending(ApiRequest request, Page page)
    {
        var found = await request.Service<ExceptionViews>().Pending(page.Limit, page.Cursor, request.Cancellation);
        return Results.Ok(new ExceptionsView(found.Items, page.Next(found.Cursor)));
    }

    /// <summary>POST /cab/exceptions/{id}/approve/ and /reject/.</summary>
    internal static async Task<IResult> Vote(ApiRequest request, Ballot ballot, string comments)
    {
        var head = await Streams(request).Read(request.Id<CorrelationId>(), request.Cancellation);
        if (head is null)
        {
            return Problems.From(new ExceptionUnknown());
        }

        var deployment = head.State.Request.DeploymentId is { } named ? await Deployments(request).Read(named, request.Cancellation) : null;
        var roles = new ReviewerRoles(request.Caller.Has(Roles.CabApprover), request.Caller.Has(Roles.SecurityReviewer));
        var result = await Streams(request).Change(
            head.Id,
            request.Caller.Actor,
            (state, at) => ExceptionDecider.Vote(state, new(request.Caller.Actor, roles, ballot, comments, at), deployment?.State),
            request.Cancellation);
        return result switch
        {
            ChangeResult<ExceptionState>.Refused refused => Problems.From(refused.Reason),
            { Settled: { } settled } => Results.Ok(View(settled)),
            _ => Problems.Unavailable(TimeSpan.FromSeconds(1)),
        };
    }

    private static ExceptionSummary View(StreamHead<ExceptionState> head) => ExceptionSummary.Of(head.State, head.Sequence, head.At);

    private static EventStreams<ExceptionState, ExceptionEvent> Streams(ApiRequest request) => request.Service<EventStreams<ExceptionState, ExceptionEvent>>();

    private static EventStreams<DeploymentState, DeploymentEvent> Deployments(ApiRequest request) => request.Service<EventStreams<DeploymentState, DeploymentEvent>>();
}

/// <summary>A page of exceptions.</summary>
internal sealed record ExceptionsView(IReadOnlyList<ExceptionSummary> Exceptions, string? ContinuationToken);

/// <summary>The functions of exceptions.</summary>
internal static class ExceptionFunctions
{
    private const string Exception = """{"id": "5b0c…", "kind": "finding", "status": "PENDING", "app_name": "7-Zip", "finding_ids": ["CVE-2026-1"], "needed": 1, "votes": 0}""";

    private static readonly Access Reviewers = Access.To(Roles.SecurityReviewer | Roles.CabApprover);

    /// <summary>The functions of this subject.</summary>
    public static IEnumerable<Function> All =>
    [
        Function.Post("RequestException", "cab/exceptions", Access.To(Roles.Publisher), ExceptionInput.Parse, ExceptionCalls.Request, new(
            "Asks for an exception from findings, a rule or a gate.",
            """
            {"kind": "finding", "app_name": "7-Zip", "finding_ids": ["CVE-2026-1"], "reason": "Not reachable in our configuration.",
             "compensating_controls": ["The feature is switched off by policy."], "expires_at": "2026-03-01T00:00:00Z"}
            """,
            Exception,
            StatusCodes.Status201Created)
        { Refusals = ["404 DEPLOYMENT_UNKNOWN", "404 EXCEPTION_UNKNOWN", "409 NOT_IN_THIS_STATUS", "409 NOT_THE_NEXT_STEP", "422 CONTROLS_REQUIRED", "422 EXCEPTION_INCOMPLETE", "422 EXCEPTION_MISMATCH", "422 EXPIRY_OUT_OF_RANGE", "422 RENEWAL_MISMATCH"] }),
        Function.Get("ListPendingExceptions", "cab/exceptions/pending", Access.AnyRole, input => input.Paging(), ExceptionCalls.Pending, new(
            "Exceptions that wait for a decision, oldest first.", Response: """{"exceptions": [], "continuation_token": null}""") { Paged = true }),
        Function.Get("GetException", "cab/exceptions/{id}", Access.AnyRole, ExceptionCalls.Get, new("One exception.", Response: Exception) { Refusals = ["404 EXCEPTION_UNKNOWN"] }),
        Function.Post("ApproveException", "cab/exceptions/{id}/approve", Reviewers, input => input.Body.OptionalProse("comments", 4000, 0) ?? string.Empty,
            (request, comments) => ExceptionCalls.Vote(request, Ballot.Approve, comments), Decision("Approves an exception.")),
        Function.Post("RejectException", "cab/exceptions/{id}/reject", Reviewers, input => input.Body.Prose("comments", 4000),
            (request, comments) => ExceptionCalls.Vote(request, Ballot.Reject, comments), Decision("Denies an exception.")),
        Function.Orchestration<ExceptionTermOrchestrator>(),
        Function.Activity<KeepExceptionTerm>(),
    ];

    private static HttpDocs Decision(string summary) => new(summary, """{"comments": "Until the vendor's fix."}""", Exception)
    {
        Refusals = ["403 ROLE_REQUIRED", "403 SELF_APPROVAL", "403 HUMAN_REQUIRED", "404 EXCEPTION_UNKNOWN", "409 ALREADY_DECIDED", "409 DECISION_EXPIRED", "409 OVERRIDE_OUTDATED"],
    };
}

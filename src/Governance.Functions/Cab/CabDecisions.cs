using System.Collections.Immutable;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Storage.Streams;

namespace Governance.Functions.Cab;

/// <summary>A vote as the caller sends it.</summary>
/// <param name="Seen">The digest in <c>If-Match</c>; null where the caller decides on what stands now.</param>
internal sealed record VoteWish(Ballot Ballot, string Comments, EquatableArray<CabCondition> Conditions, Digest? Seen)
{
    /// <summary>Reads an approval.</summary>
    internal static VoteWish Approval(Input input) =>
        new(Ballot.Approve, input.Body.OptionalProse("comments", 4000, 0) ?? string.Empty, ConditionInput.Read(input.Body), input.IfMatch());

    /// <summary>Reads a rejection; the reason is what its submitter learns from.</summary>
    internal static VoteWish Rejection(Input input) => new(Ballot.Reject, input.Body.Prose("comments", 4000), [], input.IfMatch());
}

/// <summary>An emergency approval as the caller sends it.</summary>
internal sealed record EmergencyWish(string IncidentId, string Reason)
{
    internal static EmergencyWish Parse(Input input) => new(input.Body.Text("incident_id", 100), input.Body.Prose("reason", 4000));
}

/// <summary>The review of an emergency approval as the caller sends it.</summary>
internal sealed record ReviewWish(ReviewOutcome Outcome, string Comments)
{
    private static readonly ImmutableSortedDictionary<string, ReviewOutcome> Outcomes = new[]
    {
        KeyValuePair.Create("confirmed", ReviewOutcome.Confirmed), KeyValuePair.Create("objected", ReviewOutcome.Objected),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    internal static ReviewWish Parse(Input input) => new(input.Body.Choice("outcome", Outcomes), input.Body.OptionalProse("comments", 4000, 0) ?? string.Empty);
}

/// <summary>What the CAB decides over HTTP. The review page and Teams send the same commands.</summary>
internal static class CabDecisions
{
    /// <summary>POST /cab/{id}/approve/ and /reject/. One read and one write before the answer.</summary>
    internal static async Task<IResult> Vote(ApiRequest request, VoteWish wish) => Answer(
        request, await Commands(request).Vote(request.Id<CorrelationId>(), request.Caller.Actor, wish, request.Cancellation));

    /// <summary>POST /cab/{id}/revoke.</summary>
    internal static async Task<IResult> Revoke(ApiRequest request, string reason) => Answer(
        request, await Commands(request).Revoke(request.Id<CorrelationId>(), request.Caller.Actor, reason, request.Cancellation));

    /// <summary>POST /cab/{id}/emergency.</summary>
    internal static async Task<IResult> Emergency(ApiRequest request, EmergencyWish wish) => Answer(
        request, await Commands(request).ApproveInEmergency(request.Id<CorrelationId>(), request.Caller.Actor, wish, request.Cancellation));

    /// <summary>POST /cab/{id}/review.</summary>
    internal static async Task<IResult> Review(ApiRequest request, ReviewWish wish) => Answer(
        request, await Commands(request).Review(request.Id<CorrelationId>(), request.Caller.Actor, wish, request.Cancellation));

    /// <summary>GET /cab/{id}/.</summary>
    internal static async Task<IResult> Get(ApiRequest request)
    {
        var head = await request.Service<EventStreams<DeploymentState, DeploymentEvent>>().Read(request.Id<CorrelationId>(), request.Cancellation);
        return head is null ? Problems.From(new DeploymentUnknown())
            : CabRequestView.Of(head.State, request.Now) is { } view ? Results.Ok(view)
            : Problems.NotFound("A CAB request for this deployment");
    }

    private static IResult Answer(ApiRequest request, ChangeResult<DeploymentState> result) => result switch
    {
        ChangeResult<DeploymentState>.Refused refused => Problems.From(refused.Reason),
        ChangeResult<DeploymentState>.Missing => Problems.From(new DeploymentUnknown()),
        { Settled: { } head } when CabRequestView.Of(head.State, request.Now) is { } view => Results.Ok(view),
        _ => Problems.Unavailable(TimeSpan.FromSeconds(1)),
    };

    private static CabCommands Commands(ApiRequest request) => request.Service<CabCommands>();
}

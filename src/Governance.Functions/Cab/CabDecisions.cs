using System.Collections.Immutable;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.Rollout;
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

/// <summary>What the CAB decides over HTTP. Teams sends the same commands.</summary>
internal static class CabDecisions
{
    /// <summary>POST /cab/{id}/approve/ and /reject/. One read and one write before the answer.</summary>
    internal static async Task<IResult> Vote(ApiRequest request, VoteWish wish) => Answer(await Streams(request).Change(
        request.Id<CorrelationId>(),
        request.Caller.Actor,
        (state, at) => CabDecider.Vote(state, new CastVote(request.Caller.Actor, wish.Ballot, wish.Seen, wish.Comments, wish.Conditions, at)),
        request.Cancellation));

    /// <summary>POST /cab/{id}/revoke.</summary>
    internal static async Task<IResult> Revoke(ApiRequest request, string reason) => Answer(await Streams(request).ChangeWithClaim(
        request.Id<CorrelationId>(),
        request.Caller.Actor,
        (state, row, at) =>
        {
            var stage = PublishClaim.StageOf(row);
            var outcome = CabDecider.Revoke(state, reason, request.Caller.Actor, stage, at);
            return (outcome, outcome is Outcome<DeploymentEvent>.Accepted { Events.IsEmpty: false } && stage == Core.Rollout.PublishStage.Claimed
                ? new ClaimWrite.Remove()
                : new ClaimWrite.Keep());
        },
        request.Cancellation));

    /// <summary>POST /cab/{id}/emergency.</summary>
    internal static async Task<IResult> Emergency(ApiRequest request, EmergencyWish wish) => Answer(await Streams(request).Change(
        request.Id<CorrelationId>(),
        request.Caller.Actor,
        (state, at) => CabDecider.ApproveInEmergency(state, wish.IncidentId, wish.Reason, request.Caller.Actor, at),
        request.Cancellation));

    /// <summary>POST /cab/{id}/review.</summary>
    internal static async Task<IResult> Review(ApiRequest request, ReviewWish wish) => Answer(await Streams(request).Change(
        request.Id<CorrelationId>(),
        request.Caller.Actor,
        (state, _) => CabDecider.Review(state, wish.Outcome, wish.Comments, request.Caller.Actor),
        request.Cancellation));

    /// <summary>GET /cab/{id}/.</summary>
    internal static async Task<IResult> Get(ApiRequest request)
    {
        var head = await Streams(request).Read(request.Id<CorrelationId>(), request.Cancellation);
        return head is null ? Problems.From(new DeploymentUnknown())
            : CabRequestView.Of(head.State) is { } view ? Results.Ok(view)
            : Problems.NotFound("A CAB request for this deployment");
    }

    private static IResult Answer(ChangeResult<DeploymentState> result) => result switch
    {
        ChangeResult<DeploymentState>.Refused refused => Problems.From(refused.Reason),
        ChangeResult<DeploymentState>.Missing => Problems.From(new DeploymentUnknown()),
        { Settled: { } head } when CabRequestView.Of(head.State) is { } view => Results.Ok(view),
        _ => Problems.Unavailable(TimeSpan.FromSeconds(1)),
    };

    private static EventStreams<DeploymentState, DeploymentEvent> Streams(ApiRequest request) =>
        request.Service<EventStreams<DeploymentState, DeploymentEvent>>();
}

using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Teams.Connector;
using Governance.Teams.SignIn;
using Microsoft.Extensions.Logging;

namespace Governance.Teams.Cab;

/// <summary>Answers a team's outgoing webhook with a status and a link. It never decides: its secret is known to a person and its messages are not tied to a card.</summary>
public sealed partial class StatusAnswers
{
    private const int MostListed = 5;

    private readonly TeamsOptions _options;
    private readonly ICabDesk _desk;
    private readonly WebhookReplays _replays;
    private readonly TimeProvider _clock;
    private readonly ILogger<StatusAnswers> _log;

    internal StatusAnswers(TeamsOptions options, ICabDesk desk, WebhookReplays replays, TimeProvider clock, ILogger<StatusAnswers> log) =>
        (_options, _desk, _replays, _clock, _log) = (options, desk, replays, clock, log);

    /// <summary>Answers one message.</summary>
    /// <param name="authorization">The header as it came; null where there is none.</param>
    /// <param name="body">The body's exact bytes: the proof covers them.</param>
    /// <param name="cancellation">Ends it when the caller has gone.</param>
    /// <returns>Within <see cref="TeamsOptions.AnswerWithin"/>.</returns>
    public async Task<CallbackAnswer> Answer(string? authorization, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        if (body.Length > TeamsActivity.MaxBytes)
        {
            return new CallbackAnswer.Problem(413, "BODY_TOO_LARGE", $"No message of Teams has more than {TeamsActivity.MaxBytes} bytes.");
        }

        if (WebhookProof.Find(authorization, body.Span, _options.OutgoingWebhooks) is not { } hook)
        {
            _log.CallbackUnproven("HMAC");
            return Unproven;
        }

        if (TeamsActivity.Parse(body) is not { Type: "message", Id: { } id, ConversationId: { } conversation } message)
        {
            return new CallbackAnswer.Problem(400, "INVALID_REQUEST", "body: a message of Teams is expected, as JSON.");
        }

        var tenant = _options.TenantId.ToString("D");
        if (message.Tenants.Any(each => !each.Equals(tenant, StringComparison.OrdinalIgnoreCase)) || (hook.TeamId is { } team && message.TeamId != team))
        {
            _log.CallbackRefused("OTHER_TENANT", null, null, CardText.Neutral(id, 100));
            return Says("This team is not configured for Governance.");
        }

        var replay = _replays.Judge(hook.TeamId ?? string.Empty, conversation, id, message.Timestamp, Digest.Of(body.Span));
        if (replay is Replay.OutOfTime or Replay.Altered)
        {
            _log.CallbackRefused(replay == Replay.Altered ? "MESSAGE_ALTERED" : "MESSAGE_OUT_OF_TIME", null, null, CardText.Neutral(id, 100));
            return Unproven;
        }

        using var timer = new CancellationTokenSource(_options.AnswerWithin, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        try
        {
            return await Read(message.Text ?? string.Empty, either.Token).WaitAsync(_options.AnswerWithin, _clock, cancellation).ConfigureAwait(false);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            _log.CallbackTimedOut("status");
            return Says("Governance did not answer in time. Try again.");
        }
    }

    private static CallbackAnswer Unproven { get; } =
        new CallbackAnswer.Problem(401, "TOKEN_REFUSED", "The message carries no valid proof of a configured outgoing webhook, or was sent too long ago.");

    private async Task<CallbackAnswer> Read(string text, CancellationToken cancellation)
    {
        var words = MentionPattern().Replace(text, " ").Replace("&nbsp;", " ", StringComparison.Ordinal)
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            ["status", var id] when CorrelationId.TryParse(id, null, out var deployment) => await Status(deployment, cancellation).ConfigureAwait(false),
            ["pending"] => await Pending(cancellation).ConfigureAwait(false),
            _ => Says("I know two things: 'status' with the id of a deployment, and 'pending'. I never decide; open the review page for that."),
        };
    }

    private async Task<CallbackAnswer> Status(CorrelationId id, CancellationToken cancellation) => await _desk.Read(id, cancellation).ConfigureAwait(false) switch
    {
        DeskAnswer.Stands { State: var state } => Says(
            $"{CardText.Neutral(state.Request.AppName, 100)} {CardText.Neutral(state.Request.Version, 60)} to {state.Request.TargetRing.WireName()} is {state.Status.WireName()}{Votes(state.Cab)}. {Link(id)}"),
        DeskAnswer.Unreachable => Says("Governance's storage does not answer. Try again."),
        _ => Says("There is no such deployment."),
    };

    private async Task<CallbackAnswer> Pending(CancellationToken cancellation)
    {
        if (await _desk.Pending(MostListed, cancellation).ConfigureAwait(false) is not { } open)
        {
            return Says("Governance's storage does not answer. Try again.");
        }

        var text = new StringBuilder(open.Count == 0 ? "Nothing waits for the CAB." : "Most urgent first:");
        foreach (var request in open)
        {
            text.Append(
                $"<br>{CardText.Neutral(request.AppName, 100)} {CardText.Neutral(request.Version, 60)} to {request.TargetRing.WireName()}, by {CabCardFacts.Utc(request.Cab!.DueAt)}: {Link(request.CorrelationId)}");
        }

        return Says(text.ToString());
    }

    private static string Votes(CabRequest? cab) => cab is not { IsOpen: true } ? string.Empty : $", {cab.Votes.Count(vote => vote.Ballot == Ballot.Approve)} of {cab.Needed} approvals";

    private string Link(CorrelationId id) => new Uri(_options.PublicAddress, $"/review/{id}").AbsoluteUri;

    private static CallbackAnswer.Json Says(string text) => new(200, new JsonObject { ["type"] = "message", ["text"] = text });

    [GeneratedRegex("<at>[^<]{0,200}</at>", RegexOptions.IgnoreCase)]
    private static partial Regex MentionPattern();
}

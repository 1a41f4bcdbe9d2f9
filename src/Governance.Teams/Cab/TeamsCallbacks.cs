using Governance.Core;
using Governance.Core.Events;
using Governance.Teams.Approvers;
using Governance.Teams.Connector;
using Governance.Teams.SignIn;
using Microsoft.Extensions.Logging;

namespace Governance.Teams.Cab;

/// <summary>What Teams sends to the bot: pressed buttons above all. Believed only with the connector's proof, for a card of ours where it was put, by an approver of the tenant; answered in time whatever storage does.</summary>
public sealed class TeamsCallbacks
{
    private readonly TeamsOptions _options;
    private readonly ConnectorTokens _tokens;
    private readonly CardSigner _signer;
    private readonly TapPeople _people;
    private readonly CardTaps _taps;
    private readonly TimeProvider _clock;
    private readonly ILogger<TeamsCallbacks> _log;

    internal TeamsCallbacks(
        TeamsOptions options, ConnectorTokens tokens, CardSigner signer, TapPeople people, CardTaps taps, TimeProvider clock, ILogger<TeamsCallbacks> log) =>
        (_options, _tokens, _signer, _people, _taps, _clock, _log) = (options, tokens, signer, people, taps, clock, log);

    /// <summary>Answers one callback.</summary>
    /// <param name="authorization">The header as it came; null where there is none.</param>
    /// <param name="body">The body's bytes.</param>
    /// <param name="cancellation">Ends it when the caller has gone.</param>
    /// <returns>Within <see cref="TeamsOptions.AnswerWithin"/>.</returns>
    public async Task<CallbackAnswer> Answer(string? authorization, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        if (body.Length > TeamsActivity.MaxBytes)
        {
            return new CallbackAnswer.Problem(413, "BODY_TOO_LARGE", $"No callback of Teams has more than {TeamsActivity.MaxBytes} bytes.");
        }

        if (TeamsActivity.Parse(body) is not { } activity)
        {
            return new CallbackAnswer.Problem(400, "INVALID_REQUEST", "body: an activity of Teams is expected, as JSON.");
        }

        var progress = new Progress();
        using var timer = new CancellationTokenSource(_options.AnswerWithin, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        try
        {
            // Not all that is waited for listens to its cancellation at once; the answer goes out all the same.
            return await Handle(authorization, activity, progress, either.Token).WaitAsync(_options.AnswerWithin, _clock, cancellation).ConfigureAwait(false);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            _log.CallbackTimedOut(progress.Step.ToString());
            return progress.Step switch
            {
                Step.Proof => new CallbackAnswer.Problem(503, "UNAVAILABLE", "The proof could not be checked in time. Try again."),
                Step.Person => CallbackAnswer.Toast("Governance could not find out in time who you are; nothing was recorded. Try again, or use the review page."),
                _ => CallbackAnswer.Toast(
                    "Governance did not answer in time, so it is not known whether your decision was recorded. Press the button again, which never counts twice, or look at the review page."),
            };
        }
    }

    private async Task<CallbackAnswer> Handle(string? authorization, TeamsActivity activity, Progress progress, CancellationToken cancellation)
    {
        if (await _tokens.Judge(authorization, activity, cancellation).ConfigureAwait(false) is { } flaw)
        {
            _log.CallbackUnproven(flaw.ToString());
            return Unproven(flaw);
        }

        if (activity.Type != "invoke")
        {
            // Messages and news of the conversation: nothing is asked.
            return CallbackAnswer.Nothing;
        }

        if (activity.Name != "adaptiveCard/action")
        {
            return new CallbackAnswer.Json(501, null);
        }

        var tenant = _options.TenantId.ToString("D");
        if (activity.Tenants.Count == 0 || activity.Tenants.Any(each => !each.Equals(tenant, StringComparison.OrdinalIgnoreCase)))
        {
            return Refuse(activity, null, "OTHER_TENANT", "This card belongs to another organisation; you cannot decide here.");
        }

        if (activity.Verb is not { } verb || _signer.Read(verb, activity.Data) is not { } binding)
        {
            return Refuse(activity, null, "CARD_ALTERED", "This is no card of Governance, or it was changed. Decide on the review page.");
        }

        if (activity.ReplyToId != binding.ActivityId || activity.ConversationId != binding.ConversationId)
        {
            return Refuse(activity, binding, "CARD_ELSEWHERE", "This is a copy of a card. Decide on the original in the CAB's channel, or on the review page.");
        }

        if (activity.Trigger == "automatic" || verb == CardVerbs.Refresh)
        {
            progress.Step = Step.Decision;
            return await _taps.Show(binding, cancellation).ConfigureAwait(false);
        }

        return await Decide(activity, verb, binding, progress, cancellation).ConfigureAwait(false);
    }

    private async Task<CallbackAnswer> Decide(TeamsActivity activity, string verb, CardBinding binding, Progress progress, CancellationToken cancellation)
    {
        progress.Step = Step.Person;
        var (person, refused) = await _people.Find(activity, cancellation).ConfigureAwait(false);
        if (person is not { } approver)
        {
            return Refuse(activity, binding, refused!.Code, refused.Sentence);
        }

        var (decision, wrong) = TapDecision.Read(verb, activity.Data);
        if (decision is null)
        {
            return Refuse(activity, binding, "INPUT_WRONG", wrong!);
        }

        progress.Step = Step.Decision;
        return await _taps.Decide(binding, Actor.User(approver), decision, activity.Id, cancellation).ConfigureAwait(false);
    }

    private CallbackAnswer Refuse(TeamsActivity activity, CardBinding? binding, string code, string sentence)
    {
        _log.CallbackRefused(code, binding?.Id.ToString(), Shown(activity.FromObjectId), Shown(activity.Id));
        return CallbackAnswer.Toast(sentence);
    }

    private static string? Shown(string? text) => text is null ? null : CardText.Neutral(text, 100);

    private static CallbackAnswer.Problem Unproven(TokenFlaw flaw) => flaw switch
    {
        TokenFlaw.NoKeys => new(503, "UNAVAILABLE", "The proof cannot be checked now. Try again."),
        TokenFlaw.Missing => new(401, "SIGN_IN_REQUIRED", "Only the bot connector of Teams calls this route, with its bearer token."),
        TokenFlaw.OtherService => new(403, "SERVICE_REFUSED", "The token is not for the service that the activity names."),
        _ => new(401, "TOKEN_REFUSED", "The bearer token is not one of the bot connector for this bot, or has expired."),
    };

    private sealed class Progress
    {
        internal volatile Step Step;
    }

    private enum Step
    {
        Proof,
        Person,
        Decision,
    }
}

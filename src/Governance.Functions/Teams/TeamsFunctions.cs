using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Teams;
using Governance.Teams.Connector;

namespace Governance.Functions.Teams;

/// <summary>What Teams calls, and the timer that brings late cards.</summary>
internal static class TeamsFunctions
{
    /// <summary>The functions of this subject.</summary>
    public static IEnumerable<Function> All =>
    [
        Function.PostBytes("TeamsMessages", "teams/messages", Access.Teams, Messages, new(
            "What the bot connector delivers: pressed buttons of CAB cards. The connector's token is the proof.",
            """{"type": "invoke", "name": "adaptiveCard/action", "value": {"action": {"type": "Action.Execute", "verb": "cab.approve"}}}""",
            """{"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Your approval is recorded."}""")
        { Refusals = ["401 SIGN_IN_REQUIRED", "401 TOKEN_REFUSED", "403 SERVICE_REFUSED", "404 TEAMS_NOT_CONFIGURED", "501 REQUEST_REFUSED"] }),
        Function.PostBytes("TeamsOutgoingWebhook", "teams/outgoing-webhook", Access.Teams, Status, new(
            "A message to a team's outgoing webhook: answers a status and a link, never decides. An HMAC over the body is the proof.",
            """{"type": "message", "text": "<at>CAB</at> status 5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11"}""",
            """{"type": "message", "text": "7-Zip 24.09 to LAB is AWAITING_CAB."}""")
        { Refusals = ["401 TOKEN_REFUSED", "404 TEAMS_NOT_CONFIGURED"] }),
        Function.Timer("BringLateCards", "*/30 * * * * *", Late),
    ];

    private static async Task<IResult> Messages(ApiRequest request, ReadOnlyMemory<byte> body) =>
        request.Http.RequestServices.GetService<TeamsConnection>()?.Callbacks is { } callbacks
            ? Answer(await callbacks.Answer(request.Http.Request.Headers.Authorization, body, request.Cancellation))
            : NotConfigured;

    private static async Task<IResult> Status(ApiRequest request, ReadOnlyMemory<byte> body) =>
        request.Http.RequestServices.GetService<TeamsConnection>()?.Status is { } status
            ? Answer(await status.Answer(request.Http.Request.Headers.Authorization, body, request.Cancellation))
            : NotConfigured;

    private static async Task<string> Late(TimerRun run) => run.Services.GetService<TeamsConnection>()?.Cards is { } cards
        ? $"{await cards.CatchUp(run.Cancellation)} late cards and notices were tried."
        : "No channel is configured.";

    private static IResult NotConfigured => Problems.Of(StatusCodes.Status404NotFound, "TEAMS_NOT_CONFIGURED", "Teams is not configured for this; see the settings Teams__….");

    private static IResult Answer(CallbackAnswer answer) => answer switch
    {
        CallbackAnswer.Problem problem => Problems.Of(problem.Status, problem.Code, problem.Detail),
        CallbackAnswer.Json { Body: { } body, Status: var status } => Results.Text(body.ToJsonString(ApiJson.Wire.Options), "application/json", statusCode: status),
        CallbackAnswer.Json { Status: var status } => Results.StatusCode(status),
        _ => throw new InvalidOperationException($"A callback was answered with {answer}."),
    };
}

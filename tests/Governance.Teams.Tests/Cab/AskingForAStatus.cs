using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Governance.Teams.Cab;
using Governance.Teams.Connector;
using Governance.Teams.SignIn;
using Governance.Teams.Tests.Testing;
using Governance.Testing;
using Governance.Testing.Deployments;

namespace Governance.Teams.Tests.Cab;

public sealed class AskingForAStatus
{
    private readonly FakeClock _clock = new(Sample.Noon);
    private readonly KeptLog _log = new();
    private readonly MemoryDesk _desk;
    private readonly StatusAnswers _status;

    public AskingForAStatus()
    {
        _desk = new(DeploymentStories.AwaitingCab(), _clock);
        _status = new(Bench.Options, _desk, new WebhookReplays(_clock), _clock, _log);
    }

    [Fact]
    public void The_proof_is_the_one_of_the_published_example()
    {
        var body = Encoding.UTF8.GetBytes("""{"type":"message","text":"<at>CAB</at> approve CR-42"}""");

        Assert.NotNull(WebhookProof.Find("HMAC AbJOeo/pSLjr11UCXOoBXSmiRDrdbgwah42E65q8fZQ=", body, Bench.Options.OutgoingWebhooks));
        Assert.Null(WebhookProof.Find("HMAC AbJOeo/pSLjr11UCXOoBXSmiRDrdbgwah42E65q8fZQ=", [.. body, (byte)' '], Bench.Options.OutgoingWebhooks));
        Assert.Null(WebhookProof.Find("HMAC AbJOeo/pSLjr11UCXOoBXSmiRDrdbgwah42E65q8fZQ=", body, []));
    }

    [Fact]
    public void During_a_change_of_secrets_both_count()
    {
        var (old, now) = (RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
        OutgoingWebhook[] hooks = [new(old, "a"), new(now, "b")];

        Assert.Equal("a", WebhookProof.Find(Proof("x"u8.ToArray(), old), "x"u8, hooks)!.TeamId);
        Assert.Equal("b", WebhookProof.Find(Proof("x"u8.ToArray(), now), "x"u8, hooks)!.TeamId);
        Assert.DoesNotContain(Convert.ToBase64String(old), hooks[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_status_is_one_sentence_and_a_link()
    {
        var said = Text(await Ask($"<at>CAB</at>&nbsp;status {Sample.Id}"));

        Assert.Equal($"7-Zip 24.09 to PILOT is AWAITING_CAB, 0 of 1 approvals. https://governance.contoso.com/review/{Sample.Id}", said);
    }

    [Fact]
    public async Task Pending_lists_what_is_most_urgent()
    {
        Assert.Contains("7-Zip 24.09 to PILOT, by 2026-03-04 12:00 UTC: https://governance.contoso.com/review/", Text(await Ask("<at>CAB</at> pending")), StringComparison.Ordinal);
        _desk.Story = _desk.Story.Votes(Sample.Vote(People.Bob));
        Assert.Equal("Nothing waits for the CAB.", Text(await Ask("<at>CAB</at> pending")));
    }

    [Theory]
    [InlineData("approve d0000000-0000-4000-8000-000000000001")]
    [InlineData("status banana")]
    [InlineData("")]
    public async Task Nothing_else_is_understood_and_nothing_decided(string text)
    {
        Assert.Contains("I never decide", Text(await Ask($"<at>CAB</at> {text}")), StringComparison.Ordinal);
        Assert.Equal(0, _desk.Votes);
    }

    [Fact]
    public async Task What_is_not_there_or_does_not_answer_is_told()
    {
        Assert.Equal("There is no such deployment.", Text(await Ask($"status {Sample.OtherId}")));
        _desk.Instead = new DeskAnswer.Unreachable();
        Assert.Contains("does not answer", Text(await Ask($"status {Sample.Id}")), StringComparison.Ordinal);
        Assert.Contains("does not answer", Text(await Ask("pending")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("HMAC")]
    [InlineData("HMAC !!!")]
    [InlineData("HMAC AAAA")]
    [InlineData("hmac AbJOeo/pSLjr11UCXOoBXSmiRDrdbgwah42E65q8fZQ=")]
    [InlineData("Bearer abc")]
    [InlineData("HMAC AbJOeo/pSLjr11UCXOoBXSmiRDrdbgwah42E65q8fZQ=")]
    public async Task Without_the_secret_nothing_is_answered(string? authorization)
    {
        var answer = await _status.Answer(authorization, Body("pending"), CancellationToken.None);

        Assert.Equal((401, "TOKEN_REFUSED"), answer.Problem());
        Assert.Contains(_log.Lines, line => line.Id == 3210);
    }

    [Theory]
    [InlineData(-301)]
    [InlineData(301)]
    public async Task A_message_of_another_time_is_refused(int seconds) =>
        Assert.Equal((401, "TOKEN_REFUSED"), (await Ask("pending", message => message["timestamp"] = Sample.Noon.AddSeconds(seconds).ToString("o"))).Problem());

    [Fact]
    public async Task A_message_without_a_time_is_refused() =>
        Assert.Equal((401, "TOKEN_REFUSED"), (await Ask("pending", message => message.Remove("timestamp"))).Problem());

    [Fact]
    public async Task A_replay_is_answered_within_five_minutes_and_refused_after()
    {
        var body = Body("pending");
        var proof = Proof(body);
        Text(await _status.Answer(proof, body, CancellationToken.None));
        Text(await _status.Answer(proof, body, CancellationToken.None));

        _clock.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal((401, "TOKEN_REFUSED"), (await _status.Answer(proof, body, CancellationToken.None)).Problem());
    }

    [Fact]
    public async Task The_same_message_id_with_other_words_is_refused()
    {
        Text(await Ask("pending", message => message["id"] = "1"));

        Assert.Equal((401, "TOKEN_REFUSED"), (await Ask($"status {Sample.Id}", message => message["id"] = "1")).Problem());
    }

    [Fact]
    public void What_was_seen_is_forgotten_after_a_day_and_kept_within_bounds()
    {
        var replays = new WebhookReplays(_clock);
        Assert.Equal(Replay.First, replays.Judge("h", "c", "1", _clock.GetUtcNow(), Core.Digest.Zero));
        for (var number = 0; number < 10_001; number++)
        {
            replays.Judge("h", "other", $"{number}", _clock.GetUtcNow(), Core.Digest.Zero);
        }

        Assert.Equal(Replay.First, replays.Judge("h", "c", "1", _clock.GetUtcNow(), Core.Digest.Zero));
        _clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(Replay.First, replays.Judge("h", "c", "1", _clock.GetUtcNow(), Core.Digest.Zero));
    }

    [Fact]
    public async Task Another_tenant_or_team_learns_nothing()
    {
        Assert.Contains("not configured", Text(await Ask("pending", message => message["channelData"]!["tenant"]!["id"] = Guid.NewGuid().ToString())), StringComparison.Ordinal);
        var bound = new StatusAnswers(
            Bench.Options with { OutgoingWebhooks = [Bench.Options.OutgoingWebhooks[0] with { TeamId = "19:team@thread.tacv2" }] }, _desk, new(_clock), _clock, _log);
        var body = Body("pending");
        Assert.Contains("not configured", Text(await bound.Answer(Proof(body), body, CancellationToken.None)), StringComparison.Ordinal);
        body = Body("pending", message => message["channelData"]!["teamsTeamId"] = "19:team@thread.tacv2");
        Assert.Contains("Most urgent", Text(await bound.Answer(Proof(body), body, CancellationToken.None)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Storage_that_hangs_does_not_hold_up_the_answer()
    {
        var asked = new TaskCompletionSource();
        _desk.Storage = _ =>
        {
            asked.TrySetResult();
            return new TaskCompletionSource().Task;
        };
        var answer = Ask($"status {Sample.Id}");
        await asked.Task;
        _clock.Advance(Bench.Options.AnswerWithin);

        Assert.Contains("did not answer in time", Text(await answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_message_is_a_bad_request()
    {
        var body = "{}"u8.ToArray();
        Assert.Equal((400, "INVALID_REQUEST"), (await _status.Answer(Proof(body), body, CancellationToken.None)).Problem());
        Assert.Equal((413, "BODY_TOO_LARGE"), (await _status.Answer("HMAC x", new byte[(256 * 1024) + 1], CancellationToken.None)).Problem());
    }

    private static string Proof(byte[] body, byte[]? secret = null) =>
        $"HMAC {Convert.ToBase64String(HMACSHA256.HashData(secret ?? Bench.Options.OutgoingWebhooks[0].Secret.Span, body))}";

    private static string Text(CallbackAnswer answer) => Assert.IsType<CallbackAnswer.Json>(answer).Body!["text"]!.GetValue<string>();

    private Task<CallbackAnswer> Ask(string text, Action<JsonObject>? change = null)
    {
        var body = Body(text, change);
        return _status.Answer(Proof(body), body, CancellationToken.None);
    }

    private byte[] Body(string text, Action<JsonObject>? change = null)
    {
        var message = new JsonObject
        {
            ["type"] = "message",
            ["id"] = Guid.NewGuid().ToString(),
            ["timestamp"] = _clock.GetUtcNow().ToString("o"),
            ["text"] = text,
            ["conversation"] = new JsonObject { ["id"] = "19:cab@thread.tacv2" },
            ["channelData"] = new JsonObject { ["tenant"] = new JsonObject { ["id"] = Bench.Tenant.ToString() } },
        };
        change?.Invoke(message);
        return Encoding.UTF8.GetBytes(message.ToJsonString());
    }
}

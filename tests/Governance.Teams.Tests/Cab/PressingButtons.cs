using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Teams.Approvers;
using Governance.Teams.Cab;
using Governance.Teams.Connector;
using Governance.Teams.Tests.Testing;
using Governance.Testing;
using Governance.Testing.Deployments;

namespace Governance.Teams.Tests.Cab;

public sealed class PressingButtons : IDisposable
{
    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task An_approval_settles_the_request_and_comes_back_as_a_card_without_buttons()
    {
        var card = (await _bench.Tap(People.Bob, change: activity => Data(activity)["note"] = "Fine by me.")).Card();

        Assert.Equal((CabDecision.Approved, People.Bob, "Fine by me."), (_bench.Desk.State.Cab!.Decision, _bench.Desk.State.Cab.Approver!.Value, _bench.Desk.State.Cab.Comments));
        Assert.Contains("Approved: 7-Zip 24.09", card.Texts(), StringComparison.Ordinal);
        Assert.Contains("Fine by me.", card.Texts(), StringComparison.Ordinal);
        Assert.DoesNotContain("Action.Execute", card.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(_bench.Log.Lines, line => line.Id == 3212);
    }

    [Fact]
    public async Task Conditions_of_the_card_are_typed()
    {
        await _bench.Tap(People.Bob, CardVerbs.ApproveWithConditions, activity =>
        {
            var data = Data(activity);
            (data["max_ring"], data["min_success_rate"], data["observe_hours"]) = ("CANARY", "99.5", "48");
            (data["not_before"], data["not_after"], data["condition"], data["note"]) = ("2026-03-03", "2026-03-09", "Tell the help desk.", "Carefully.");
        });

        Assert.Equal(CabDecision.Conditional, _bench.Desk.State.Cab!.Decision);
        Assert.Equal(
            [
                new CabCondition { Kind = CabConditionKind.MaxRing, Ring = Ring.Canary },
                new CabCondition { Kind = CabConditionKind.MinSuccessRate, BasisPoints = 9950 },
                new CabCondition { Kind = CabConditionKind.ObserveHours, Hours = 48 },
                new CabCondition { Kind = CabConditionKind.NotBefore, At = new(2026, 3, 3, 0, 0, 0, TimeSpan.Zero) },
                new CabCondition { Kind = CabConditionKind.NotAfter, At = new(2026, 3, 10, 0, 0, 0, TimeSpan.Zero) },
                new CabCondition { Kind = CabConditionKind.Note, Text = "Tell the help desk." },
            ],
            _bench.Desk.State.Cab.Conditions);
    }

    [Theory]
    [InlineData("max_ring", "MOON")]
    [InlineData("min_success_rate", "101")]
    [InlineData("min_success_rate", "-1")]
    [InlineData("min_success_rate", "99.999")]
    [InlineData("observe_hours", "0")]
    [InlineData("observe_hours", "2161")]
    [InlineData("observe_hours", "1.5")]
    [InlineData("not_before", "tomorrow")]
    [InlineData("not_after", "2026-02-30")]
    [InlineData("note2", "no condition at all")]
    public async Task An_input_that_is_wrong_is_told_and_nothing_changes(string name, string value)
    {
        var said = (await _bench.Tap(People.Bob, CardVerbs.ApproveWithConditions, activity => Data(activity)[name] = value)).Toast();

        Assert.NotEmpty(said);
        Assert.Equal(0, _bench.Desk.Votes);
    }

    [Fact]
    public async Task A_rejection_needs_a_reason_whatever_the_client_has_checked()
    {
        Assert.Contains("why", (await _bench.Tap(People.Bob, CardVerbs.Reject, activity => Data(activity)["reason"] = " \u0001 ")).Toast(), StringComparison.Ordinal);
        Assert.Contains("1000", (await _bench.Tap(People.Bob, CardVerbs.Reject, activity => Data(activity)["reason"] = new string('x', 1001))).Toast(), StringComparison.Ordinal);
        Assert.Equal(0, _bench.Desk.Votes);

        Assert.Contains("Your rejection is recorded.", (await _bench.Tap(People.Bob, CardVerbs.Reject)).Card().Texts(), StringComparison.Ordinal);
        Assert.Equal(CabDecision.Rejected, _bench.Desk.State.Cab!.Decision);
    }

    [Fact]
    public async Task Below_the_quorum_the_card_keeps_its_buttons_and_says_how_many_are_missing()
    {
        using var bench = new Bench(DeploymentStories.AwaitingCab(quorum: 2));

        var card = (await bench.Tap(People.Bob)).Card();

        Assert.Contains("Your approval is recorded: 1 of 2.", card.Texts(), StringComparison.Ordinal);
        Assert.Contains("Action.Execute", card.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(CabDecision.Pending, bench.Desk.State.Cab!.Decision);
        Assert.Contains("Your approval is recorded.", (await bench.Tap(People.Carol)).Card().Texts(), StringComparison.Ordinal);
        Assert.Equal(CabDecision.Approved, bench.Desk.State.Cab.Decision);
    }

    [Fact]
    public async Task One_person_fills_one_seat_however_often_they_press()
    {
        using var bench = new Bench(DeploymentStories.AwaitingCab(quorum: 2));

        await bench.Tap(People.Bob);
        await bench.Tap(People.Bob);
        await bench.Tap(People.Bob, change: activity => Data(activity)["note"] = "Again.");

        Assert.Equal(CabDecision.Pending, bench.Desk.State.Cab!.Decision);
        Assert.Single(bench.Desk.State.Cab.Votes);
    }

    [Fact]
    public async Task The_same_callback_under_changing_activity_ids_is_one_decision_and_one_answer()
    {
        var press = _bench.Press(People.Bob);
        var answers = new List<string>();
        for (var delivery = 0; delivery < 3; delivery++)
        {
            press["id"] = $"f:redelivered-{delivery}";
            answers.Add((await _bench.Deliver(press)).Card().ToJsonString());
        }

        Assert.Single(answers.Distinct());
        Assert.Single(_bench.Desk.Story.Types, type => type == CabApproved.Name);
    }

    [Fact]
    public async Task Of_twenty_approvals_and_rejections_at_once_exactly_one_decides()
    {
        var seeded = new Seeded(20);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(number =>
            Task.Run(() => _bench.Tap(seeded.NextPersonLocked(), number % 2 == 0 ? CardVerbs.Approve : CardVerbs.Reject))));

        Assert.Single(answers, answer => answer.Card().Texts().Contains("is recorded.", StringComparison.Ordinal));
        Assert.Equal(19, answers.Count(answer => answer.Card().Texts().Contains("Not recorded. This request was decided already", StringComparison.Ordinal)));
        Assert.Single(_bench.Desk.Story.Types, type => type is CabApproved.Name or CabRejected.Name);
    }

    [Fact]
    public async Task Whoever_is_involved_is_told_so_and_does_not_decide()
    {
        var said = (await _bench.Tap(People.Alice)).Toast();

        Assert.Contains("does not decide", said, StringComparison.Ordinal);
        Unchanged();
        Assert.Contains(_bench.Log.Lines, line => line.Id == 3211 && line.Text.Contains("SELF_APPROVAL", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ApproverStanding.NotApprover, "ROLE_MISSING")]
    [InlineData(ApproverStanding.Guest, "GUEST_REFUSED")]
    [InlineData(ApproverStanding.Disabled, "ACCOUNT_DISABLED")]
    [InlineData(ApproverStanding.Unknown, "DIRECTORY_SILENT")]
    public async Task Only_whom_the_directory_calls_an_approver_decides(ApproverStanding standing, string code)
    {
        _bench.Directory.Standing = _ => standing;

        Refused(await _bench.Tap(People.Bob), code);
    }

    [Fact]
    public async Task A_guest_or_foreign_or_unconfirmed_member_does_not_decide()
    {
        var honest = _bench.Roster;
        _bench.Roster = from => With(honest(from)!, "userRole", "guest");
        Refused(await _bench.Tap(People.Bob), "GUEST_REFUSED");

        _bench.Roster = from => With(honest(from)!, "tenantId", Guid.NewGuid().ToString());
        _bench.Clock.Advance(TimeSpan.FromMinutes(6));
        Refused(await _bench.Tap(People.Bob), "OTHER_TENANT");

        _bench.Roster = _ => null;
        _bench.Clock.Advance(TimeSpan.FromMinutes(6));
        Refused(await _bench.Tap(People.Bob), "ROSTER_SILENT");
    }

    [Fact]
    public async Task A_sender_that_claims_to_be_another_person_does_not_decide() =>
        Refused(await _bench.Tap(People.Alice, change: activity => activity["from"]!["aadObjectId"] = People.Bob.ToString()), "PERSON_MISMATCH");

    [Fact]
    public async Task A_sender_without_an_object_id_does_not_decide()
    {
        Refused(await _bench.Tap(People.Bob, change: activity => activity["from"]!.AsObject().Remove("aadObjectId")), "PERSON_UNKNOWN");
        Refused(await _bench.Tap(People.Bob, change: activity => activity.Remove("from")), "PERSON_UNKNOWN");
    }

    [Theory]
    [InlineData("role", "agenticUser")]
    [InlineData("role", "agenticAppInstance")]
    [InlineData("role", "skill")]
    [InlineData("role", "agent")]
    [InlineData("agenticUserId", "x")]
    [InlineData("agenticAppId", "x")]
    public async Task An_agent_does_not_decide(string name, string value) =>
        Refused(await _bench.Tap(People.Bob, change: activity => activity["from"]![name] = value), "HUMAN_REQUIRED");

    [Fact]
    public async Task A_card_of_another_tenant_is_refused_in_words()
    {
        Refused(await _bench.Tap(People.Bob, change: activity => activity["conversation"]!["tenantId"] = Guid.NewGuid().ToString()), "OTHER_TENANT");
        Refused(await _bench.Tap(People.Bob, change: activity => activity["channelData"]!["tenant"]!["id"] = Guid.NewGuid().ToString()), "OTHER_TENANT");
        Refused(await _bench.Tap(People.Bob, change: activity => activity["from"]!["tenantId"] = Guid.NewGuid().ToString()), "OTHER_TENANT");
        Refused(await _bench.Tap(People.Bob, change: activity =>
        {
            activity["conversation"]!.AsObject().Remove("tenantId");
            activity.Remove("channelData");
        }), "OTHER_TENANT");
    }

    [Theory]
    [InlineData("rid", "d0000000-0000-4000-8000-000000000002")]
    [InlineData("rev", "2")]
    [InlineData("dig", "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("nonce", "another")]
    [InlineData("exp", "9999999999")]
    [InlineData("conv", "19:other@thread.tacv2;messageid=100")]
    [InlineData("act", "101")]
    [InlineData("mac", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("mac", "short")]
    [InlineData("mac", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"")]
    [InlineData("mac", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\u00e9")]
    public async Task A_button_whose_data_was_changed_decides_nothing(string name, string value) =>
        Refused(await _bench.Tap(People.Bob, change: activity => Data(activity)[name] = value), "CARD_ALTERED");

    [Fact]
    public async Task A_button_of_one_verb_does_not_do_for_another()
    {
        Refused(await _bench.Tap(People.Bob, change: activity => activity["value"]!["action"]!["verb"] = CardVerbs.Reject), "CARD_ALTERED");
        Refused(await _bench.Tap(People.Bob, change: activity => activity["value"]!["action"]!["verb"] = "cab.everything"), "CARD_ALTERED");
        Refused(await _bench.Tap(People.Bob, change: activity => activity["value"]!["action"]!.AsObject().Remove("verb")), "CARD_ALTERED");
        Refused(await _bench.Tap(People.Bob, change: activity => activity.Remove("value")), "CARD_ALTERED");
    }

    [Fact]
    public async Task A_card_that_was_forwarded_or_copied_decides_nothing()
    {
        Refused(await _bench.Tap(People.Bob, change: activity => activity["replyToId"] = "101"), "CARD_ELSEWHERE");
        Refused(await _bench.Tap(People.Bob, change: activity => activity["conversation"]!["id"] = "19:other@thread.tacv2;messageid=100"), "CARD_ELSEWHERE");
    }

    [Fact]
    public async Task A_card_signed_with_the_key_before_still_counts_and_with_an_unknown_one_does_not()
    {
        var old = new CardSigner(new byte[32], default);
        var rotated = new CardSigner(Bench.Options.Bot!.CardKey, new byte[32]);
        var binding = _bench.Binding;

        Assert.Equal(binding, rotated.Read(CardVerbs.Approve, Flat(old.Sign(binding, CardVerbs.Approve))));
        Assert.Null(Bench.Signer.Read(CardVerbs.Approve, Flat(old.Sign(binding, CardVerbs.Approve))));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_late_tap_is_refused_on_the_card_itself()
    {
        _bench.Clock.Advance(TimeSpan.FromHours(96));

        var card = (await _bench.Tap(People.Bob)).Card();

        Assert.Contains("Not recorded. The time to decide ended", card.Texts(), StringComparison.Ordinal);
        Unchanged();
    }

    [Fact]
    public async Task A_tap_on_a_decided_request_shows_the_decision()
    {
        await _bench.Tap(People.Bob, CardVerbs.Reject);

        var card = (await _bench.Tap(People.Carol)).Card();

        Assert.Contains("Not recorded. This request was decided already", card.Texts(), StringComparison.Ordinal);
        Assert.Contains("Rejected: 7-Zip 24.09", card.Texts(), StringComparison.Ordinal);
        Assert.DoesNotContain("Action.Execute", card.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tap_on_a_superseded_card_shows_that_it_is()
    {
        using var bench = new Bench(DeploymentStories.Approved());
        var old = bench.Press(People.Carol);
        bench.Desk.Story = bench.Desk.Story.Revokes();

        var card = (await bench.Deliver(old)).Card();

        Assert.Contains("Not recorded. The change is now", card.Texts(), StringComparison.Ordinal);
        Assert.Contains("Superseded", card.Texts(), StringComparison.Ordinal);
        Assert.DoesNotContain("Action.Execute", card.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(bench.Desk.State.Cab!.Votes);
    }

    [Fact]
    public async Task A_tap_on_a_card_whose_evidence_was_replaced_shows_that_it_is_superseded()
    {
        var old = _bench.Press(People.Bob);
        _bench.Desk.Story = _bench.Desk.Story.Does(
            People.Alice.Acts(), at => DeploymentDecider.LinkEvidence(at.State, Sample.Link(Sample.OtherPack), Sample.About, DeploymentStories.By(People.Alice), Core.Rollout.PublishStage.None));

        var card = (await _bench.Deliver(old)).Card();

        Assert.Contains("Not recorded. Nothing is asked of the CAB", card.Texts(), StringComparison.Ordinal);
        Assert.Contains("Superseded", card.Texts(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CardVerbs.Refresh, "manual")]
    [InlineData(CardVerbs.Refresh, "automatic")]
    [InlineData(CardVerbs.Approve, "automatic")]
    public async Task Showing_a_card_changes_nothing(string verb, string trigger)
    {
        var card = (await _bench.Tap(People.Bob, verb, activity => activity["value"]!["trigger"] = trigger)).Card();

        Assert.Contains("CAB decision needed", card.Texts(), StringComparison.Ordinal);
        Assert.Equal(0, _bench.Desk.Votes);
    }

    [Fact]
    public async Task Storage_that_hangs_does_not_hold_up_the_answer()
    {
        var asked = new TaskCompletionSource();
        _bench.Desk.Storage = _ =>
        {
            asked.TrySetResult();
            return new TaskCompletionSource().Task;
        };
        await _bench.Tap(People.Bob, CardVerbs.Approve, activity => activity["replyToId"] = "warm");

        var answer = _bench.Tap(People.Bob);
        await asked.Task;
        Assert.False(answer.IsCompleted);
        _bench.Clock.Advance(Bench.Options.AnswerWithin);

        Assert.Contains("not known whether your decision was recorded", (await answer).Toast(), StringComparison.Ordinal);
        Assert.Contains(_bench.Log.Lines, line => line.Id == 3213);
    }

    [Fact]
    public async Task What_the_desk_cannot_do_is_told_in_words()
    {
        foreach (var (instead, said) in new (DeskAnswer, string)[]
        {
            (new DeskAnswer.Unreachable(), "storage does not answer"),
            (new DeskAnswer.Contended(), "Press the button again"),
            (new DeskAnswer.Missing(), "does not know this request"),
        })
        {
            _bench.Desk.Instead = instead;
            Assert.Contains(said, (await _bench.Tap(People.Bob)).Toast(), StringComparison.Ordinal);
        }

        Assert.NotEmpty((await _bench.Tap(People.Bob, CardVerbs.Refresh)).Toast());
    }

    [Fact]
    public async Task Other_activities_are_taken_and_other_invokes_are_not_implemented()
    {
        Assert.Equal(new CallbackAnswer.Json(200, null), await _bench.Tap(People.Bob, change: activity => activity["type"] = "conversationUpdate"));
        Assert.Equal(new CallbackAnswer.Json(501, null), await _bench.Tap(People.Bob, change: activity => activity["name"] = "composeExtension/query"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"type": "invoke", "type": "invoke"}""")]
    public async Task What_is_no_activity_is_a_bad_request(string body) =>
        Assert.Equal((400, "INVALID_REQUEST"), (await _bench.Callbacks.Answer("Bearer x", System.Text.Encoding.UTF8.GetBytes(body), CancellationToken.None)).Problem());

    [Fact]
    public async Task A_name_that_is_half_a_character_makes_a_body_no_activity() => Assert.Equal(
        (400, "INVALID_REQUEST"), (await _bench.Callbacks.Answer(null, "{\"type\":\"invoke\",\"value\":{\"\\ud800\":1}}"u8.ToArray(), CancellationToken.None)).Problem());

    [Fact]
    public async Task A_body_over_256_KiB_is_not_read() =>
        Assert.Equal((413, "BODY_TOO_LARGE"), (await _bench.Callbacks.Answer("Bearer x", new byte[(256 * 1024) + 1], CancellationToken.None)).Problem());

    [Fact]
    public async Task Half_a_character_in_an_input_is_no_input()
    {
        var json = _bench.Press(People.Bob, CardVerbs.Reject).ToJsonString().Replace("Not like this.", "\\ud800", StringComparison.Ordinal);

        var answer = await _bench.Callbacks.Answer($"Bearer {_bench.Issuer.Token(Bench.ServiceUrl)}", System.Text.Encoding.UTF8.GetBytes(json), CancellationToken.None);

        Assert.Contains("why", answer.Toast(), StringComparison.Ordinal);
    }

    private static JsonObject Data(JsonObject activity) => activity["value"]!["action"]!["data"]!.AsObject();

    private static JsonObject With(JsonObject member, string name, string value)
    {
        member[name] = value;
        return member;
    }

    private static Dictionary<string, string> Flat(JsonObject data) => data.ToDictionary(each => each.Key, each => each.Value!.GetValue<string>());

    private void Refused(CallbackAnswer answer, string code)
    {
        Assert.NotEmpty(answer.Toast());
        Assert.Equal(0, _bench.Desk.Votes);
        Assert.Contains(_bench.Log.Lines, line => line.Id == 3211 && line.Text.Contains(code, StringComparison.Ordinal));
        Unchanged();
    }

    private void Unchanged() => Assert.Empty(_bench.Desk.State.Cab!.Votes);
}

internal static class SeededPeople
{
    private static readonly Lock Gate = new();

    internal static PersonId NextPersonLocked(this Seeded seeded)
    {
        lock (Gate)
        {
            return seeded.NextPerson();
        }
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Teams.Cab;
using Governance.Teams.Connector;
using Governance.Teams.Tests.Testing;
using Governance.Testing;
using Governance.Testing.Deployments;

namespace Governance.Teams.Tests.Cab;

public sealed class DeliveringCards : IDisposable
{
    private readonly FakeClock _clock = new(Sample.Noon);
    private readonly MemoryRecords _records = new();
    private readonly KeptLog _log = new();
    private readonly Queue<Func<HttpResponseMessage>> _next = new();
    private readonly FakeHttp _http;
    private readonly Seeded _seeded = new(7);
    private int _messages;
    private MemoryDesk _desk;

    public DeliveringCards()
    {
        _desk = new(DeploymentStories.AwaitingCab(), _clock);
        _http = new((request, _) => _next.TryDequeue(out var next) ? next() : Done(request));
    }

    private IReadOnlyList<HttpMethod> Methods => [.. _http.Asked.Select(each => each.Method)];

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_card_is_posted_without_buttons_and_gets_them_once_its_message_is_known()
    {
        await Show(Delivery());

        Assert.Equal([HttpMethod.Post, HttpMethod.Put], Methods);
        var (posted, updated) = (_http.Asked.First(), _http.Asked.Last());
        Assert.Equal("https://smba.trafficmanager.net/teams/v3/conversations", posted.Address.AbsoluteUri);
        Assert.Equal("token for https://api.botframework.com/.default", posted.Token);
        Assert.DoesNotContain("Action.Execute", posted.Body, StringComparison.Ordinal);
        Assert.Equal("https://smba.trafficmanager.net/teams/v3/conversations/19%3Acab%40thread.tacv2%3Bmessageid%3D1/activities/1", updated.Address.AbsoluteUri);
        Assert.Contains("Action.Execute", updated.Body, StringComparison.Ordinal);
        Assert.Contains("\"act\":\"1\"", updated.Body, StringComparison.Ordinal);
        Assert.Equal(CardState.Sent, Record!.State);
        Assert.Equal(CardTroubles.None, _records.Now);
    }

    [Fact]
    public async Task What_is_shown_already_is_not_sent_again()
    {
        var delivery = Delivery();
        await Show(delivery);
        await Show(delivery);
        await Show(Delivery());

        Assert.Equal(2, Methods.Count);
    }

    [Fact]
    public async Task A_decision_is_shown_to_everybody()
    {
        var delivery = Delivery();
        await Show(delivery);
        _desk.Story = _desk.Story.Votes(Sample.Vote(People.Bob));
        await Show(delivery);

        Assert.Equal([HttpMethod.Post, HttpMethod.Put, HttpMethod.Put], Methods);
        Assert.Contains("Approved: 7-Zip", _http.Asked.Last().Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Action.Execute", _http.Asked.Last().Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_revision_gets_a_card_of_its_own_and_the_old_one_says_so()
    {
        _desk = new(DeploymentStories.AwaitingCab(), _clock);
        var delivery = Delivery();
        await Show(delivery);
        _desk.Story = _desk.Story.Votes(Sample.Vote(People.Bob)).Revokes();
        await delivery.Show(_desk.State, 1, CancellationToken.None);

        Assert.Equal([HttpMethod.Post, HttpMethod.Put, HttpMethod.Put, HttpMethod.Post, HttpMethod.Put], Methods);
        Assert.Contains("Superseded", _http.Asked.ElementAt(2).Body, StringComparison.Ordinal);
        Assert.Equal("2", _records[Sample.Id, 2]!.ActivityId);
    }

    [Fact]
    public async Task Another_pack_makes_the_card_superseded_before_anything_new_is_asked()
    {
        var delivery = Delivery();
        await Show(delivery);
        _desk.Story = _desk.Story.Does(
            People.Alice.Acts(), at => DeploymentDecider.LinkEvidence(at.State, Sample.Link(Sample.OtherPack), Sample.About, DeploymentStories.By(People.Alice), Core.Rollout.PublishStage.None));
        await delivery.Show(_desk.State, 1, CancellationToken.None);

        Assert.Contains("Superseded", _http.Asked.Last().Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Action.Execute", _http.Asked.Last().Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_was_decided_before_its_card_gets_none()
    {
        _desk.Story = _desk.Story.Votes(Sample.Vote(People.Bob));
        await Show(Delivery());

        Assert.Empty(Methods);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.BadGateway)]
    [InlineData(HttpStatusCode.GatewayTimeout)]
    [InlineData(HttpStatusCode.RequestTimeout)]
    public async Task A_card_whose_sending_is_unclear_is_not_sent_again_and_decides_nothing(HttpStatusCode status)
    {
        _next.Enqueue(() => new(status));
        var delivery = Delivery();
        await Show(delivery);
        await Show(delivery);
        await delivery.CatchUp(CancellationToken.None);

        Assert.Equal([HttpMethod.Post], Methods);
        Assert.Equal(CardState.Unknown, Record!.State);
        Assert.Equal(Sample.Id, Assert.Single(_records.Now.Unknown).CorrelationId);
        Assert.Contains(_log.Lines, line => line.Id == 3200);
    }

    [Fact]
    public async Task A_lost_answer_and_an_answer_without_ids_are_unclear_too()
    {
        _next.Enqueue(() => throw new HttpRequestException(HttpRequestError.ResponseEnded));
        await Show(Delivery());
        Assert.Equal(CardState.Unknown, Record!.State);

        _desk = new(DeploymentStories.AwaitingCab(), _clock);
        _records[Sample.Id, 1] = Record with { State = CardState.Late };
        _next.Enqueue(() => FakeHttp.Json("{}", HttpStatusCode.Created));
        await Show(Delivery());
        Assert.Equal(CardState.Unknown, Record!.State);
    }

    [Fact]
    public async Task A_crash_in_the_middle_of_sending_leaves_an_unknown_card()
    {
        _records[Sample.Id, 1] = new() { State = CardState.Sending, Attempt = Guid.NewGuid(), Nonce = "n", At = Sample.Noon };

        await Show(Delivery());

        Assert.Empty(Methods);
        Assert.Equal(CardState.Unknown, Record!.State);
        Assert.Single(_records.Now.Unknown);
    }

    [Fact]
    public async Task An_unknown_card_is_no_trouble_any_more_once_the_request_is_settled()
    {
        _next.Enqueue(() => new(HttpStatusCode.BadGateway));
        var delivery = Delivery();
        await Show(delivery);
        _desk.Story = _desk.Story.Votes(Sample.Vote(People.Bob));
        await Show(delivery);

        Assert.Empty(_records.Now.Unknown);
        Assert.Equal([HttpMethod.Post], Methods);
    }

    [Fact]
    public async Task A_card_that_was_certainly_not_sent_is_tried_again_when_it_is_due()
    {
        _next.Enqueue(() => throw new HttpRequestException(HttpRequestError.ConnectionError));
        var delivery = Delivery();
        await Show(delivery);
        Assert.Equal(CardState.Late, Record!.State);
        Assert.Equal(0, await delivery.CatchUp(CancellationToken.None));

        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, await delivery.CatchUp(CancellationToken.None));

        Assert.Equal(CardState.Sent, Record!.State);
        Assert.Equal(CardTroubles.None, _records.Now);
        Assert.Equal([HttpMethod.Post, HttpMethod.Post, HttpMethod.Put], Methods);
    }

    [Fact]
    public async Task A_throttled_card_waits_as_long_as_it_is_told()
    {
        _next.Enqueue(() => new(HttpStatusCode.TooManyRequests) { Headers = { RetryAfter = new(TimeSpan.FromMinutes(3)) } });
        await Show(Delivery());

        Assert.Equal(Sample.Noon.AddMinutes(3), Assert.Single(_records.Now.LateCards).NextAt);
    }

    [Fact]
    public async Task Attempts_grow_apart_up_to_an_hour()
    {
        var delivery = Delivery();
        var waits = new List<TimeSpan>();
        _next.Enqueue(() => new(HttpStatusCode.Forbidden));
        await Show(delivery);
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var next = Assert.Single(_records.Now.LateCards).NextAt;
            waits.Add(next - _clock.GetUtcNow());
            _clock.Advance(next - _clock.GetUtcNow());
            _next.Enqueue(() => new(HttpStatusCode.Forbidden));
            await delivery.CatchUp(CancellationToken.None);
        }

        Assert.Equal([30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600], waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task An_update_that_fails_is_tried_again_and_may_be_repeated()
    {
        var delivery = Delivery();
        _next.Enqueue(() => Done(HttpMethod.Post));
        _next.Enqueue(() => new(HttpStatusCode.BadGateway));
        await Show(delivery);
        Assert.Equal(CardState.Sent, Record!.State);
        Assert.Null(Record.Shown);

        _clock.Advance(TimeSpan.FromSeconds(30));
        await delivery.CatchUp(CancellationToken.None);

        Assert.NotNull(Record!.Shown);
        Assert.Equal(CardTroubles.None, _records.Now);
        Assert.Equal([HttpMethod.Post, HttpMethod.Put, HttpMethod.Put], Methods);
    }

    [Fact]
    public async Task A_late_card_of_a_request_that_was_settled_meanwhile_is_let_go()
    {
        _next.Enqueue(() => new(HttpStatusCode.Forbidden));
        var delivery = Delivery();
        await Show(delivery);
        _desk.Story = _desk.Story.Votes(Sample.Vote(People.Bob));
        await Show(delivery);

        Assert.Equal(CardTroubles.None, _records.Now);
        Assert.Equal([HttpMethod.Post], Methods);
    }

    [Fact]
    public async Task Two_changes_at_once_make_one_card()
    {
        var delivery = Delivery();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => Show(delivery))));

        Assert.Single(Methods, HttpMethod.Post);
        Assert.Equal(CardState.Sent, Record!.State);
    }

    [Fact]
    public async Task A_channel_that_fails_on_end_is_left_alone_for_a_while()
    {
        var delivery = Delivery();
        for (var number = 0; number < 3; number++)
        {
            _next.Enqueue(() => throw new HttpRequestException(HttpRequestError.ConnectionError));
            await delivery.Tell(Notice, null, CancellationToken.None);
        }

        await delivery.Tell(Notice, null, CancellationToken.None);
        Assert.Equal(3, Methods.Count);
        Assert.Equal(4, _records.Now.LateNotices.Count);

        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(4, await delivery.CatchUp(CancellationToken.None));
        Assert.Empty(_records.Now.LateNotices);
        Assert.Equal(7, Methods.Count);
    }

    [Fact]
    public async Task A_reminder_answers_in_the_cards_thread_and_other_notices_begin_one()
    {
        var delivery = Delivery();
        await Show(delivery);
        await delivery.Tell(CabNotices.Reminder(_desk.State), _desk.State, CancellationToken.None);
        await delivery.Tell(Notice, null, CancellationToken.None);

        Assert.EndsWith("/v3/conversations/19%3Acab%40thread.tacv2%3Bmessageid%3D1/activities", _http.Asked.ElementAt(2).Address.AbsoluteUri, StringComparison.Ordinal);
        Assert.EndsWith("/v3/conversations", _http.Asked.ElementAt(3).Address.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_backup_group_is_told_once_that_the_deadline_has_passed()
    {
        var delivery = Delivery();
        await Show(delivery);
        _desk.Story = _desk.Story.After(TimeSpan.FromHours(48)).Does(Actor.System, at => CabDecider.Escalate(at.State, 1, at.Now));
        await Show(delivery);
        await Show(delivery);

        var told = Assert.Single(_http.Asked, each => each.Body.Contains("Escalated to you", StringComparison.Ordinal));
        Assert.Contains("19:backup@thread.tacv2", told.Body, StringComparison.Ordinal);
        Assert.Contains("Escalated, decision overdue", _http.Asked.ElementAt(2).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unclear_notice_is_not_sent_again()
    {
        _next.Enqueue(() => new(HttpStatusCode.BadGateway));
        await Delivery().Tell(Notice, null, CancellationToken.None);

        Assert.Empty(_records.Now.LateNotices);
        Assert.Contains(_log.Lines, line => line.Id == 3202);
    }

    [Fact]
    public async Task Of_too_many_late_notices_the_oldest_is_let_go()
    {
        var delivery = Delivery();
        for (var number = 0; number < 101; number++)
        {
            _next.Enqueue(() => new(HttpStatusCode.Forbidden));
            await delivery.Tell(Notice with { Title = $"Notice {number}" }, null, CancellationToken.None);
        }

        Assert.Equal(100, _records.Now.LateNotices.Count);
        Assert.Equal("Notice 1", _records.Now.LateNotices[0].Notice.Title);
        Assert.Contains(_log.Lines, line => line.Id == 3203);
    }

    [Fact]
    public async Task Without_a_token_nothing_was_sent()
    {
        var delivery = Delivery(tokens: new FailingTokens());
        await Show(delivery);

        Assert.Empty(Methods);
        Assert.Equal(CardState.Late, Record!.State);
    }

    [Fact]
    public async Task A_flow_gets_one_card_that_leads_to_the_review_page_and_no_update()
    {
        _next.Enqueue(() => new(HttpStatusCode.Accepted));
        var delivery = Delivery(flow: true);
        await Show(delivery);
        _desk.Story = _desk.Story.Votes(Sample.Vote(People.Bob));
        await Show(delivery);

        var posted = Assert.Single(_http.Asked);
        Assert.Equal("https://flows.example/run?sig=secret", posted.Address.AbsoluteUri);
        Assert.Null(posted.Token);
        Assert.DoesNotContain("Action.Execute", posted.Body, StringComparison.Ordinal);
        Assert.Contains("https://governance.contoso.com/review/", posted.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(_log.Lines, line => line.Text.Contains("secret", StringComparison.Ordinal));
        Assert.Equal("[address]", new SecretAddress(posted.Address).ToString());
    }

    [Fact]
    public async Task The_card_says_what_changed_against_what_was_approved_last()
    {
        _desk = new(DeploymentStories.AwaitingCab(), _clock) { Approved = DeploymentStories.Approved().State with { Id = Sample.OtherId, Request = Sample.Request() with { Version = "23.01" } } };
        await Show(Delivery());

        Assert.Contains("Changed since 23.01", JsonNode.Parse(_http.Asked.Last().Body)!["attachments"]![0]!["content"]!.Texts(), StringComparison.Ordinal);
    }

    private static CabNotice Notice => new("A notice", ["A line."], "/review", NoticeAudience.Board);

    private CardRecord? Record => _records[Sample.Id, 1];

    private Task Show(CardDelivery delivery) => delivery.Show(_desk.State, null, CancellationToken.None);

    private CardDelivery Delivery(bool flow = false, IAccessTokens? tokens = null)
    {
        var options = Bench.Options with { Bot = Bench.Options.Bot! with { BackupChannelId = "19:backup@thread.tacv2" } };
        var calls = new ChannelCalls(_http.Client, _clock);
        ICardChannel channel = flow
            ? new WorkflowChannel(new(new("https://flows.example/run?sig=secret")), calls)
            : new BotChannel(options, options.Bot!, calls, tokens ?? new NoTokens());
        var composer = new CardComposer(options, Bench.Signer, new FakeDirectory());
        return new(new RestingChannel(channel, _clock), _records, _desk, composer, _seeded.NextGuid, _clock, _log);
    }

    private HttpResponseMessage Done(HttpRequestMessage request) => Done(request.Method);

    private HttpResponseMessage Done(HttpMethod method)
    {
        var number = method == HttpMethod.Post ? Interlocked.Increment(ref _messages) : _messages;
        return FakeHttp.Json($$"""{"id": "19:cab@thread.tacv2;messageid={{number}}", "activityId": "{{number}}"}""", HttpStatusCode.Created);
    }
}

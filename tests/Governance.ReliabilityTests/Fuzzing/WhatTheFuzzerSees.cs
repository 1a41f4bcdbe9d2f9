using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Governance.LoadTests.Fuzzing;
using Governance.Testing.Web;

namespace Governance.ReliabilityTests.Fuzzing;

/// <summary>The fuzzer can fail: each thing that it looks for is played to it, and told.</summary>
public sealed class WhatTheFuzzerSees
{
    private const string Id = "5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11";

    private static readonly DescribedApi Api = DescribedApi.Of(JsonNode.Parse("""
        {"paths": {"/api/v1/things": {"get": {"operationId": "ListThings", "security": [], "responses": {"200": {}, "400": {"content": {"application/problem+json": {"examples": {"INVALID_REQUEST": {}}}}},
         "409": {"content": {"application/problem+json": {"examples": {"TAKEN": {}}}}}}}}}}
        """)!);

    private static readonly FuzzRequest Things = new("GET", "/api/v1/things");

    [Fact]
    public void A_problem_as_described_is_no_failure() => Assert.Empty(Faults(Problem(409, "TAKEN")));

    [Fact]
    public void A_500_is_told() => Assert.Contains("it is 500", Faults(Problem(500, "INTERNAL_ERROR")));

    [Fact]
    public void A_503_is_told_as_well_because_nothing_is_overloaded() => Assert.Contains("it is 503", Faults(Problem(503, "BUSY")));

    [Fact]
    public void A_refusal_without_a_code_is_told() =>
        Assert.Contains("the problem has no code", Faults(Json(400, $$"""{"type":"about:blank","title":"Bad Request","status":400,"detail":"x","correlation_id":"{{Id}}"}""")));

    [Fact]
    public void A_code_that_the_route_does_not_list_is_told() => Assert.Contains("GET /api/v1/things does not list 409 NOT_TAKEN", Faults(Problem(409, "NOT_TAKEN")));

    [Fact]
    public void A_refusal_that_is_no_problem_is_told()
    {
        Assert.Contains("400 is no problem+json but 'text/plain' of 4 bytes", Faults(Answered(400, "text/plain", "nope")));
        Assert.Contains("400 is no problem+json but 'application/problem+json' of 1 bytes", Faults(Json(400, "{")));
    }

    [Fact]
    public void An_invalid_request_without_errors_is_told() => Assert.Contains("INVALID_REQUEST names no error", Faults(Problem(400, "INVALID_REQUEST")));

    [Theory]
    [InlineData("   at Governance.Functions.Hosting.Call.Raw(Handler handle)", "at Governance.Functions.Hosting.Call.Raw(")]
    [InlineData("System.InvalidOperationException: no", "System.InvalidOperationException")]
    [InlineData("a NullReferenceException", "NullReferenceException")]
    [InlineData("https://account.blob/x?sig=abcdefgh1234", "sig=abcdefgh1234")]
    [InlineData("AccountName=a;AccountKey=b;", "AccountKey=b")]
    [InlineData("eyJhbGciOiJub25lIn0.e30", "eyJhbGciOiJub25lIn0.e30")]
    public void What_belongs_into_no_answer_is_told(string words, string told) =>
        Assert.Contains(Faults(Answered(200, "application/json", JsonValue.Create(words).ToJsonString())), fault => fault.StartsWith($"it gives away '{told}", StringComparison.Ordinal));

    [Fact]
    public void What_the_sender_said_may_be_said_back() => Assert.Empty(
        Check(new("played", Things with { Body = "\"my FooException\""u8.ToArray() }), Answered(200, "application/json", "\"my FooException\"")));

    [Fact]
    public void A_success_where_nobody_may_be_let_in_is_told() =>
        Assert.Contains("200, though nobody may be let in with this", Check(new("played", Things) { MustRefuse = true }, Answered(200, "application/json", "{}")));

    [Fact]
    public void A_success_that_is_no_JSON_is_told() => Assert.Contains("its body is no JSON in UTF-8", Faults(Answered(200, "application/json", "{")));

    [Fact]
    public void Missing_headers_other_ids_and_foreign_addresses_are_told()
    {
        var bare = Problem(409, "TAKEN") with { Headers = [("Content-Type", "application/problem+json")] };
        Assert.Superset(new HashSet<string> { "it has no X-Correlation-Id", "it has no X-Content-Type-Options" }, Faults(bare).ToHashSet());
        Assert.Contains("the problem has another correlation_id than the header", Faults(bare));
        var away = Answered(303, "text/plain", "");
        Assert.Contains("it sends to //elsewhere.example", Faults(away with { Headers = [.. away.Headers, ("Location", "//elsewhere.example")] }));
        Assert.Contains("the request has written a header of it", Faults(away with { Headers = [.. away.Headers, ("zx-injected", "1")] }));
    }

    [Fact]
    public void A_page_that_shows_text_as_markup_is_told() =>
        Assert.Contains("the page shows a text as markup", Check(new("played", new("GET", "/review")), Answered(200, "text/html", "<h1>x</h1><zx onload=1>")));

    [Fact]
    public void Slow_late_and_broken_answers_are_told()
    {
        Assert.Contains("the answer took 6.0 s", Faults(Problem(409, "TAKEN") with { Took = TimeSpan.FromSeconds(6) }));
        Assert.Contains("no answer came", Faults(new(0, [], [], default) { Late = true }));
        Assert.Contains("the connection was ended without an answer", Faults(new(0, [], [], default)));
        Assert.Contains("the answer is no HTTP: its body breaks off", Faults(new(200, [], [], default) { Broken = "its body breaks off" }));
        Assert.Contains("the web server answered 400 by itself, though this is HTTP", Faults(new(400, [], [], default)));
    }

    [Fact]
    public void What_was_stored_without_a_request_for_it_is_told()
    {
        var before = new StoredState([Id], [Id + "~event-0000000001"], []);
        var after = new StoredState([Id, "a"], [Id + "~event-0000000001", Id + "~event-0000000002"], ["p"]);

        Assert.Equal(3, after.Unexplained(before, new HashSet<string>()).Count());
        Assert.Empty(after.Unexplained(before, new HashSet<string> { Id, "a", "p" }));
        Assert.Empty(before.Unexplained(before, new HashSet<string>()));
    }

    [Theory]
    [InlineData("--requests")]
    [InlineData("--requests", "many")]
    [InlineData("--requests", "-1")]
    [InlineData("--requests", "1", "--minutes", "1")]
    [InlineData("--seed", "1", "--seed", "2")]
    [InlineData("--other", "1")]
    public async Task Wrong_use_is_told_before_anything_is_started(params string[] arguments) => Assert.Equal(2, await FuzzRun.Run(arguments));

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", "its body breaks off")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "its chunks break off")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nabc", "it tells no length")]
    [InlineData("nonsense\r\n\r\n", "it begins with 'nonsense'")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", null)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", null)]
    public async Task An_answer_is_read_as_it_comes(string played, string? broken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Serve(listener, played);

        var answer = await RawHttp.Send(
            new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"), Things.Bytes("a"), piece: 3, end: false, head: false, TimeSpan.FromSeconds(30));

        await serving;
        Assert.Equal(broken, answer.Broken);
        Assert.Equal(broken is null ? "{}" : string.Empty, answer.Text);
    }

    private static async Task Serve(TcpListener listener, string played)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        var read = new byte[Things.Bytes("a").Length];
        await stream.ReadExactlyAsync(read, TestContext.Current.CancellationToken);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(played), TestContext.Current.CancellationToken);
    }

    private static List<string> Faults(Answer answer) => Check(new("played", Things), answer);

    private static List<string> Check(FuzzCase asked, Answer answer) => [.. new AnswerCheck(Api, TimeSpan.FromSeconds(5)).Faults(asked, asked.Request!, answer)];

    private static Answer Problem(int status, string code) =>
        Json(status, $$"""{"type":"about:blank","title":"x","status":{{status}},"code":"{{code}}","detail":"x","correlation_id":"{{Id}}"}""");

    private static Answer Json(int status, string body) => Answered(status, "application/problem+json", body);

    private static Answer Answered(int status, string type, string body) => new(
        status,
        [("Content-Type", type), ("X-Correlation-Id", Id), ("X-Content-Type-Options", "nosniff"), ("Content-Security-Policy", "default-src 'none'")],
        Encoding.UTF8.GetBytes(body),
        TimeSpan.FromMilliseconds(1));
}

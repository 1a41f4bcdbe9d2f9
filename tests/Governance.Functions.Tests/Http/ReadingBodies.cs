using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Governance.Functions.SignIn;
using Governance.Functions.Tests.Testing;
using Governance.Testing;

namespace Governance.Functions.Tests.Http;

public sealed class ReadingBodies : IAsyncLifetime
{
    private const string Path = "/api/v1/samples/";

    private TestApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await TestApp.Start(
        Samples.All, null, ("Http:BodyLimits:Standard", "2048"), ("Http:BodyLimits:Evidence", "4096"));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Unknown_fields_are_ignored()
    {
        using var answer = await _app.Post(Path, """{"name": " app ", "ring": "LAB", "more": {"of": [1, null]}, "count": null}""");
        Assert.Equal("Sample { Name = app, Ring = Lab, Count = 0, Key = , Seen = , Wait = 00:00:00, Groups = 0 }", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task All_problems_come_back_together_with_their_paths()
    {
        using var answer = await _app.Post(Path, """
            {"name": 5, "ring": "lab", "count": 11, "scope": {"rings": {"LAB": {"group_ids": ["11111111-1111-4111-8111-111111111111", "x", 3]}, "PILOT": 1}}}
            """);
        var (code, fields) = await answer.Problem(400);
        Assert.Equal("INVALID_REQUEST", code);
        Assert.Equal(["name", "ring", "count", "scope.rings.LAB.group_ids[1]", "scope.rings.LAB.group_ids[2]", "scope.rings.PILOT"], fields);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    public async Task A_body_with_nothing_in_it_lacks_what_is_required(string body)
    {
        using var answer = await _app.Post(Path, body);
        Assert.Equal(["name", "ring"], (await answer.Problem(400)).Fields);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"name\": }")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    [InlineData("{\"a\": 1, \"a\": 2}")]
    [InlineData("{\"a\": \"\\ud800\"}")]
    [InlineData("{\"\\uDC00\": 1}")]
    [InlineData("{\"a\": 01}")]
    [InlineData("{} {}")]
    public async Task A_body_that_is_no_plain_JSON_object_is_refused(string body)
    {
        using var answer = await _app.Post(Path, body);
        var (code, fields) = await answer.Problem(400);
        Assert.Equal(("INVALID_REQUEST", "body"), (code, fields.Single()));
    }

    [Fact]
    public async Task A_whole_pair_of_surrogates_is_a_character()
    {
        using var answer = await _app.Post(Path + "store", """{"name": "\ud83d\ude00"}""");
        Assert.Equal("😀", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(60, 200)]
    [InlineData(70, 400)]
    public async Task Depth_is_bounded(int depth, int status)
    {
        var body = $"{{\"name\": \"a\", \"deep\": {new string('[', depth)}{new string(']', depth)}}}";
        using var answer = await _app.Post(Path + "store", body);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData(new byte[] { (byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}' })]
    [InlineData(new byte[] { 0xc3, 0x28 })]
    [InlineData(new byte[] { 0xfe, 0xff, 0, (byte)'{', 0, (byte)'}' })]
    public async Task Bytes_that_are_no_UTF8_are_refused(byte[] body)
    {
        using var answer = await _app.Client.SendAsync(Raw(body, "application/json"));
        Assert.Equal(["body"], (await answer.Problem(400)).Fields);
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_part_of_the_body()
    {
        using var answer = await _app.Client.SendAsync(Raw([0xef, 0xbb, 0xbf, .. """{"name": "a", "ring": "LAB"}"""u8], "application/json"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("application/json; charset=utf-16", 415)]
    [InlineData("nonsense", 415)]
    [InlineData("application/json; charset=UTF-8", 200)]
    [InlineData("application/vnd.cyclonedx+json", 200)]
    [InlineData(null, 200)]
    public async Task Only_JSON_in_UTF8_is_taken(string? type, int status)
    {
        using var answer = await _app.Client.SendAsync(Raw([.. """{"name": "a", "ring": "LAB"}"""u8], type));
        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 415)
        {
            Assert.Equal("UNSUPPORTED_MEDIA_TYPE", (await answer.Problem(415)).Code);
        }
    }

    [Fact]
    public async Task A_compressed_body_is_refused()
    {
        var request = Raw([1, 2, 3], "application/json");
        request.Content!.Headers.ContentEncoding.Add("gzip");
        using var answer = await _app.Client.SendAsync(request);
        await answer.Problem(415);
    }

    [Theory]
    [InlineData("", 2047, 400)]
    [InlineData("", 2048, 400)]
    [InlineData("", 2049, 413)]
    [InlineData("store", 4096, 400)]
    [InlineData("store", 4097, 413)]
    public async Task Each_route_has_its_own_limit(string route, int bytes, int status)
    {
        foreach (var chunked in new[] { false, true })
        {
            var request = Raw([.. Enumerable.Repeat((byte)'x', bytes)], "application/json");
            request.RequestUri = new Uri(Path + route, UriKind.Relative);
            request.Headers.TransferEncodingChunked = chunked;
            using var answer = await _app.Client.SendAsync(request);
            Assert.Equal(status == 413 ? "BODY_TOO_LARGE" : "INVALID_REQUEST", (await answer.Problem(status)).Code);
        }
    }

    [Fact]
    public async Task A_body_larger_than_the_first_buffer_arrives_whole()
    {
        await using var app = await TestApp.Start(Samples.All);
        var bytes = new Seeded(1).NextBytes(900_000);
        foreach (var chunked in new[] { false, true })
        {
            var request = new HttpRequestMessage(HttpMethod.Post, Path + "bytes") { Content = new ByteArrayContent(bytes) };
            request.Headers.TransferEncodingChunked = chunked;
            using var answer = await app.Client.SendAsync(request);
            Assert.Equal(Core.Digest.Of(bytes).ToString(), await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Whatever_is_sent_is_answered_with_a_problem_and_never_with_a_fault()
    {
        var seeded = new Seeded(20260303);
        var good = """{"name": "app", "ring": "LAB", "count": 3, "scope": {"rings": {"LAB": {"group_ids": ["11111111-1111-4111-8111-111111111111"]}}}}"""u8.ToArray();
        var token = _app.Token(Roles.Publisher);
        foreach (var batch in Enumerable.Range(0, 2_000).Select(_ => Bad(seeded, good, token)).Chunk(16))
        {
            await Task.WhenAll(batch.Select(async request =>
            {
                using var answer = await _app.Client.SendAsync(request);
                Assert.True((int)answer.StatusCode is 200 or (>= 400 and < 500), $"{answer.StatusCode} {request}");
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    await answer.Problem((int)answer.StatusCode);
                }
            }));
        }

        Assert.DoesNotContain(_app.Log.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    // A good request with some bytes changed, dropped or repeated, or with a header or token that is none.
    private static HttpRequestMessage Bad(Seeded seeded, byte[] good, string token)
    {
        var bytes = good.ToList();
        for (var changes = seeded.Next(1, 6); changes > 0; changes--)
        {
            var at = seeded.Next(0, bytes.Count);
            switch (seeded.Next(0, 4))
            {
                case 0: bytes[at] = (byte)seeded.Next(0, 256); break;
                case 1: bytes.RemoveRange(at, Math.Min(bytes.Count - at, seeded.Next(1, 20))); break;
                case 2: bytes.InsertRange(at, bytes.Take(seeded.Next(1, bytes.Count)).ToArray()); break;
                default: bytes.InsertRange(at, Encoding.UTF8.GetBytes(seeded.Pick<string>(["\\ud800", "1e999", "-0", "[[[[", "null", "\0", "9223372036854775808", "\"\":"]))); break;
            }

            bytes = bytes.Count == 0 ? [(byte)'{'] : bytes;
        }

        var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new ByteArrayContent([.. bytes]) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", seeded.Pick<string>(["application/json", "application/json", "application/json; charset=\"", "text/*"]));
        request.Headers.TryAddWithoutValidation("Authorization", seeded.Pick<string>(["Bearer " + token, "Bearer " + token, "Bearer a.b.c", "Bearer", "Basic x", "Bearer " + token[..^3] + "abc"]));
        request.Headers.TryAddWithoutValidation(
            seeded.Pick<string>(["If-Match", "Idempotency-Key", "Prefer", "X-Correlation-Id", "Accept", "traceparent"]),
            seeded.Pick<string>(["\"", "W/\"x\"", "wait=99999999999999999999", "a,b;;==", new string('k', 300), "00-zz-zz-01", "é"]));
        return request;
    }

    private HttpRequestMessage Raw(byte[] body, string? type)
    {
        var request = _app.Request(HttpMethod.Post, Path);
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = null;
        if (type is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return request;
    }
}

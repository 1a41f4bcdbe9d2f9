namespace Governance.LoadTests.Fuzzing.Generators;

/// <summary>Headers: those that the app reads with what it does not expect, those that it must not trust, repeated, long, in other alphabets.</summary>
internal sealed class OddHeaders : IGenerator
{
    private static readonly (string Name, string[] Values)[] Known =
    [
        ("X-Correlation-Id", ["", "a b", "a\tb", "\u00e9", "<zx onload=1>", "a,b", "5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11", "/", "../../x"]),
        ("traceparent", ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-00000000000000000000000000000000-0000000000000000-00", "ff-x", "00-\u00e9", "-", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra"]),
        ("tracestate", ["a=b", "=,=,=", "\u00e9=1"]),
        ("baggage", ["a=b;c", "%00=%ff", "=,"]),
        ("Prefer", ["wait=0", "wait=-1", "wait=1e9", "wait=99999999999999999999", "wait=\"1\"", "wait", "wait=", ",,,", "respond-async, wait=x", "=;=", "wait=\u0661"]),
        ("If-Match", ["*", "\"\"", "\"x\"", "W/\"0000000000000000000000000000000000000000000000000000000000000000\"", "\"0000000000000000000000000000000000000000000000000000000000000000\"", "0", "\"a\", \"b\"", "\""]),
        ("If-None-Match", ["*", "\"x\"", ","]),
        ("If-Modified-Since", ["yesterday", "Thu, 01 Jan 1970 00:00:00 GMT"]),
        ("Idempotency-Key", ["", "a b", "\u00e9", "key", "\u007f", "~"]),
        ("Content-Type", ["", "text/plain", "application/json; charset=utf-16", "application/json; charset=\"utf-8\"", "application/vnd.x+json", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a\u00e9\"", "application/json;", ";", "*/*", "application/json, text/plain", "application/json; charset=nonsense"]),
        ("Content-Encoding", ["gzip", "br", "identity", "gzip, gzip", "", "x-nobody"]),
        ("Accept", ["text/html", "", "*/*;q=5", "application/xml", "\u00e9", ";;;"]),
        ("Accept-Encoding", ["gzip", "br;q=0", "*"]),
        ("Accept-Language", ["de", "x-klingon", "\u00e9"]),
        ("Range", ["bytes=0-", "bytes=9-1", "bytes=-1", "lines=1"]),
        ("Expect", ["100-continue", "200-ok"]),
        ("Origin", ["null", "https://elsewhere.example", "\u00e9"]),
        ("Sec-Fetch-Site", ["cross-site", "same-origin", ""]),
        ("Cookie", ["governance=x", "governance=; governance=", "=", ";;;", "a", "governance-form=AAAA", "\u00e9=\u00e9"]),
        ("X-MS-CLIENT-PRINCIPAL", ["eyJhdXRoX3R5cCI6ImFhZCJ9", "x"]),
        ("X-MS-CLIENT-PRINCIPAL-ID", ["f0000000-0000-4000-8000-0000000000e1"]),
        ("X-Forwarded-For", ["1.2.3.4", "\u00e9", "a, b, c"]),
        ("X-Forwarded-Host", ["elsewhere.example", "//"]),
        ("X-Forwarded-Proto", ["https", "javascript"]),
        ("X-Original-URL", ["/health/live"]),
        ("X-HTTP-Method-Override", ["DELETE"]),
        ("Forwarded", ["for=_x;proto=https", ";;"]),
        ("Host", ["elsewhere.example", "", "a b", "127.0.0.1:99999", "\u00e9"]),
        ("Authorization", ["", "Bearer", "Bearer ", "Bearer  x", "Basic YTpi", "bearer {{everybody}} {{everybody}}", "\u00e9", "HMAC x", "Negotiate x"]),
        ("Content-Length", ["0", "-1", "1", "99999999999", "+5", "0x5", "5, 5", "\u00e9"]),
        ("Transfer-Encoding", ["chunked", "identity", "gzip, chunked", "chunked, chunked", "xchunked"]),
        ("Connection", ["close", "keep-alive", "upgrade", "Authorization"]),
        ("Upgrade", ["h2c", "websocket"]),
        ("Max-Forwards", ["0"]),
        ("Trailer", ["X-Late"]),
        ("X-Azure-Functions-InvocationId", ["x", "00000000-0000-0000-0000-000000000000"]),
    ];

    public string Name => "headers";

    public int Weight => 10;

    public FuzzCase Make(FuzzWorld world, Dice dice)
    {
        var call = dice.Pick(world.Api.Calls);
        var request = new FuzzRequest(call.Method.Method, Bodies.Target(call, world, dice));
        request = call.Example is null ? request : request with { Body = System.Text.Encoding.UTF8.GetBytes(Bodies.Valid(call, world, dice).ToJsonString()) };
        request = dice.Chance(85) ? request.As("everybody") : request;
        request = dice.Chance(80) && request.Body is not null ? request.With("Content-Type", "application/json") : request;
        for (var count = dice.Pick([1, 1, 1, 2, 3]); count > 0; count--)
        {
            var (name, values) = dice.Pick(Known);
            var value = dice.Chance(85) ? dice.Pick(values) : Odd(dice);
            request = request.With(dice.Chance(95) ? name : Odd(dice), value);
            request = dice.Chance(10) ? request.With(name, dice.Pick(values)) : request;
            request = dice.Chance(3) ? Flooded(request, name, value, dice) : request;
        }

        // A promised length that never comes is waited for; mostly the sender says that nothing more comes.
        var waits = request.Headers.Any(header => header.Name is "Content-Length" or "Transfer-Encoding" or "Expect");
        return new(Name, waits && dice.Chance(95) ? request with { CutAt = int.MaxValue } : request) { MayBreakHttp = true, Slow = waits };
    }

    private static FuzzRequest Flooded(FuzzRequest request, string name, string value, Dice dice) =>
        request with { Headers = request.Headers.AddRange(Enumerable.Repeat((name, value), dice.Pick([20, 90, 150, 2000]))) };

    private static string Odd(Dice dice) => dice.Next(7) switch
    {
        0 => new string('a', dice.Pick([129, 256, 5000, 40_000])),
        1 => "\u00e9\u00ff",
        2 => "a\rb",
        3 => "a\nzx-injected: 1",
        4 => "\0",
        5 => "a\u0001\u001f",
        _ => "x",
    };
}

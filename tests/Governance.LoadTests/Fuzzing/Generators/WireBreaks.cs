using System.Text;

namespace Governance.LoadTests.Fuzzing.Generators;

/// <summary>What is no HTTP, or stops being it: request lines, lengths, chunks, headers without end, bodies that break off.</summary>
internal sealed class WireBreaks : IGenerator
{
    private static readonly string[] Lines =
    [
        "GET / HTTP/1.1", "GET  / HTTP/1.1", "GET /", "GET / HTTP/0.9", "GET / HTTP/1.0", "GET / HTTP/2.0", "GET / HTTP/3.0", "GET / HTTP/1.1 x", "GET", "", " ", "\0", "GET /\0 HTTP/1.1", "GET \u00e9 HTTP/1.1", "GET /%zz HTTP/1.1", "CONNECT a:1 HTTP/1.1", "GET * HTTP/1.1", "OPTIONS * HTTP/1.1",
        "GET http://a/ HTTP/1.1", "GET //a/b HTTP/1.1", "PRI * HTTP/2.0", "\u0016\u0003\u0001", "get / http/1.1", "G\u0001T / HTTP/1.1", "GET /api/v1/deployments HTTP/1.1\r\n X: y",
    ];

    private static readonly string[] Heads =
    [
        "Host: a", "Host: a\r\nHost: b", "Host:", "Host: a\r\nContent-Length: 5\r\nContent-Length: 6", "Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked", "Host: a\r\nTransfer-Encoding: gzip", "Host: a\r\nX", "Host: a\r\n: y", "Host: a\r\nX : y", "Host: a\r\n\tfolded", "Host: a\r\nContent-Length: 99999999999999999999",
        "Host: a\r\nContent-Length: -5", "", "Host: a\nX: y", "Host: a\r\nX: \u0000", "Host: a\r\nExpect: 100-continue\r\nContent-Length: 3", "Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x",
    ];

    private static readonly string[] Chunks =
    [
        "zz\r\n", "-1\r\n", "ffffffffffffffff\r\n", "5\r\nabc", "5\r\nabcdeX\r\n", "5;ext=1\r\nabcde\r\n0\r\n\r\n", "0\r\nX-Late: y\r\n\r\n", "0\r\n", "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", "5\nabcde\n0\n\n", "\r\n", "2\r\n{}\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    ];

    public string Name => "wire";

    public int Weight => 5;

    public FuzzCase Make(FuzzWorld world, Dice dice) => dice.Next(5) switch
    {
        0 => Raw($"{dice.Pick(Lines)}\r\n{dice.Pick(Heads)}\r\n\r\n", dice),
        1 => Raw($"POST /api/v1/deployments HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{dice.Pick(Chunks)}", dice),
        2 => Raw($"GET /health/live HTTP/1.1\r\nHost: a\r\n{Flood(dice)}\r\n", dice),
        3 => Cut(world, dice),
        _ => Raw(Encoding.Latin1.GetString(dice.Bytes(dice.Pick([1, 100, 5000]))), dice),
    };

    private static string Flood(Dice dice) => dice.Next(4) switch
    {
        0 => string.Concat(Enumerable.Range(0, dice.Pick([101, 5000])).Select(number => $"X-{number}: y\r\n")),
        1 => $"X: {new string('y', dice.Pick([30_000, 40_000, 500_000]))}\r\n",
        2 => $"{new string('X', 40_000)}: y\r\n",
        _ => new string('\r', 50_000),
    };

    // A request that holds, up to some byte; then the sender is gone.
    private FuzzCase Cut(FuzzWorld world, Dice dice)
    {
        var call = dice.Pick([.. world.Api.Calls.Where(each => each.Example is not null)]);
        var body = Encoding.UTF8.GetBytes(Bodies.Valid(call, world, dice).ToJsonString());
        var request = new FuzzRequest("POST", Bodies.Target(call, world, dice)).As("everybody").Json(body) with { Framing = dice.Chance(50) ? Framing.Length : Framing.Chunked, Piece = dice.Pick([0, 7, 100]) };
        var whole = world.Resolve(request).Bytes(world.Address.Authority).Length;
        return new(Name, request with { CutAt = dice.Next(whole) }) { MayBreakHttp = true, Slow = true };
    }

    private FuzzCase Raw(string text, Dice dice)
    {
        var wire = Encoding.Latin1.GetBytes(text);
        return new(Name, new FuzzRequest("GET", "/") { Wire = wire, CutAt = dice.Chance(98) ? wire.Length : null, Piece = dice.Pick([0, 0, 0, 50]) }) { MayBreakHttp = true, Slow = true };
    }
}

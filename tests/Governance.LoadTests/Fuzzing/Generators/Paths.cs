namespace Governance.LoadTests.Fuzzing.Generators;

/// <summary>Ids that are none, paths that lead elsewhere, methods that nobody offers.</summary>
internal sealed class Paths : IGenerator
{
    private static readonly string[] Methods = ["GET", "GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "FOO", "GeT", "PROPFIND"];

    public string Name => "paths";

    public int Weight => 10;

    public FuzzCase Make(FuzzWorld world, Dice dice)
    {
        var call = dice.Pick(world.Api.Calls);
        var path = call.Path.Replace("{id}", Id(world, dice), StringComparison.Ordinal).Replace("{plane}", dice.Chance(50) ? "intune" : Written(Oddities.Plain(dice)), StringComparison.Ordinal);
        path = dice.Chance(60) ? path : Moved(path, dice);
        var request = new FuzzRequest(dice.Chance(60) ? call.Method.Method : dice.Pick(Methods), path).As("everybody");
        return new(Name, call.Example is { } example ? request.Json(System.Text.Encoding.UTF8.GetBytes(example.ToJsonString())) : request) { MayBreakHttp = true };
    }

    private static string Id(FuzzWorld world, Dice dice)
    {
        var id = world.Pool.Any(dice).ToString();
        return dice.Next(11) switch
        {
            0 => id.ToUpperInvariant(),
            1 => id.Replace("-", string.Empty, StringComparison.Ordinal),
            2 => $"%7B{id}%7D",
            3 => string.Concat(id.Select(each => char.IsAsciiDigit(each) ? Written(((char)('\uff10' + (each - '0'))).ToString()) : each.ToString())),
            4 => id + Written(Oddities.Plain(dice)),
            5 => id[..^1],
            6 => id[..^1] + "g",
            7 => $"%20{id}",
            8 => $"{id}%00",
            9 => $"{id}~head",
            _ => Written(Oddities.Plain(dice)),
        };
    }

    private static string Moved(string path, Dice dice) => dice.Next(14) switch
    {
        0 => path.Replace("/", "//", StringComparison.Ordinal),
        1 => path + "/../../../etc/passwd",
        2 => path + "/%2e%2e/%2e%2e",
        3 => path.ToUpperInvariant(),
        4 => path.Replace("/v1/", "/v2/", StringComparison.Ordinal),
        5 => path + ";a=b",
        6 => path + "//",
        7 => path + "\\..\\",
        8 => $"http://elsewhere.example{path}",
        9 => path[1..],
        10 => path + "#part",
        11 => path + "/" + new string('a', dice.Pick([1000, 8000, 40_000])),
        12 => path.Replace("a", "%61", StringComparison.Ordinal),
        _ => path + Written(Oddities.Plain(dice)),
    };

    /// <summary>As it may stand in a request line: UTF-8, what is not visible ASCII in percent signs. What has some already stays.</summary>
    internal static string Written(string text) => string.Concat(System.Text.Encoding.UTF8.GetBytes(text).Select(each =>
        each is > 0x20 and < 0x7F and not ((byte)'#') ? ((char)each).ToString() : $"%{each:X2}"));
}

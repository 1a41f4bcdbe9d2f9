using System.Text;
using Governance.Functions.Http;
using Governance.Testing.Damage;

namespace Governance.LoadTests.Fuzzing.Generators;

/// <summary>Query parameters of every list, and continuation tokens that hold and say something else: without a key whoever reads the source can make one.</summary>
internal sealed class Queries : IGenerator
{
    private static readonly PageTokens Forged = new(ReadOnlyMemory<byte>.Empty);

    private static readonly string[] Cursors =
    [
        string.Empty, "0", "-1", "1", "a", "\0", "~", "|", "0|0", "9999999999999999999", new('9', 500), "00000000-0000-0000-0000-000000000000", "2026-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z|x", "'", "{}", "[]", "é\u202e", "a\nb", "!", "ff~", "\u007f",
    ];

    private static readonly string[] Limits = ["0", "1", "2", "200", "201", "-1", "ten", "1.5", "٥", "+1", "0x1", "99999999999999", " 1", "1&limit=2", ""];

    public string Name => "queries";

    public int Weight => 10;

    public FuzzCase Make(FuzzWorld world, Dice dice)
    {
        var call = dice.Pick([.. world.Api.Calls.Where(each => each.Method == HttpMethod.Get && each.NeedsToken)]);
        var names = call.QueryNames.Append(dice.Pick(["nobody", "limit", "Limit", "app_name[]", ""])).ToList();
        var parts = new List<string>();
        if (names.Contains("continuation_token") && dice.Chance(50))
        {
            parts.Add($"continuation_token={Token(call.Name, world, dice)}");
            parts.Add($"limit={dice.Pick(["1", "3", "200"])}");
        }
        else
        {
            for (var count = dice.Pick([1, 1, 2, 3]); count > 0; count--)
            {
                parts.Add($"{Paths.Written(dice.Pick(names))}={Value(dice.Pick(names), world, dice)}");
            }
        }

        return new(Name, new FuzzRequest("GET", $"{Bodies.Target(call, world, dice)}?{string.Join('&', parts)}").As("everybody"));
    }

    private static string Token(string function, FuzzWorld world, Dice dice)
    {
        var known = world.Cursors.GetValueOrDefault(function);
        var cursor = known is null || dice.Chance(30)
            ? dice.Pick(Cursors)
            : Encoding.UTF8.GetString(ByteDamage.Of(Encoding.UTF8.GetBytes(known), Encoding.UTF8.GetBytes(dice.Pick([.. world.Cursors.Values])), dice.Random));
        return Forged.Write(function, cursor[..Math.Min(cursor.Length, 900)]);
    }

    private static string Value(string name, FuzzWorld world, Dice dice) => dice.Chance(70)
        ? Paths.Written(name is "limit" && dice.Chance(70) ? dice.Pick(Limits) : Oddities.Plain(dice)).Replace("&", dice.Chance(50) ? "%26" : "&", StringComparison.Ordinal).Replace("?", "%3F", StringComparison.Ordinal)
        : name switch
        {
            "status" => "AWAITING_CAB",
            "ring" => "LAB",
            "app_name" => Paths.Written(world.Pool.App),
            "correlation_id" => world.Pool.Any(dice).ToString(),
            "from" or "to" => "2026-01-01T00:00:00Z",
            _ => "1",
        };
}

using System.Text;
using Governance.Testing.Damage;

namespace Governance.LoadTests.Fuzzing.Generators;

/// <summary>The review pages: their paths and queries, their forms with wrong fields, forms and cookies of nobody or of somebody else.</summary>
internal sealed class Pages : IGenerator
{
    private static readonly string[] Actions = ["approve", "reject", "revoke", "emergency", "emergency-review"];

    private static readonly string[] Fields =
        ["comments", "reason", "incident_id", "outcome", "subject_digest", "max_ring", "min_success_rate", "observe_hours", "not_before", "not_after", "note", "anti_forgery", "return_to", "person", "x"];

    private static readonly string[] Values =
    [
        "", "x", "confirmed", "LAB", "MOON", "101", "99.5", "99.555", "-1", "24", "99999999999", "2026-12-01T10:00", "9999-12-31T23:59:59", "0001-01-01T00:00", "2026-02-30T00:00", "%3Czx+onload%3D1%3E", "%00", "%0d%0a", "%ff", "%ed%a0%80", "%", "%zz", "+", "%u0041", "%e2%80%ae", "%d9%a5", "/review",
        "//elsewhere.example", "https://elsewhere.example", "/review/../development", "22222222-2222-4222-8222-222222222222", "f0000000-0000-4000-8000-0000000000e1", "0000000000000000000000000000000000000000000000000000000000000000", "zz",
    ];

    public string Name => "pages";

    public int Weight => 8;

    public FuzzCase Make(FuzzWorld world, Dice dice) => dice.Chance(35) ? Read(world, dice) : Post(world, dice);

    private FuzzCase Read(FuzzWorld world, Dice dice)
    {
        var path = dice.Pick(["/review", $"/review/{world.Pool.Any(dice)}", $"/review/{dice.Guid()}", "/review/sign-in", "/review/signed-in", "/review/style.css", "/development/sign-in", $"/review/{Paths.Written(Oddities.Plain(dice))}"]);
        var query = dice.Chance(70) ? $"?{dice.Pick(["done", "return_to", "state", "code", "limit", "continuation_token", "again", "x"])}={dice.Pick(Values)}" : string.Empty;
        return new(Name, Signed(new FuzzRequest("GET", path + query), dice, out _)) { MayBreakHttp = true };
    }

    private FuzzCase Post(FuzzWorld world, Dice dice)
    {
        var path = dice.Chance(85) ? $"/review/{(dice.Chance(90) ? world.Pool.Any(dice) : dice.Guid())}/{dice.Pick(Actions)}" : dice.Pick(["/development/sign-in", "/review/sign-out", "/review"]);
        var request = Signed(new FuzzRequest("POST", path), dice, out var person);

        // Signing out ends a session in the browser alone: the cookie of the others stays good.
        var token = dice.Next(10) switch
        {
            0 => "",
            1 => "x",
            2 => "{{form-max}}",
            3 => "{{form-bo}}x",
            _ => person is null ? "{{form-bo}}" : $"{{{{form-{person}}}}}",
        };
        var form = new StringBuilder($"anti_forgery={token}");
        for (var count = dice.Pick([1, 2, 4, 8, 8, 250]); count > 0; count--)
        {
            form.Append('&').Append(dice.Pick(Fields.AsSpan(0, 11).ToArray())).Append('=').Append(dice.Chance(97) ? dice.Pick(Values) : new string('a', dice.Pick([4001, 70_000, 1 << 20])));
        }

        form.Append(dice.Chance(10) ? dice.Pick(["&", "&&=&", "=", "&anti_forgery=x", "&" + new string('n', 5000) + "=1", "%"]) : string.Empty);
        var body = Encoding.Latin1.GetBytes(form.ToString());
        request = request.With("Content-Type", dice.Chance(95) ? "application/x-www-form-urlencoded" : dice.Pick(["application/json", "multipart/form-data; boundary=x", "", "text/plain"]));
        request = dice.Chance(10) ? request.With("Sec-Fetch-Site", dice.Pick(["cross-site", "same-site", "same-origin", "none", "x"])) : request;
        return new(Name, request with { Body = dice.Chance(5) ? ByteDamage.Of(body, body, dice.Random) : body }) { MustRefuse = token.Length < 5 || person is null && path != "/development/sign-in" };
    }

    private static FuzzRequest Signed(FuzzRequest request, Dice dice, out string? person)
    {
        person = dice.Next(10) switch
        {
            < 5 => "bo",
            < 8 => "max",
            _ => null,
        };
        return (person, dice.Next(8)) switch
        {
            (null, < 3) => request.With("Cookie", dice.Pick(["governance=x", "governance={{form-bo}}", $"governance={new string('A', 4000)}", "governance-form=x", "governance=CfDJ8AAAA; governance-form=CfDJ8AAAA"])),
            (null, _) => request,
            _ => request.With("Cookie", $"{{{{cookies-{person}}}}}"),
        };
    }
}

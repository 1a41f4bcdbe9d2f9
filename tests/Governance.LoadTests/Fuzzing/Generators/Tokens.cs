using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Governance.LoadTests.Fuzzing.Generators;

/// <summary>Bearer tokens: not signed, signed by somebody else, for somebody else, too old, too new, without what they need, with it in another shape.</summary>
internal sealed class Tokens : IGenerator
{
    private static readonly Guid Everybody = new("f0000000-0000-4000-8000-0000000000e1");

    private static readonly string[] Headers =
    [
        """{"alg":"none"}""", """{"alg":"None","typ":"JWT"}""", """{"alg":"nOnE"}""", """{"alg":""}""", "{}", """{"alg":null}""", """{"alg":["ES256"]}""", """{"alg":"RS256","kid":"x"}""", """{"alg":"ES256","jku":"http://127.0.0.1:1/keys"}""",
        """{"alg":"ES256","jwk":{"kty":"EC"}}""", """{"alg":"ES256","crit":["x"],"x":1}""", """{"alg":"ES256","zip":"DEF"}""", """{"alg":"dir","enc":"A128CBC-HS256"}""", """{"alg":"ES384"}""", "[]", "null", "\"\"", """{"alg":"ES256","kid":"../../etc/passwd"}""", "{\"alg\":\"\\ud800\"}",
    ];

    // Claims that no token may be let in with, whoever signed it.
    private static readonly (string Name, string Value)[] Refused =
    [
        ("exp", "1"), ("exp", "null"), ("exp", "\"tomorrow\""), ("exp", "-1"), ("exp", "{}"), ("nbf", "99999999999"), ("nbf", "4102444800"), ("aud", "\"00000000-0000-4000-8000-000000000000\""), ("aud", "[]"), ("aud", "null"), ("aud", "{}"),
        ("iss", "\"https://elsewhere.example\""), ("iss", "null"), ("iss", "[]"), ("iss", "\"\""), ("tid", "\"00000000-0000-4000-8000-000000000000\""), ("tid", "null"), ("tid", "1"), ("tid", "\"\""), ("oid", "null"), ("oid", "\"\""), ("oid", "\"nobody\""), ("oid", "1"),
        ("oid", "{}"), ("oid", "\"00000000-0000-0000-0000-000000000000\""), ("roles", "[]"), ("roles", "null"), ("roles", "{}"), ("roles", "5"), ("roles", "[[\"Nobody\"]]"), ("roles", "[\"publisher \"]"), ("roles", "\"Publisher CabApprover\""), ("scp", "null"), ("scp", "\"other\""), ("scp", "{}"), ("acct", "1"), ("idp", "\"https://sts.windows.net/elsewhere/\""),
    ];

    private static readonly (string Name, string Value)[] Odd =
    [
        ("roles", "\"Publisher\""), ("roles", "[\"Publisher\",5,null,{}]"), ("roles", "{\"Publisher\":true}"), ("aud", "[\"x\",\"00000000-0000-4000-8000-00000000a991\"]"), ("exp", "1e11"), ("exp", "9223372036854775807"), ("exp", "1e400"), ("iat", "\"x\""), ("nbf", "0.5"), ("nbf", "-1e400"), ("idtyp", "5"), ("idtyp", "\"\\ud800\""),
        ("oid", "[\"f0000000-0000-4000-8000-0000000000e1\",\"x\"]"), ("name", "\"\\u0000\\u202e\""), ("sub", "null"), ("azp", "5"), ("azp", "\"\\ud800\""), ("__proto__", "{}"), ("\\ud800", "1"), ("tid", "[\"00000000-0000-4000-8000-00000000de70\"]"), ("acct", "\"1\""),
    ];

    public string Name => "tokens";

    public int Weight => 10;

    public FuzzCase Make(FuzzWorld world, Dice dice)
    {
        var (token, refused) = Token(world.Tokens, dice);
        var call = dice.Pick([.. world.Api.Calls.Where(each => each.NeedsToken)]);
        var request = new FuzzRequest(call.Method.Method, Bodies.Target(call, world, dice)).With("Authorization", $"Bearer {token}");
        return new(Name, call.Example is null ? request : request.Json(Encoding.UTF8.GetBytes(Bodies.Valid(call, world, dice).ToJsonString())))
        {
            MustRefuse = refused,

            // Over the server's limit for headers it is the server that refuses.
            MayBreakHttp = token.Length > 7000 || token.Any(each => each is < ' ' or > '~'),
        };
    }

    private static (string Token, bool Refused) Token(TokenForge forge, Dice dice)
    {
        var claims = TokenForge.Claims(Everybody, "Publisher", "CabApprover", "SecurityReviewer", "Auditor", "PlatformAdmin");
        var payload = claims.ToJsonString();
        switch (dice.Next(9))
        {
            case 0:
                return ($"{TokenForge.Part(dice.Pick(Headers))}.{TokenForge.Part(payload)}.{(dice.Chance(50) ? string.Empty : "AAAA")}", true);
            case 1:
                return (forge.Sign(dice.Pick(Headers[..4]), payload), true);
            case 2:
                return (Confused(forge, payload, dice), true);
            case 3:
                return (Spoilt(forge.Sign(TokenForge.Valid, payload), dice), true);
            case 4:
            case 5:
                {
                    var (name, value) = dice.Pick(Refused);
                    return (forge.Sign(TokenForge.Valid, With(claims, name, value)), true);
                }

            case 6:
                {
                    var (name, value) = dice.Pick(Odd);
                    return (forge.Sign(TokenForge.Valid, With(claims, name, value)), false);
                }

            case 7:
                claims["roles"] = new JsonArray([.. Enumerable.Range(0, dice.Pick([50, 500, 3000])).Select(number => (JsonNode)$"Role{number}")]);
                return (forge.Sign(TokenForge.Valid, claims.ToJsonString()), true);
            default:
                return (forge.Sign(TokenForge.Valid, Encoding.UTF8.GetString(JsonDamage.Whole(Encoding.UTF8.GetBytes(payload), dice))), false);
        }
    }

    // A name may come in a second time: the claim itself is taken out first.
    private static string With(JsonObject claims, string name, string value)
    {
        var rest = claims.DeepClone().AsObject();
        rest.Remove(name);
        return $"{rest.ToJsonString()[..^1]},\"{name}\":{value}}}";
    }

    private static string Confused(TokenForge forge, string payload, Dice dice)
    {
        var signed = $"{TokenForge.Part("""{"alg":"HS256","typ":"JWT"}""")}.{TokenForge.Part(payload)}";
        var key = dice.Pick<byte[]>([forge.PublicKey, [], new byte[32], "secret"u8.ToArray()]);
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Spoilt(string token, Dice dice)
    {
        var parts = token.Split('.');
        switch (dice.Next(8))
        {
            case 0:
                return string.Join('.', parts[..dice.Next(3)]);
            case 1:
                return $"{token}.{parts[2]}";
            case 2:
                return $"{parts[0]}.{parts[1]}.{new string('A', 86)}";
            case 3:
                return $"{parts[0]}.{parts[1]}.{parts[2][..40]}";
            case 4:
                return new string(dice.Pick(['a', '.', '-']), dice.Pick([1, 9000, 20_000]));
            case 5:
                return dice.Pick(["null", "undefined", "x.y.z", "..", "%00", "\u00e9.\u00e9.\u00e9", "{}", "eyJ"]);
            default:
                {
                    // Not the last letter of a part, which may hold bits that count for nothing.
                    var part = dice.Next(3);
                    var at = dice.Next(parts[part].Length - 1);
                    var letters = parts[part].ToCharArray();
                    letters[at] = letters[at] == 'A' ? 'B' : 'A';
                    parts[part] = new(letters);
                    return string.Join('.', parts);
                }
        }
    }
}

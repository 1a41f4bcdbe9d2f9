using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Governance.LoadTests.Fuzzing.Generators;

/// <summary>Messages of a team's outgoing webhook: proofs of other bodies, times long ago, odd words.</summary>
internal sealed class Webhooks : IGenerator
{
    public string Name => "webhooks";

    public int Weight => 4;

    public FuzzCase Make(FuzzWorld world, Dice dice)
    {
        var message = new JsonObject
        {
            ["type"] = "message",
            ["id"] = dice.Chance(90) ? $"w{dice.Name}" : "w1",
            ["timestamp"] = DateTimeOffset.UtcNow.AddMinutes(dice.Pick([0, 0, 0, 0, -4, -6, 6, -100_000])).ToString("o", CultureInfo.InvariantCulture),
            ["text"] = $"<at>CAB</at> {dice.Pick(["pending", $"status {world.Pool.Any(dice)}", $"status {dice.Guid()}", "status", "approve everything", Oddities.Plain(dice), new string('<', 300), "<at>" + new string('a', 100_000)])}",
            ["from"] = new JsonObject { ["id"] = "29:x", ["aadObjectId"] = dice.Guid().ToString() },
            ["conversation"] = new JsonObject { ["id"] = "19:cab@thread.tacv2;messageid=1" },
            ["channelData"] = new JsonObject { ["tenant"] = new JsonObject { ["id"] = world.Teams.Options.TenantId.ToString("D") }, ["teamsTeamId"] = "19:team@thread.tacv2" },
        };
        var body = JsonDamage.Of(message, dice);
        var proven = dice.Chance(65);
        var proof = proven ? "{{hmac}}" : dice.Pick(
        [
            string.Empty, "HMAC", "HMAC ", "HMAC x", $"HMAC {Convert.ToBase64String(dice.Bytes(32))}", $"HMAC {Convert.ToBase64String(dice.Bytes(31))}", $"HMAC {Convert.ToBase64String(HMACSHA256.HashData(world.Teams.WebhookSecret, (byte[])[.. body, 32]))}",
            $"hmac {Convert.ToBase64String(dice.Bytes(32))}", $"HMAC {new string('A', 5000)}", "Bearer {{teams}}", "Bearer {{everybody}}", "HMAC \u00e9",
        ]);
        return new(Name, new FuzzRequest("POST", "/api/v1/teams/outgoing-webhook").Json(body).With("Authorization", proof)) { MustRefuse = !proven, MayBreakHttp = proof.Any(each => each > '~') };
    }
}

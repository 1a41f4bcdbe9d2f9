using System.Text.Json.Nodes;
using Governance.Local.Teams;

namespace Governance.LoadTests.Fuzzing.Generators;

/// <summary>What the bot connector delivers: real presses of real cards, damaged; other people's; with tokens that are none, too old, or for somebody else.</summary>
internal sealed class Callbacks : IGenerator
{
    private static readonly string[] Verbs = ["cab.approve", "cab.reject", "cab.approve_with_conditions", "cab.refresh", "nobody"];

    public string Name => "callbacks";

    public int Weight => 8;

    public FuzzCase Make(FuzzWorld world, Dice dice)
    {
        var activity = Activity(world.Teams, dice);
        var (token, refused) = dice.Chance(65) ? ("Bearer {{teams}}", false) : Wrong(world.Teams, dice);
        if (dice.Chance(25))
        {
            Alien(activity, dice);
        }

        var request = new FuzzRequest("POST", "/api/v1/teams/messages").Json(JsonDamage.Of(activity, dice));
        return new(Name, token.Length == 0 ? request : request.With("Authorization", token)) { MustRefuse = refused };
    }

    // Cards come when their notices are delivered; until then a press of a card that nobody sent is as good.
    private static JsonObject Activity(TeamsSimulator teams, Dice dice)
    {
        var by = teams.Options.People[dice.Next(teams.Options.People.Count)].ObjectId;
        (string, string)[] inputs = [("reason", "Not tried."), ("note", "Seen."), ("max_ring", "PILOT"), ("min_success_rate", "99.5"), ("observe_hours", "24"), ("not_before", "2026-12-01"), ("not_after", "2027-12-01"), ("condition", "Tell the help desk.")];
        var cards = teams.Channel.Messages.Where(message => message.Buttons.Count > 0).TakeLast(6).ToList();
        if (cards.Count > 0 && dice.Chance(85))
        {
            var card = dice.Pick(cards);
            return teams.Press(card, card.Buttons[dice.Next(card.Buttons.Count)]["verb"]!.GetValue<string>(), by, inputs);
        }

        return new()
        {
            ["type"] = dice.Pick(["invoke", "invoke", "message", "conversationUpdate", "installationUpdate"]),
            ["name"] = dice.Pick(["adaptiveCard/action", "composeExtension/query", "x"]),
            ["id"] = $"f:{dice.Name}",
            ["channelId"] = "msteams",
            ["serviceUrl"] = teams.ServiceUrl,
            ["timestamp"] = "2026-01-01T00:00:00Z",
            ["from"] = new JsonObject { ["id"] = $"29:{by:N}", ["aadObjectId"] = by.ToString() },
            ["conversation"] = new JsonObject { ["id"] = "19:cab@thread.tacv2;messageid=1", ["tenantId"] = teams.Options.TenantId.ToString() },
            ["channelData"] = new JsonObject { ["tenant"] = new JsonObject { ["id"] = teams.Options.TenantId.ToString() } },
            ["value"] = new JsonObject
            {
                ["action"] = new JsonObject { ["type"] = "Action.Execute", ["verb"] = dice.Pick(Verbs), ["data"] = new JsonObject { ["rid"] = dice.Guid().ToString(), ["rev"] = "1", ["mac"] = new string('A', 43) } },
                ["trigger"] = "manual",
            },
        };
    }

    private static void Alien(JsonObject activity, Dice dice)
    {
        switch (dice.Next(5))
        {
            case 0:
                activity["conversation"]!["tenantId"] = dice.Guid().ToString();
                break;
            case 1:
                activity["replyToId"] = "1";
                break;
            case 2:
                activity["from"]!["aadObjectId"] = dice.Chance(50) ? dice.Guid().ToString() : Oddities.Plain(dice);
                break;
            case 3:
                activity["serviceUrl"] = dice.Pick(["https://elsewhere.example/", "http://127.0.0.1:1/", "file:///etc/passwd", "", "//", Oddities.Plain(dice)]);
                break;
            default:
                activity["from"]!["role"] = "bot";
                break;
        }
    }

    private static (string Token, bool Refused) Wrong(TeamsSimulator teams, Dice dice)
    {
        var now = DateTime.UtcNow;
        return dice.Next(9) switch
        {
            0 => (string.Empty, true),
            1 => ($"Bearer {teams.Issuer.Token("https://elsewhere.example/")}", true),
            2 => ($"Bearer {teams.Issuer.Token(teams.ServiceUrl, token => (token.NotBefore, token.Expires) = (now.AddHours(-3), now.AddHours(-2)))}", true),
            3 => ($"Bearer {teams.Issuer.Token(teams.ServiceUrl, token => (token.NotBefore, token.Expires) = (now.AddHours(2), now.AddHours(3)))}", true),
            4 => ($"Bearer {teams.Issuer.Token(teams.ServiceUrl, token => token.Audience = dice.Guid().ToString())}", true),
            5 => ($"Bearer {teams.Issuer.Token(teams.ServiceUrl, token => token.Issuer = "https://elsewhere.example")}", true),
            6 => ($"Bearer {TokenForge.Part("""{"alg":"none","kid":"key-1"}""")}.{TokenForge.Part("{}")}.", true),
            7 => ("Bearer {{everybody}}", true),
            _ => (dice.Pick(["Bearer", "Bearer x", "Bearer a.b.c", "Basic YTpi", $"Bearer {new string('a', 9000)}", "Bearer {{teams}} {{teams}}"]), true),
        };
    }
}

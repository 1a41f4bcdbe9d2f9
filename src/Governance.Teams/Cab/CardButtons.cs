using System.Text.Json.Nodes;
using Governance.Core;

namespace Governance.Teams.Cab;

/// <summary>The buttons of an open request. One nested card for each decision: an input counts only on the card whose button is pressed.</summary>
internal static class CardButtons
{
    internal static JsonObject Make(CabCardFacts facts, Uri review, Func<string, JsonObject> data)
    {
        JsonObject Confirm(string title, string verb) =>
            CardElements.Actions(CardElements.Execute(title, verb, data(verb), CardElements.Open("Decide in the browser", review)));

        return CardElements.Actions(
            CardElements.Show("Approve", [CardElements.Input(CardInputs.Note, "Comment (optional)", multiline: true), Confirm("Confirm approval", CardVerbs.Approve)]),
            CardElements.Show("Approve with conditions", [.. Conditions(facts), Confirm("Confirm with conditions", CardVerbs.ApproveWithConditions)]),
            CardElements.Show(
                "Reject",
                [CardElements.Input(CardInputs.Reason, "Reason", multiline: true, required: "A reason is required"), Confirm("Confirm rejection", CardVerbs.Reject)]));
    }

    internal static JsonObject Refresh(Func<string, JsonObject> data) =>
        new() { ["type"] = "Action.Execute", ["title"] = "Refresh", ["verb"] = CardVerbs.Refresh, ["data"] = data(CardVerbs.Refresh) };

    private static IEnumerable<JsonNode> Conditions(CabCardFacts facts) =>
    [
        CardElements.Choice(
            CardInputs.MaxRing, "Only up to ring", Rings.All.Where(ring => ring >= facts.Rings.Start && ring <= facts.Rings.Target).Select(ring => (ring.WireName(), ring.WireName()))),
        CardElements.Number(CardInputs.MinSuccessRate, "Success rate of at least, %", 0, 100),
        CardElements.Number(CardInputs.ObserveHours, "Observe every ring for, hours", 1, 2160),
        CardElements.Date(CardInputs.NotBefore, "Not before (00:00 UTC)"),
        CardElements.Date(CardInputs.NotAfter, "Not after (end of the day, UTC)"),
        CardElements.Input(CardInputs.Condition, "Another condition", multiline: true),
        CardElements.Input(CardInputs.Note, "Comment (optional)", multiline: true),
    ];
}

/// <summary>The names of a card's inputs; none is a name of the buttons' own data.</summary>
internal static class CardInputs
{
    internal const string Note = "note";
    internal const string Reason = "reason";
    internal const string Condition = "condition";
    internal const string MaxRing = "max_ring";
    internal const string MinSuccessRate = "min_success_rate";
    internal const string ObserveHours = "observe_hours";
    internal const string NotBefore = "not_before";
    internal const string NotAfter = "not_after";
}

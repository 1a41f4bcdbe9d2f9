using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Teams.Connector;

namespace Governance.Teams.Cab;

/// <summary>Makes the card of a CAB request. Pure: the same facts give the same bytes.</summary>
internal static class CabCard
{
    /// <summary>No card is larger, UTF-8; a flow takes 28 KB with its envelope, a bot more.</summary>
    internal const int MaxBytes = 20 * 1024;

    // From everything to little: the first that fits is sent. The last fits whatever the texts.
    private static readonly Detail[] Details = [new(400, 5, 8), new(200, 5, 5), new(100, 5, 3), new(40, 3, 1)];

    /// <summary>The card.</summary>
    /// <param name="facts">What it shows.</param>
    /// <param name="review">The review page.</param>
    /// <param name="buttons">What its buttons carry, by verb; null for a card that cannot decide.</param>
    /// <param name="banner">A sentence on top, for whoever just pressed a button; null for none.</param>
    /// <returns>At most <see cref="MaxBytes"/>.</returns>
    internal static CardMessage Make(CabCardFacts facts, Uri review, Func<string, JsonObject>? buttons, string? banner = null)
    {
        foreach (var detail in Details)
        {
            var card = Card(facts, review, buttons, banner, detail);
            if (SizeOf(card) <= MaxBytes)
            {
                return new(card, Title(facts, 100));
            }
        }

        throw new InvalidOperationException($"The card of {facts.Id} does not fit at any detail.");
    }

    /// <summary>The card of a revision that nothing is asked about any more, because something that it was about has changed.</summary>
    internal static CardMessage Superseded(string appName, string version, int revision, Uri review, string? banner = null)
    {
        var title = $"Superseded, decide on the newer request: {CardText.Neutral(appName, 100)} {CardText.Neutral(version, 100)}";
        List<JsonNode> body =
        [
            .. banner is null ? Array.Empty<JsonNode>() : [CardElements.Text(CardText.Neutral(banner, 500), bold: true)],
            CardElements.Text(title, bold: true, large: true),
            CardElements.Text($"Revision {revision} is no longer what would be published. Where the CAB is asked again there is a card of its own."),
            CardElements.Actions(CardElements.Open("Open the review page", review)),
        ];
        return new(CardElements.Card(body, $"{title}: {review.AbsoluteUri}"), title);
    }

    internal static int SizeOf(JsonNode card) => JsonSerializer.SerializeToUtf8Bytes(card, ChannelCalls.Wire).Length;

    private static JsonObject Card(CabCardFacts facts, Uri review, Func<string, JsonObject>? buttons, string? banner, Detail detail)
    {
        var open = facts.Standing == CardStanding.Open;
        var body = new List<JsonNode>();
        if (banner is not null)
        {
            body.Add(CardElements.Text(CardText.Neutral(banner, 500), bold: true));
        }

        body.Add(CardElements.Text(Title(facts, detail.Text), bold: true, large: true));
        body.Add(CardElements.Facts(Subject(facts, detail)));
        body.AddRange(open ? Weighing(facts, detail) : Decision(facts, detail));
        body.Add(CardElements.Actions(CardElements.Open("Open the review page", review)));
        if (open && buttons is not null)
        {
            body.Add(CardButtons.Make(facts, review, buttons));
        }
        else if (open)
        {
            body.Add(CardElements.Text("Decide on the review page.", subtle: true));
        }

        var card = CardElements.Card(body, $"{Title(facts, 100)}: {review.AbsoluteUri}");
        if (open && buttons is not null)
        {
            card["refresh"] = new JsonObject { ["action"] = CardButtons.Refresh(buttons) };
        }

        return card;
    }

    private static string Title(CabCardFacts facts, int max)
    {
        var what = $"{CardText.Neutral(facts.AppName, max)} {CardText.Neutral(facts.Version, max)}";
        return facts.Standing switch
        {
            CardStanding.Open when facts.Escalated => $"Escalated, decision overdue: {what}",
            CardStanding.Open => $"CAB decision needed: {what}",
            CardStanding.Approved => $"Approved: {what}",
            CardStanding.ApprovedWithConditions => $"Approved with conditions: {what}",
            CardStanding.ApprovedInEmergency => $"Approved in an emergency: {what}",
            CardStanding.Rejected => $"Rejected: {what}",
            CardStanding.Expired => $"Not decided in time: {what}",
            _ => $"No decision needed any more: {what}",
        };
    }

    private static IEnumerable<(string Title, string Value)> Subject(CabCardFacts facts, Detail detail)
    {
        yield return ("App", CardText.Neutral(facts.AppName, detail.Text));
        yield return ("Version", CardText.Neutral(facts.Version, detail.Text));
        yield return ("Rings", facts.Rings.Start == facts.Rings.Target ? facts.Rings.Target.WireName() : $"{facts.Rings.Start.WireName()} to {facts.Rings.Target.WireName()}");
        yield return ("Scope", string.Join("; ", facts.Scope.Select(ring => CardText.Neutral(ring, 100))));
        yield return ("Asked by", CardText.Neutral(facts.AskedBy, 100) + (facts.Urgency == Urgency.Urgent ? ", urgent" : string.Empty));
        if (facts.Justification is not null)
        {
            yield return ("Because", CardText.Neutral(facts.Justification, detail.Text));
        }

        yield return ("Revision", facts.Revision.ToString(CultureInfo.InvariantCulture));
        yield return ("Subject digest", facts.SubjectDigest.ToString());
        if (facts.Standing == CardStanding.Open)
        {
            yield return ("Decide by", CabCardFacts.Utc(facts.Escalated ? facts.ExpiresAt : facts.DueAt));
            yield return ("Approvals", $"{facts.Approvals.Count} of {facts.Needed}{string.Concat(facts.Approvals.Take(2).Select(each => "; " + CardText.Neutral(each, 120)))}");
        }
    }

    private static IEnumerable<JsonNode> Weighing(CabCardFacts facts, Detail detail)
    {
        yield return CardElements.Text($"Risk {facts.Score} of 100", bold: true, separate: true);
        foreach (var reason in Listed(facts.Reasons, detail))
        {
            yield return CardElements.Text(reason);
        }

        yield return CardElements.Facts(facts.TopFactors.Take(detail.Factors).Select(factor => (
            CardText.Neutral(factor.Name, 60), string.Create(CultureInfo.InvariantCulture, $"+{factor.Contribution / 100m:0.0} of {factor.Weight}: {CardText.Neutral(factor.Reason, detail.Text)}"))));
        if (facts.Difference is { } difference)
        {
            yield return CardElements.Text($"Changed since {CardText.Neutral(difference.From, 150)}", bold: true, separate: true);
            foreach (var line in Listed(difference.Lines, detail).DefaultIfEmpty("Nothing that a check looks at."))
            {
                yield return CardElements.Text(line);
            }
        }
        else
        {
            yield return CardElements.Text("No approved version of this app to compare with here.", subtle: true, separate: true);
        }

        yield return CardElements.Text(facts.FailedRules.Count == 0 ? "No rule failed." : "Rules that failed", bold: facts.FailedRules.Count > 0, separate: true);
        foreach (var rule in Listed(facts.FailedRules, detail))
        {
            yield return CardElements.Text(rule);
        }

        yield return CardElements.Text(
            facts.Missing.Count == 0 ? $"The evidence is complete for {facts.Rings.Target.WireName()}." : $"Evidence missing for {facts.Rings.Target.WireName()}",
            bold: facts.Missing.Count > 0,
            separate: true);
        foreach (var item in Listed(facts.Missing, detail))
        {
            yield return CardElements.Text(item);
        }
    }

    private static IEnumerable<JsonNode> Decision(CabCardFacts facts, Detail detail)
    {
        var lines = new List<(string, string)> { ("Deployment", facts.Status.WireName()), ("Risk", $"{facts.Score} of 100") };
        if (facts.Standing != CardStanding.Withdrawn)
        {
            lines.AddRange(facts.DecidedBy is { } decider ? [("Decided by", CardText.Neutral(decider, 120))] : Array.Empty<(string, string)>());
            lines.AddRange(facts.DecidedAt is { } at ? [("Decided at", CabCardFacts.Utc(at))] : Array.Empty<(string, string)>());
            lines.AddRange(string.IsNullOrWhiteSpace(facts.Comments) ? Array.Empty<(string, string)>() : [("Comment", CardText.Neutral(facts.Comments, detail.Text))]);
            lines.AddRange(Listed(facts.Conditions, detail).Select(condition => ("Condition", condition)));
        }

        yield return CardElements.Facts(lines);
    }

    private static IEnumerable<string> Listed(IEnumerable<string> lines, Detail detail)
    {
        var all = lines.ToList();
        return all.Take(detail.Lines).Select(line => CardText.Neutral(line, detail.Text))
            .Concat(all.Count > detail.Lines ? [$"… and {all.Count - detail.Lines} more on the review page"] : []);
    }

    /// <param name="Text">Characters of a text that others wrote.</param>
    /// <param name="Factors">Factors of the score.</param>
    /// <param name="Lines">Lines of each list.</param>
    private sealed record Detail(int Text, int Factors, int Lines);
}

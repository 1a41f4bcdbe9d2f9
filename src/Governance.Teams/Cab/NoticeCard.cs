using System.Text.Json.Nodes;
using Governance.Core.Cab;
using Governance.Teams.Connector;

namespace Governance.Teams.Cab;

/// <summary>Makes the card of a notice: some lines and a link. Pure.</summary>
internal static class NoticeCard
{
    private const int MostLines = 10;

    internal static CardMessage Make(CabNotice notice, Uri address)
    {
        var title = CardText.Neutral(notice.Title, 200);
        var body = new List<JsonNode> { CardElements.Text(title, bold: true) };
        body.AddRange(notice.Lines.Take(MostLines).Select(line => CardElements.Text(CardText.Neutral(line, 300))));
        body.Add(CardElements.Actions(CardElements.Open("Open", address)));
        return new(CardElements.Card(body, $"{title}: {address.AbsoluteUri}"), title);
    }
}

using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Teams.Connector;

namespace Governance.Teams.Approvers;

/// <summary>Asks the connector who is behind the sender of an activity: what the activity says of its sender is a claim in a body that the token does not cover.</summary>
internal sealed class Roster(TeamsOptions options, ChannelCalls calls, IAccessTokens tokens, TimeProvider clock)
{
    private const int MostKept = 10_000;
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(string Channel, string From), (RosterMember Member, DateTimeOffset Until)> _known = new();

    /// <summary>The member behind <c>from.id</c>.</summary>
    /// <param name="serviceUrl">Of the activity, trusted by then.</param>
    /// <param name="conversationId">Of the activity.</param>
    /// <param name="fromId">As the bot knows the sender.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null where the connector does not say.</returns>
    internal async ValueTask<RosterMember?> Find(Uri serviceUrl, string conversationId, string fromId, CancellationToken cancellation)
    {
        var channel = conversationId.Split(';')[0];
        if (_known.TryGetValue((channel, fromId), out var known) && clock.GetUtcNow() < known.Until)
        {
            return known.Member;
        }

        string? token;
        try
        {
            token = await tokens.Get(BotChannel.Scope, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException)
        {
            return null;
        }

        var path = $"v3/conversations/{Uri.EscapeDataString(channel)}/members/{Uri.EscapeDataString(fromId)}";
        var (answer, _) = await calls.Send(HttpMethod.Get, new Uri(serviceUrl, path), token, null, repeatable: true, cancellation).ConfigureAwait(false);
        if (answer is null || Read(answer) is not { } member)
        {
            return null;
        }

        if (_known.Count >= MostKept)
        {
            _known.Clear();
        }

        _known[(channel, fromId)] = (member, clock.GetUtcNow() + KeptFor);
        return member;
    }

    private RosterMember? Read(JsonObject answer) =>
        PersonId.TryParse(Text(answer, "aadObjectId") ?? Text(answer, "objectId"), null, out var person)
            ? new(
                person,
                Guid.TryParse(Text(answer, "tenantId"), out var tenant) && tenant == options.TenantId,
                Text(answer, "userRole") is "guest" or "anonymous")
            : null;

    private static string? Text(JsonObject answer, string name) => answer[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

/// <summary>A member of the conversation.</summary>
/// <param name="Person">Their object id.</param>
/// <param name="OfTenant">Whether they are of the configured tenant; people of a shared channel may not be.</param>
/// <param name="Guest">Whether they are a guest.</param>
internal sealed record RosterMember(PersonId Person, bool OfTenant, bool Guest);

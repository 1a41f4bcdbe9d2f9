using System.Collections.Immutable;
using Governance.Core;

namespace Governance.Teams;

/// <summary>How Governance talks to Teams. Everything is optional but what its other parts need.</summary>
public sealed record TeamsOptions
{
    /// <summary>The one tenant whose people decide.</summary>
    public required Guid TenantId { get; init; }

    /// <summary>Where people reach the app's pages, such as <c>https://governance.contoso.com</c>: links in cards begin with it.</summary>
    public required Uri PublicAddress { get; init; }

    /// <summary>The bot; null where there is none.</summary>
    public BotOptions? Bot { get; init; }

    /// <summary>A flow that posts cards into a channel; used where there is no bot.</summary>
    public SecretAddress? Workflow { get; init; }

    /// <summary>The outgoing webhooks of teams that may ask for a status, 0 to 8.</summary>
    public ImmutableArray<OutgoingWebhook> OutgoingWebhooks { get; init; } = [];

    /// <summary>Who may decide from Teams.</summary>
    public ApproverOptions Approvers { get; init; } = new();

    /// <summary>How long a callback may take before it is answered, done or not: 0.5 to 4.5 s. Teams gives an outgoing webhook 5 s, and people give up on a card after about 10.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Whether simulators on this machine may stand in, over plain http. Never outside development.</summary>
    public bool AllowLoopback { get; init; }

    /// <summary>What is wrong, with the name of the setting; empty where nothing is.</summary>
    public IReadOnlyList<(string Setting, string Problem)> Problems() =>
    [
        .. OptionRules.Address("PublicAddress", PublicAddress, AllowLoopback),
        .. Bot is null ? [] : Bot.Problems(AllowLoopback),
        .. Bot is null ? [] : Approvers.Problems(AllowLoopback),
        .. Workflow is null ? [] : OptionRules.Address("Workflow", Workflow.Value, AllowLoopback),
        .. OutgoingWebhooks.Length > 8 ? [("OutgoingWebhooks", "takes at most 8")] : Array.Empty<(string, string)>(),
        .. OutgoingWebhooks.SelectMany((hook, index) => hook.Problems($"OutgoingWebhooks:{index}")),
    ];
}

/// <summary>The bot's registration and where it posts.</summary>
public sealed record BotOptions
{
    /// <summary>The issuer of the connector's tokens in the public cloud.</summary>
    public const string PublicIssuer = "https://api.botframework.com";

    /// <summary>The bot's app id: the audience of the connector's tokens.</summary>
    public required Guid AppId { get; init; }

    /// <summary>The CAB's channel: <c>19:…@thread.tacv2</c>.</summary>
    public required string ChannelId { get; init; }

    /// <summary>The backup group's channel; null where the CAB's own is used.</summary>
    public string? BackupChannelId { get; init; }

    /// <summary>Where messages go; ends with a slash.</summary>
    public Uri ServiceUrl { get; init; } = new("https://smba.trafficmanager.net/teams/");

    /// <summary>The issuer of the connector's tokens.</summary>
    public string Issuer { get; init; } = PublicIssuer;

    /// <summary>Where the connector's keys are found.</summary>
    public Uri OpenIdMetadata { get; init; } = new("https://login.botframework.com/v1/.well-known/openidconfiguration");

    /// <summary>Signs the buttons of cards; 32 bytes or more, the same on all instances.</summary>
    public required ReadOnlyMemory<byte> CardKey { get; init; }

    /// <summary>The key before: cards signed with it still count. Empty where there was none.</summary>
    public ReadOnlyMemory<byte> PreviousCardKey { get; init; }

    internal IEnumerable<(string Setting, string Problem)> Problems(bool allowLoopback)
    {
        if (AppId == Guid.Empty)
        {
            yield return ("Bot:AppId", "is required");
        }

        foreach (var (name, channel) in new[] { ("Bot:ChannelId", ChannelId), ("Bot:BackupChannelId", BackupChannelId ?? ChannelId) })
        {
            if (channel.Length is 0 or > 200 || channel.Any(character => char.IsControl(character) || char.IsWhiteSpace(character) || character == ';'))
            {
                yield return (name, "must be a channel's id, such as 19:…@thread.tacv2");
            }
        }

        if (CardKey.Length < 32)
        {
            yield return ("Bot:CardKey", "must be base64 of at least 32 bytes");
        }

        foreach (var problem in OptionRules.Address("Bot:OpenIdMetadata", OpenIdMetadata, allowLoopback).Concat(OptionRules.Address("Bot:ServiceUrl", ServiceUrl, allowLoopback)))
        {
            yield return problem;
        }

        if (!Connector.ServiceHosts.IsTrusted(ServiceUrl, ServiceUrl, allowLoopback))
        {
            yield return ("Bot:ServiceUrl", "is no address of the bot connector");
        }
    }
}

/// <summary>Who may decide from Teams.</summary>
public sealed record ApproverOptions
{
    /// <summary>Where it is looked up.</summary>
    public ApproverSource Source { get; init; }

    /// <summary>The approvers, where they are listed.</summary>
    public ImmutableArray<PersonId> Listed { get; init; } = [];

    /// <summary>The object id of the API's service principal in the tenant, for Graph.</summary>
    public Guid ResourceId { get; init; }

    /// <summary>The id of the app role CabApprover, for Graph.</summary>
    public Guid RoleId { get; init; }

    /// <summary>Graph.</summary>
    public Uri GraphAddress { get; init; } = new("https://graph.microsoft.com/v1.0/");

    /// <summary>How long an answer of the directory is taken for true: 0 to 5 min.</summary>
    public TimeSpan CacheFor { get; init; } = TimeSpan.FromMinutes(1);

    internal IEnumerable<(string Setting, string Problem)> Problems(bool allowLoopback)
    {
        if (Source == ApproverSource.List && Listed.IsEmpty)
        {
            yield return ("Approvers:Listed", "must name somebody, or nobody can decide");
        }

        if (Source == ApproverSource.Graph && (ResourceId == Guid.Empty || RoleId == Guid.Empty))
        {
            yield return ("Approvers:ResourceId", "and Teams__Approvers__RoleId are required where Teams__Approvers__Source is Graph");
        }

        foreach (var problem in OptionRules.Address("Approvers:GraphAddress", GraphAddress, allowLoopback))
        {
            yield return problem;
        }
    }
}

/// <summary>Where it is looked up who may decide.</summary>
public enum ApproverSource
{
    /// <summary>In the settings.</summary>
    List,

    /// <summary>In the app role assignments of the tenant.</summary>
    Graph,
}

/// <summary>One team's outgoing webhook.</summary>
/// <param name="Secret">The security token that Teams showed once, decoded: 32 bytes.</param>
/// <param name="TeamId">The only team it counts for; null for any of the tenant.</param>
public sealed record OutgoingWebhook(ReadOnlyMemory<byte> Secret, string? TeamId)
{
    internal IEnumerable<(string Setting, string Problem)> Problems(string name) => Secret.Length == 32 ? [] : [($"{name}:Secret", "must be base64 of 32 bytes")];

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"outgoing webhook of team {TeamId ?? "any"}";
}

/// <summary>An address that is itself a secret: whoever has it can post.</summary>
public sealed class SecretAddress(Uri value)
{
    /// <summary>The address; for the request alone.</summary>
    public Uri Value => value;

    /// <summary>Without the address.</summary>
    public override string ToString() => "[address]";
}

internal static class OptionRules
{
    internal static IEnumerable<(string Setting, string Problem)> Address(string name, Uri address, bool allowLoopback) =>
        address is { IsAbsoluteUri: true, Scheme: "https" } || (allowLoopback && address is { IsAbsoluteUri: true, IsLoopback: true, Scheme: "http" })
            ? []
            : [(name, "must be an https address")];
}

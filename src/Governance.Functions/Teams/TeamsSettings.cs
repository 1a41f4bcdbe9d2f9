using System.Collections.Immutable;
using Governance.Core;
using Governance.Functions.Configuration;
using Governance.Functions.SignIn;
using Governance.Intune;
using Governance.Teams;

namespace Governance.Functions.Teams;

/// <summary>Whether and how the app talks to Teams.</summary>
/// <param name="Options">Null where no part of it is configured.</param>
/// <param name="SignIn">How the app signs in to the connector and Graph.</param>
internal sealed record TeamsSettings(TeamsOptions? Options, TeamsSignIn SignIn)
{
    /// <summary>Reads section <c>Teams</c>, and from <c>Http__PublicAddress</c> where links lead. It is in use once a bot, a flow or an outgoing webhook is named.</summary>
    internal static TeamsSettings Read(SettingsReader settings, SignInSettings people)
    {
        var teams = settings.Section("Teams");
        var signIn = TeamsSignIn.Read(teams);
        var development = people.Mode == SignInMode.Development;
        var flow = teams.SecretAddress("Workflow");
        var bot = teams.Has("Bot:AppId") ? Bot(teams) : null;
        var hooks = teams.List("OutgoingWebhooks");
        var answerWithin = teams.Duration("AnswerWithin", TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(4500));
        var approvers = Approvers(teams);
        var http = settings.Section("Http");
        var address = http.Address("PublicAddress");
        if (bot is null && flow is null && hooks.IsEmpty)
        {
            return new(null, signIn);
        }

        if (address is null)
        {
            http.Wrong("PublicAddress", "is required with Teams: where people reach the pages that cards link to");
        }

        if (bot is not null && flow is not null)
        {
            teams.Wrong("Workflow", "cannot be used beside a bot; name one of the two");
        }

        var options = new TeamsOptions
        {
            TenantId = people.TenantId,
            PublicAddress = address ?? new("https://localhost"),
            Bot = bot,
            Workflow = flow is null ? null : new(flow),
            OutgoingWebhooks = [.. hooks.Select(hook => new OutgoingWebhook(hook.Secret("Secret", 32), hook.OptionalText("TeamId")))],
            Approvers = approvers,
            AnswerWithin = answerWithin,
            AllowLoopback = development,
        };
        foreach (var (setting, problem) in options.Problems())
        {
            (setting == nameof(TeamsOptions.PublicAddress) ? http : teams).Wrong(setting, problem);
        }

        if (signIn.Kind == IntuneSignInKind.Anonymous && bot is { ServiceUrl.IsLoopback: false })
        {
            teams.Wrong("SignIn:Kind", "may be Anonymous only with a simulator on this machine");
        }

        return new(options, signIn);
    }

    private static BotOptions Bot(SettingsReader teams)
    {
        var defaults = new BotOptions { AppId = Guid.Empty, ChannelId = string.Empty, CardKey = default };
        return defaults with
        {
            AppId = teams.RequiredParsed<Guid>("Bot:AppId", "a UUID"),
            ChannelId = teams.Required("Bot:ChannelId"),
            BackupChannelId = teams.OptionalText("Bot:BackupChannelId"),
            ServiceUrl = teams.Address("Bot:ServiceUrl") ?? defaults.ServiceUrl,
            OpenIdMetadata = teams.Address("Bot:OpenIdMetadata") ?? defaults.OpenIdMetadata,
            Issuer = teams.Text("Bot:Issuer", defaults.Issuer),
            CardKey = teams.Secret("Bot:CardKey", 32),
            PreviousCardKey = teams.Secret("Bot:PreviousCardKey", 32),
        };
    }

    private static ApproverOptions Approvers(SettingsReader teams)
    {
        var defaults = new ApproverOptions();
        return defaults with
        {
            Source = teams.Choice("Approvers:Source", ApproverSource.List),
            Listed = teams.ParsedList<PersonId>("Approvers:Listed", "UUIDs of people"),
            ResourceId = teams.Parsed<Guid>("Approvers:ResourceId", "a UUID") ?? Guid.Empty,
            RoleId = teams.Parsed<Guid>("Approvers:RoleId", "a UUID") ?? Guid.Empty,
            GraphAddress = teams.Address("Approvers:GraphAddress") ?? defaults.GraphAddress,
            CacheFor = teams.Duration("Approvers:CacheFor", defaults.CacheFor, TimeSpan.Zero, TimeSpan.FromMinutes(5)),
        };
    }
}

/// <summary>How the app signs in to the connector and Graph: as the bot's own identity.</summary>
internal sealed record TeamsSignIn(IntuneSignInKind Kind, string? TenantId, string? ClientId, string? CertificatePath)
{
    internal static TeamsSignIn Read(SettingsReader teams) => new(
        teams.Choice("SignIn:Kind", IntuneSignInKind.ManagedIdentity),
        teams.OptionalText("SignIn:TenantId"),
        teams.OptionalText("SignIn:ClientId"),
        teams.OptionalText("SignIn:CertificatePath"));
}

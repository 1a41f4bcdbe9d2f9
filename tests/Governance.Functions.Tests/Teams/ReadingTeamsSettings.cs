using Governance.Functions.Configuration;
using Governance.Functions.SignIn;
using Governance.Functions.Teams;
using Governance.Functions.Tests.Testing;
using Governance.Teams;
using Microsoft.Extensions.Configuration;

namespace Governance.Functions.Tests.Teams;

public sealed class ReadingTeamsSettings
{
    private const string Key = "vqF0En+Z0ucuRTM/01o2GuhMH3hKKk/N2bOmlM31zaA=";
    private const string Person = "22222222-2222-4222-8222-222222222222";

    private static readonly (string, string)[] Bot =
    [
        ("Http:PublicAddress", "https://governance.contoso.com"), ("Bot:AppId", Person), ("Bot:ChannelId", "19:cab@thread.tacv2"), ("Bot:CardKey", Key), ("Approvers:Listed", Person),
    ];

    [Fact]
    public void Without_a_bot_flow_or_webhook_Teams_is_not_in_use() => Assert.Null(Read(out _).Options);

    [Fact]
    public void A_bot_needs_five_settings()
    {
        var options = Read(out var faults, Bot).Options!;

        Assert.Empty(faults);
        Assert.Equal(("19:cab@thread.tacv2", new Uri("https://smba.trafficmanager.net/teams/")), (options.Bot!.ChannelId, options.Bot.ServiceUrl));
        Assert.Equal((ApproverSource.List, TimeSpan.FromSeconds(3), false), (options.Approvers.Source, options.AnswerWithin, options.AllowLoopback));
        foreach (var (left, _) in Bot.Where(setting => setting.Item1 != "Bot:AppId"))
        {
            Read(out var missing, [.. Bot.Where(setting => setting.Item1 != left)]);
            Assert.Contains(missing, fault => fault.StartsWith(Full(left).Replace(":", "__", StringComparison.Ordinal), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_flows_address_lets_in_whoever_knows_it_and_is_in_no_message()
    {
        Read(out var faults, ("Workflow", "\"https://flow.example/run?sig=let-me-in\""), ("Approvers:Listed", Person));

        Assert.Contains(faults, fault => fault.StartsWith("Teams__Workflow", StringComparison.Ordinal));
        Assert.DoesNotContain(faults, fault => fault.Contains("let-me-in", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Http:PublicAddress", "http://governance.contoso.com", "Http__PublicAddress")]
    [InlineData("Workflow", "https://flow.example/run?sig=x", "Teams__Workflow")]
    [InlineData("Bot:ServiceUrl", "http://127.0.0.1:5000/", "Teams__Bot__ServiceUrl")]
    [InlineData("Bot:OpenIdMetadata", "http://127.0.0.1:5000/", "Teams__Bot__OpenIdMetadata")]
    [InlineData("Bot:CardKey", "c2hvcnQ=", "Teams__Bot__CardKey")]
    [InlineData("Approvers:Source", "Graph", "Teams__Approvers__ResourceId")]
    [InlineData("Approvers:CacheFor", "00:06:00", "Teams__Approvers__CacheFor")]
    [InlineData("AnswerWithin", "00:00:05", "Teams__AnswerWithin")]
    [InlineData("SignIn:Kind", "Anonymous", "Teams__SignIn__Kind")]
    [InlineData("OutgoingWebhooks:0:Secret", "c2hvcnQ=", "Teams__OutgoingWebhooks__0__Secret")]
    public void What_is_wrong_is_named(string name, string value, string said)
    {
        Read(out var faults, [.. Bot.Where(setting => setting.Item1 != name), (name, value)]);

        Assert.Contains(faults, fault => fault.StartsWith(said, StringComparison.Ordinal));
        Assert.DoesNotContain(faults, fault => fault.Contains("sig=x", StringComparison.Ordinal) || fault.Contains("c2hvcnQ=", StringComparison.Ordinal));
    }

    [Fact]
    public void A_flow_alone_is_enough()
    {
        var options = Read(out var faults, ("Http:PublicAddress", "https://governance.contoso.com"), ("Workflow", "https://flow.example/run?sig=x")).Options!;

        Assert.Empty(faults);
        Assert.Null(options.Bot);
        Assert.DoesNotContain("sig", options.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callbacks_of_an_app_without_Teams_are_told_so()
    {
        await using var app = await TestApp.Start(TeamsFunctions.All);
        foreach (var route in new[] { "messages", "outgoing-webhook" })
        {
            using var answer = await app.Post($"/api/v1/teams/{route}", "{}", roles: null);
            Assert.Equal("TEAMS_NOT_CONFIGURED", (await answer.Problem(404)).Code);
        }
    }

    private static string Full(string name) => name.StartsWith("Http:", StringComparison.Ordinal) ? name : $"Teams:{name}";

    private static TeamsSettings Read(out IReadOnlyList<string> faults, params (string Name, string Value)[] settings)
    {
        var reader = new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection(
        [
            .. settings.Select(setting => KeyValuePair.Create(Full(setting.Name), (string?)setting.Value)),
            new("SignIn:TenantId", Person),
            new("SignIn:ClientId", Person),
        ]).Build());
        var people = SignInSettings.Read(reader);
        var read = TeamsSettings.Read(reader, people);
        faults = reader.Faults;
        return read;
    }
}

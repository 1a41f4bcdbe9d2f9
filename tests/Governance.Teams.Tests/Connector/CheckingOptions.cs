using Governance.Teams.Connector;
using Governance.Teams.Tests.Testing;

namespace Governance.Teams.Tests.Connector;

public sealed class CheckingOptions
{
    [Fact]
    public void Complete_options_have_no_problem() => Assert.Empty(Bench.Options.Problems());

    [Fact]
    public void Everything_that_is_wrong_is_named_with_its_setting()
    {
        var options = Bench.Options with
        {
            PublicAddress = new("http://governance.contoso.com"),
            Bot = new() { AppId = Guid.Empty, ChannelId = "a b", BackupChannelId = "x;y", CardKey = new byte[31], ServiceUrl = new("https://evil.trafficmanager.net/"), OpenIdMetadata = new("http://127.0.0.1/x") },
            Workflow = new(new("http://flow.example")),
            Approvers = new() { Listed = [] },
            OutgoingWebhooks = [new(new byte[16], null), .. Enumerable.Repeat(Bench.Options.OutgoingWebhooks[0], 8)],
        };

        Assert.Equal(
            ["PublicAddress", "Bot:AppId", "Bot:ChannelId", "Bot:BackupChannelId", "Bot:CardKey", "Bot:OpenIdMetadata", "Bot:ServiceUrl", "Approvers:Listed", "Workflow", "OutgoingWebhooks", "OutgoingWebhooks:0:Secret"],
            options.Problems().Select(problem => problem.Setting));
        Assert.Equal("Approvers:ResourceId", Assert.Single((Bench.Options with { Approvers = new() { Source = ApproverSource.Graph } }).Problems()).Setting);
    }

    [Theory]
    [InlineData("https://smba.trafficmanager.net/emea/", true)]
    [InlineData("https://europe.botframework.com/x", true)]
    [InlineData("https://teams.microsoft.com/", true)]
    [InlineData("https://evil.trafficmanager.net/", false)]
    [InlineData("https://smba.trafficmanager.net.evil.example/", false)]
    [InlineData("https://evilbotframework.com/", false)]
    [InlineData("https://user@smba.trafficmanager.net/", false)]
    [InlineData("https://smba.trafficmanager.net:8443/", false)]
    [InlineData("http://smba.trafficmanager.net/", false)]
    [InlineData("http://127.0.0.1:5000/connector/", false)]
    public void Only_the_connectors_own_hosts_get_its_token(string address, bool trusted) =>
        Assert.Equal(trusted, ServiceHosts.IsTrusted(new(address), new("http://127.0.0.1:5000/connector/"), allowLoopback: false));

    [Theory]
    [InlineData("http://127.0.0.1:5000/connector/", true)]
    [InlineData("http://127.0.0.1:5001/connector/", false)]
    [InlineData("http://localhost:5000/", false)]
    public void In_development_the_configured_simulator_does_too(string address, bool trusted) =>
        Assert.Equal(trusted, ServiceHosts.IsTrusted(new(address), new("http://127.0.0.1:5000/connector/"), allowLoopback: true));
}

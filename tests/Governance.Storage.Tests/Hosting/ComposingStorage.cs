using Azure.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Evidence;
using Governance.Storage.Hosting;
using Governance.Storage.Outbox;
using Governance.Storage.Streams;
using Governance.Storage.Vault;
using Governance.Storage.Views;
using Governance.Testing;
using Governance.Testing.Deployments;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Governance.Storage.Tests.Hosting;

public sealed class ComposingStorage(AzuriteFixture azurite)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_created_deployment_costs_one_write_and_shows_up_in_the_lists_by_itself()
    {
        using var app = await Started();
        var streams = app.Services.GetRequiredService<EventStreams<DeploymentState, DeploymentEvent>>();
        var created = DeploymentStories.Pending().Log[0];
        using var trips = RoundTrips.Count();

        var result = await streams.Create(Sample.Id, created.Actor, [created.Event], Stop);

        Assert.Equal("0 reads, 0 queries, 1 writes", trips.ToString());
        Assert.IsType<CreateResult<DeploymentState>.Created>(result);
        var views = app.Services.GetRequiredService<DeploymentViews>();
        await Eventually.Holds(async () => (await views.Recent(null, null, null, 10, null, Stop)).Items.Count == 1);
        await Eventually.Holds(async () => (await views.Live(10, null, Stop)).Items is [{ } live] && live.CorrelationId == Sample.Id);
        await app.StopAsync(Stop);
    }

    [Fact]
    public async Task Reading_and_changing_are_counted_apart_and_counters_nest()
    {
        using var app = await Started();
        var streams = app.Services.GetRequiredService<EventStreams<DeploymentState, DeploymentEvent>>();
        var created = DeploymentStories.Pending().Log[0];
        await streams.Create(Sample.Id, created.Actor, [created.Event], Stop);

        using var outer = RoundTrips.Count();
        using (var inner = RoundTrips.Count())
        {
            await streams.Change(Sample.Id, Actor.System, (_, _) => Governance.Core.Outcome<DeploymentEvent>.Accept(), Stop);
            Assert.Equal((1, 0, 0), (inner.Reads, inner.Queries, inner.Writes));
        }

        var vault = app.Services.GetRequiredService<EvidenceVault>();
        Assert.Null(await vault.GetFacts(new EvidencePackId(Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e")), Stop));
        await app.Services.GetRequiredService<OutboxDispatcher>().Sweep(app.Services.GetRequiredService<StorageLayout>().Deployments.Name, "00", Stop);
        Assert.Equal((2, 1, 0), (outer.Reads, outer.Queries, outer.Writes));
        await app.StopAsync(Stop);
    }

    [Fact]
    public async Task Preparing_twice_does_no_harm_and_the_probe_finds_everything()
    {
        using var clients = new StorageClients(Options());
        var layout = new StorageLayout(clients);

        await layout.Prepare(Stop);
        await layout.Prepare(Stop);

        await layout.Probe(Stop);
        Assert.StartsWith(clients.Queue("work").Name, layout.Audit.Name.Replace("audit", "work", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_installations_in_one_account_do_not_see_each_other()
    {
        using var one = await Started();
        using var other = await Started();
        var created = DeploymentStories.Pending().Log[0];

        await one.Services.GetRequiredService<EventStreams<DeploymentState, DeploymentEvent>>().Create(Sample.Id, created.Actor, [created.Event], Stop);

        Assert.Null(await other.Services.GetRequiredService<EventStreams<DeploymentState, DeploymentEvent>>().Read(Sample.Id, Stop));
        await one.StopAsync(Stop);
        await other.StopAsync(Stop);
    }

    [Fact]
    public void An_account_by_name_has_the_clouds_addresses()
    {
        using var clients = new StorageClients(new StorageOptions { AccountName = "acct", Credential = new NoToken(), EndpointSuffix = "core.chinacloudapi.cn" });

        Assert.Equal(new Uri("https://acct.blob.core.chinacloudapi.cn/"), clients.Blobs.Uri);
        Assert.Equal(new Uri("https://acct.queue.core.chinacloudapi.cn/"), clients.Queues.Uri);
        Assert.Equal("Deployments", clients.Table("Deployments").Name);
    }

    [Theory]
    [InlineData(null, null, "", "either a connection string or an account name")]
    [InlineData("UseDevelopmentStorage=true", "acct", "", "either a connection string or an account name")]
    [InlineData(null, "acct", "", "needs a credential")]
    [InlineData("UseDevelopmentStorage=true", null, "Upper", "prefix")]
    [InlineData("UseDevelopmentStorage=true", null, "1st", "prefix")]
    [InlineData("UseDevelopmentStorage=true", null, "with-dash", "prefix")]
    [InlineData("UseDevelopmentStorage=true", null, "aaaaaaaaaabbbbbbbbbbccccccccccd", "prefix")]
    public void Options_that_contradict_themselves_are_refused_with_the_reason(string? connection, string? account, string prefix, string reason)
    {
        var options = new StorageOptions { ConnectionString = connection, AccountName = account, Prefix = prefix };

        var refused = Assert.Throws<ArgumentException>(() => new StorageClients(options));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    private StorageOptions Options() => new() { ConnectionString = azurite.ConnectionString, Prefix = azurite.NextPrefix() };

    private async Task<IHost> Started()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging();
        foreach (var kind in new[] { DeploymentConsequences.StartOrchestration, DeploymentConsequences.Signal, DeploymentConsequences.Card })
        {
            builder.Services.AddSingleton<IOutboxHandler>(new Nothing(kind));
        }

        builder.Services.AddGovernanceStorage(Options());
        var app = builder.Build();
        await app.StartAsync(Stop);
        return app;
    }

    private sealed class Nothing(string kind) : IOutboxHandler
    {
        public string Kind => kind;

        public int BatchSize => 1;

        public Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation) => Task.CompletedTask;
    }

    private sealed class NoToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}

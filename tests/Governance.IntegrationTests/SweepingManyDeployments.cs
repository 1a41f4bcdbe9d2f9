using System.Diagnostics;
using System.Globalization;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Durable.Client;
using Governance.Functions.Hosting;
using Governance.Functions.Orchestration;
using Governance.Functions.Sweeps;
using Governance.Storage.Hosting;
using Governance.Storage.Streams;
using Governance.Storage.Sweeps;
using Governance.Storage.Views;
using Governance.Testing;
using Governance.Testing.Deployments;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace Governance.IntegrationTests;

public sealed class SweepingManyDeployments(AzuriteFixture azurite, ITestOutputHelper output)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_live_deployment_is_looked_at_once_a_page_at_a_time_and_a_cut_round_goes_on()
    {
        var count = Environment.GetEnvironmentVariable("GOVERNANCE_MEASURE") == "1" ? 10_000 : 1_500;
        using var clients = new StorageClients(new StorageOptions { ConnectionString = azurite.ConnectionString, Prefix = azurite.NextPrefix() });
        var layout = new StorageLayout(clients);
        await layout.Prepare(Stop);
        var clock = new FakeClock(FakeClock.Noon.AddDays(1));
        await Fill(new(layout.Views, clock), count);
        var views = new DeploymentViews(layout.Views, clock);
        var looked = new Dictionary<string, int>();
        using var process = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var hub = new Mock<DurableTaskClient>("test");
        hub.Setup(client => client.GetInstanceAsync(It.IsAny<string>(), false, It.IsAny<CancellationToken>())).ReturnsAsync((string instance, bool _, CancellationToken _) =>
        {
            // A page takes a second, so that no page is kept in memory for the next one.
            clock.Advance(TimeSpan.FromMilliseconds(10));
            lock (looked)
            {
                looked[instance] = looked.GetValueOrDefault(instance) + 1;
                if (looked.Count > count / 2)
                {
                    process.Cancel();
                }
            }

            return new OrchestrationMetadata("Any", instance) { RuntimeStatus = OrchestrationRuntimeStatus.Running };
        });
        var sweep = new SweepStuck(
            views,
            new EventStreams<DeploymentState, DeploymentEvent>(layout.Deployments, new DeploymentCodec(), clock, []),
            new DeploymentInstances(hub.Object),
            new SweepSettings(TimeSpan.FromMinutes(5)),
            clock,
            NullLogger<SweepStuck>.Instance);
        var ledger = new SweepLedger(layout.Sweeps, clock);
        using var none = new ServiceCollection().BuildServiceProvider();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var trips = RoundTrips.Count();
        var time = Stopwatch.StartNew();

        var runs = new SweepRuns(ledger, clock);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => runs.Run("Stuck", sweep, new(none, clock.GetUtcNow(), process.Token)));
        var cutAt = (await ledger.Find("Stuck", Stop))!;
        await runs.Run("Stuck", sweep, new(none, clock.GetUtcNow(), Stop));

        time.Stop();
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        var round = (await ledger.Find("Stuck", Stop))!.LastRound!;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{count} deployments in {time.ElapsedMilliseconds} ms, {trips}, {grown / 1024} KB more in memory, cut after {cutAt.Looked}"));
        Assert.InRange(cutAt.Looked, 1, count - 1);
        Assert.Equal((count, 0, 0), (round.Looked, round.Acted, round.Failed));
        Assert.Equal(count, looked.Count(each => each.Key.EndsWith("-1", StringComparison.Ordinal)));
        Assert.InRange(looked.Values.Count(times => times > 2), 0, 100);
        Assert.Equal(0, trips.Queries);
        Assert.InRange(trips.Reads, 1, (count / 100 * 3) + 30);
        Assert.InRange(grown, long.MinValue, (30 * 1024 * 1024) + (count * 400L));
    }

    private static async Task Fill(DeploymentViews views, int count)
    {
        var first = DeploymentSummary.Of(null, DeploymentStories.Blocked().State, 1, FakeClock.Noon, Actor.System, []);
        foreach (var batch in Enumerable.Range(0, count).Chunk(500))
        {
            await views.Apply(
                [
                    .. batch.Select(n => first with
                    {
                        CorrelationId = new CorrelationId(new Guid(n + 1, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 0)), CreatedAt = FakeClock.Noon.AddSeconds(n),
                    }),
                ],
                Stop);
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Functions.Hosting;
using Governance.Functions.Remediation;
using Governance.Functions.Sweeps;
using Governance.Storage.Views;
using Governance.Testing;
using Governance.Testing.Deployments;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.IntegrationTests;

/// <summary>The drift sweep over many deployments on real storage with a plane in memory. With GOVERNANCE_MEASURE set there are 10,000 of them.</summary>
public sealed class SweepingDriftTests(AzuriteFixture azurite, ITestOutputHelper output)
{
    private static readonly int Deployments = Environment.GetEnvironmentVariable("GOVERNANCE_MEASURE") is null ? 1000 : 10_000;
    private const int EachSo = 50;
    private static readonly Guid Group = new("10000000-0000-4000-8000-000000000001");

    [Fact]
    public async Task Every_drift_is_found_once_within_bounded_memory_and_calls_also_when_it_is_cut_in_the_middle()
    {
        var bench = await Bench.Start(azurite);
        var clock = new FakeClock(DateTimeOffset.UtcNow);
        var plane = new PlaneInMemory();
        var ids = await Seed(bench, plane, clock);
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        var since = Stopwatch.StartNew();

        // Killed after a third: its lease runs out, and another process goes on where it stopped.
        using (var dead = new CancellationTokenSource())
        {
            plane.After(Deployments / 3, dead.Cancel);
            await using var killed = bench.App(plane, clock);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(killed, clock, dead.Token));
        }

        var beforeCrash = plane.Reads;
        clock.Advance(TimeSpan.FromMinutes(3));
        await using var app = bench.App(plane, clock);
        Assert.Contains("the round is complete", await Run(app, clock, default), StringComparison.Ordinal);
        output.WriteLine($"{Deployments} deployments in {since.Elapsed.TotalSeconds:0.0} s, {plane.Reads} reads of the plane, at most {(plane.MostMemory - memory) >> 20} MiB more memory.");

        Assert.Equal(ids.Count, plane.Read.Count);
        Assert.InRange(beforeCrash, Deployments / 3, Deployments / 2);

        // A page at most is looked at twice: the one that the crash interrupted; and those with results once more for what devices report.
        Assert.InRange(plane.Reads, 2 * Deployments, (2 * Deployments) + 150);
        Assert.InRange(plane.MostMemory - memory, long.MinValue, 200L << 20);
        foreach (var id in plane.Drifted)
        {
            var head = (await Bench.Streams(app).Read(id, default))!;
            Assert.Equal("missing_assignment", Assert.Single(head.State.Drift).Kind);
            var types = (await Bench.Streams(app).ReadEvents(id, 1, (int)head.Sequence, default)).Select(each => each.EventType).ToList();
            Assert.Single(types, "DRIFT_DETECTED");
            Assert.Single(types, "REMEDIATION_STARTED");
        }

        // A quarter of an hour later nothing standard is due.
        var reads = plane.Reads;
        await Run(app, clock, default);
        Assert.Equal(reads, plane.Reads);
    }

    private static async Task<string> Run(IServiceProvider app, TimeProvider clock, CancellationToken cancellation) =>
        await app.GetRequiredService<SweepRuns>().Run(nameof(SweepDrift), app.GetRequiredService<SweepDrift>(), new TimerRun(app, clock.GetUtcNow(), cancellation));

    private static async Task<IReadOnlyList<CorrelationId>> Seed(Bench bench, PlaneInMemory plane, TimeProvider clock)
    {
        await using var app = bench.App(plane, clock);
        var stored = new ConcurrentBag<DeploymentState>();
        var stories = Enumerable.Range(0, Deployments).Select(number => (number, story: bench.Allowed(clock.GetUtcNow(), Group, $"Swept {number % 20}").Publishes().Completes())).ToList();
        await Parallel.ForEachAsync(stories, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (each, _) =>
        {
            var head = await Bench.Store(app, each.story);
            plane.Put(head.State, drifted: each.number % EachSo == 7);
            stored.Add(head.State);
        });
        foreach (var batch in stored.OrderBy(state => state.Id.Value).Chunk(500))
        {
            await app.GetRequiredService<DeploymentViews>().Apply(
                [.. batch.Select(state => DeploymentSummary.Of(null, state, 4, clock.GetUtcNow(), Actor.System, ["DEPLOYMENT_COMPLETED"]))], default);
        }

        return [.. stored.Select(state => state.Id)];
    }

    /// <summary>A plane that holds what it is told to, and counts.</summary>
    private sealed class PlaneInMemory : IDevicePlane
    {
        private readonly ConcurrentDictionary<CorrelationId, PlaneActual> _apps = new();
        private int _reads;
        private int _cutAt = int.MaxValue;
        private Action _cut = () => { };
        private long _most;

        public string Name => "INTUNE";

        internal int Reads => _reads;

        internal long MostMemory => _most;

        internal ConcurrentDictionary<CorrelationId, bool> Read { get; } = new();

        internal ConcurrentBag<CorrelationId> Drifted { get; } = [];

        internal void After(int reads, Action cut) => (_cutAt, _cut) = (reads, cut);

        internal void Put(DeploymentState state, bool drifted)
        {
            _apps[state.Id] = new()
            {
                AppPresent = true,
                ExternalId = "app-1",
                Published = true,
                ContentVersion = "1",
                Version = state.Request.Version,
                ArtifactSha256 = state.Evidence!.Artifact!.Sha256,
                Assignments = drifted ? [] : [new(AssignmentTarget.Group, Group, AssignmentIntent.Required)],
            };
            if (drifted)
            {
                Drifted.Add(state.Id);
            }
        }

        public Task<PlaneReading<PlaneActual>> ReadActual(PlaneApp app, CancellationToken cancellation)
        {
            Read[app.CorrelationId] = true;
            var reads = Interlocked.Increment(ref _reads);
            if (reads == _cutAt)
            {
                _cut();
            }

            if (reads % 500 == 0)
            {
                _most = Math.Max(_most, GC.GetTotalMemory(forceFullCollection: false));
            }

            cancellation.ThrowIfCancellationRequested();
            return Task.FromResult<PlaneReading<PlaneActual>>(new PlaneReading<PlaneActual>.Read(_apps[app.CorrelationId]));
        }

        public Task<PlaneReading<RingDeviceResults>> ReadResults(RingResultsRequest request, CancellationToken cancellation) =>
            Task.FromResult<PlaneReading<RingDeviceResults>>(new PlaneReading<RingDeviceResults>.Read(new(20, 20, 0, 0, 0, 0, DateTimeOffset.UtcNow)));

        public Task<PublishOutcome> Publish(PublishRequest request, IPublishFence fence, CancellationToken cancellation) => throw new InvalidOperationException("A sweep publishes nothing.");

        public Task<PlaneChange> Unassign(PlaneApp app, AssignmentSet keep, IPublishFence fence, CancellationToken cancellation) => throw new InvalidOperationException("A sweep changes nothing.");

        public Task<PlaneChange> AssignUninstall(PlaneApp app, AssignmentSet keep, AssignmentSet uninstall, IPublishFence fence, CancellationToken cancellation) =>
            throw new InvalidOperationException("A sweep changes nothing.");

        public Task<PlaneChange> Remove(PlaneApp app, IPublishFence fence, CancellationToken cancellation) => throw new InvalidOperationException("A sweep deletes nothing.");

        public Task<PlaneHealth> Health(CancellationToken cancellation) => throw new InvalidOperationException("A sweep asks for no health.");
    }
}

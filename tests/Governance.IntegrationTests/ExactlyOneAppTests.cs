using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Rollout;
using Governance.Functions.Rollout;
using Governance.Intune;
using Governance.Intune.Tests.Support;
using Governance.Local.Intune;
using Governance.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.IntegrationTests;

/// <summary>
/// A publish is cut after every single call to Graph and storage of content: on real storage, with the real claim, the real SDK and the simulated
/// tenant. However it is cut, the next attempts end with one app, one committed content version and one assignment.
/// </summary>
public sealed class ExactlyOneAppTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const int Calls = 13;
    private static readonly Guid Lab = new("10000000-0000-4000-8000-000000000001");

    private readonly JumpingClock _clock = new();
    private Bench? _bench;
    private IntuneSimulatorHost? _tenant;

    public static TheoryData<string> Cuts => ["lost reply", "time-out", "connection reset", "killed before it is sent", "killed after it is sent"];

    public async ValueTask InitializeAsync()
    {
        _bench = await Bench.Start(azurite);
        _tenant = await IntuneSimulatorHost.Start(new() { Groups = [new() { Id = Lab, Name = "LAB", Devices = 20 }] }, _clock);
    }

    public ValueTask DisposeAsync() => _tenant!.DisposeAsync();

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task A_publish_that_is_cut_at_any_call_ends_with_exactly_one_app(string cut)
    {
        for (var call = 1; call <= Calls; call++)
        {
            _tenant!.Simulator.Faults.Clear();
            using var kill = cut.StartsWith("killed", StringComparison.Ordinal) ? new Kill(call, sent: cut == "killed after it is sent") : null;
            if (kill is null)
            {
                _tenant.Simulator.Faults.Add(new() { From = call, Effect = Effect(cut) });
            }

            var id = await New(kill);
            for (var attempt = 2; attempt <= 6 && !await IsPublished(id); attempt++)
            {
                // A new process each time, as after a crash; past whatever wait was planned.
                _clock.Advance(TimeSpan.FromHours(4));
                await Attempt(id, attempt, transport: null, default);
            }

            await AssertOne(id, call);
        }
    }

    [Fact]
    public async Task A_clean_publish_makes_as_many_calls_as_are_cut_here()
    {
        var before = _tenant!.Simulator.Journal.Entries.Count;

        await AssertOne(await New(null), 0);

        Assert.Equal(Calls, _tenant.Simulator.Journal.Entries.Count - before);
    }

    [Fact]
    public async Task A_stale_generation_writes_nothing_any_more_wherever_it_was_overtaken()
    {
        for (var call = 1; call < Calls; call++)
        {
            using var pause = new Pause(call);
            var story = _bench!.Allowed(_clock.GetUtcNow(), Lab);
            await using (var app = App(null))
            {
                await Bench.Store(app, story);
            }

            var stale = Attempt(story.State.Id, 1, pause, default);
            await pause.Reached.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            _clock.Advance(TimeSpan.FromMinutes(20));
            await Attempt(story.State.Id, 2, transport: null, default);
            await AssertOne(story.State.Id, call);
            var written = Writes();

            pause.Resume();

            Assert.Equal(PublishStep.NotNow, await stale);
            Assert.True(written == Writes(), $"call {call}: {_tenant!.Simulator.Journal.Entries.Last(entry => entry.Method != "GET")}");
            await AssertOne(story.State.Id, call);
        }
    }

    private int Writes() => _tenant!.Simulator.Journal.Entries.Count(entry => entry.Method != "GET");

    private static FaultEffect Effect(string cut) => cut switch
    {
        "lost reply" => new() { DropAfter = true },
        "time-out" => new() { DelayAfter = TimeSpan.FromMinutes(6) },
        _ => new() { DropBefore = true },
    };

    private async Task<CorrelationId> New(Kill? kill)
    {
        var story = _bench!.Allowed(_clock.GetUtcNow(), Lab);
        await using (var app = App(null))
        {
            await Bench.Store(app, story);
        }

        try
        {
            await Attempt(story.State.Id, 1, kill, kill?.Dead.Token ?? default);
        }
        catch (OperationCanceledException) when (kill is { Dead.IsCancellationRequested: true })
        {
            // As a killed process: nothing after that call ran.
        }

        return story.State.Id;
    }

    private async Task<PublishStep> Attempt(CorrelationId id, int generation, HttpMessageHandler? transport, CancellationToken cancellation)
    {
        await using var app = App(transport);
        var head = (await Bench.Streams(app).Read(id, default))!;
        return await app.GetRequiredService<RingPublisher>().Publish(head, new PublishOrder(id, generation, Ring.Lab), cancellation);
    }

    private ServiceProvider App(HttpMessageHandler? transport) => _bench!.App(
        IntunePlaneFactory.Create(
            new IntuneOptions { BaseAddress = _tenant!.GraphAddress, SignIn = new() { Kind = IntuneSignInKind.Anonymous } }, _clock, NullLoggerFactory.Instance, transport),
        _clock);

    private async Task<bool> IsPublished(CorrelationId id) => (await State(id)).Status == DeploymentStatus.Active;

    private async Task<DeploymentState> State(CorrelationId id)
    {
        await using var app = App(null);
        return (await Bench.Streams(app).Read(id, default))!.State;
    }

    private async Task AssertOne(CorrelationId id, int call)
    {
        var state = await State(id);
        Assert.True(state.Status == DeploymentStatus.Active, $"call {call}: {state.Status} {state.PublishFailure}");
        var app = Assert.Single(_tenant!.Simulator.Tenant.Apps, each => each.Text("notes").Contains($"cid={id}", StringComparison.Ordinal));
        Assert.Equal(state.Rings[0].Publication.ExternalId, app.Id);
        Assert.Equal("published", app.PublishingState);
        Assert.Single(app.Versions.SelectMany(version => version.Files), file => file.Committed);
        Assert.Equal([Lab.ToString()], app.Assignments.Select(each => each.GroupId));
    }

    /// <summary>Holds an attempt up between two calls, as a machine that sleeps.</summary>
    private sealed class Pause(int after) : DelegatingHandler(new SocketsHttpHandler())
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _calls;

        internal Task Reached => _reached.Task;

        internal void Resume() => _resumed.TrySetResult();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // What limits the call's time is left out: the answer was there in time, and then the machine slept.
            var answer = await base.SendAsync(request, CancellationToken.None);
            if (Interlocked.Increment(ref _calls) == after)
            {
                await answer.Content.LoadIntoBufferAsync(CancellationToken.None);
                _reached.TrySetResult();
                await _resumed.Task;
            }

            return answer;
        }
    }
}

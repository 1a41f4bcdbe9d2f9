using Governance.LoadTests.Load;
using Governance.LoadTests.Measuring;
using Governance.Testing;

namespace Governance.ReliabilityTests.Load;

/// <summary>How the time of a request is counted.</summary>
public sealed class CountingTime
{
    private static readonly TimeSpan Due = TimeSpan.FromSeconds(1);

    private readonly FakeClock _clock = new();

    [Fact]
    public async Task A_request_counts_from_when_it_was_due_and_not_from_when_a_stalled_program_came_to_send_it()
    {
        var app = new StubApp(_ =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            return (200, "{}");
        });
        var (sample, failed) = await One(app, stall: TimeSpan.FromMilliseconds(300));

        Assert.Equal((400, 300, 400, 0, 0), (sample.Milliseconds, sample.LateMilliseconds, sample.WholeMilliseconds, sample.Retries, failed));
        Assert.Equal(Due, sample.Due);
    }

    [Fact]
    public async Task A_request_that_is_turned_away_comes_again_after_it_was_told_to_and_counts_anew()
    {
        var asked = 0;
        var (sample, failed) = await One(new StubApp(_ => ++asked == 1 ? (503, "{}") : (200, "{}")), stall: TimeSpan.Zero);

        Assert.Equal((1, 0), (sample.Retries, failed));
        Assert.InRange(sample.Milliseconds, 0, 1);
        Assert.InRange(sample.WholeMilliseconds, 1000, 2001);
        Assert.Equal(Due, sample.FirstDue);
    }

    [Fact]
    public async Task A_request_that_is_turned_away_six_times_has_failed()
    {
        var asked = 0;
        var (_, failed) = await One(
            new StubApp(_ =>
            {
                asked++;
                return (503, "{}");
            }),
            stall: TimeSpan.Zero);

        Assert.Equal((6, 1), (asked, failed));
    }

    [Theory]
    [InlineData(99, new double[] { 99 })]
    [InlineData(100, new double[] { 100 })]
    [InlineData(101, new double[] { 101, 1 })]
    [InlineData(350, new double[] { 350, 250, 150, 50 })]
    public void A_wait_longer_than_a_round_stands_for_the_requests_that_were_not_made_meanwhile(double taken, double[] counted) =>
        Assert.Equal(counted, Stalls.Filled([taken], round: 100));

    [Fact]
    public void Percentiles_are_values_that_were_measured()
    {
        var hundred = Latencies.Of(Enumerable.Range(1, 100).Reverse().Select(number => (double)number), TimeSpan.FromSeconds(10));
        Assert.Equal((50, 95, 99, 100, 10), (hundred.P50, hundred.P95, hundred.P99, hundred.Max, hundred.PerSecond));
        var one = Latencies.Of([7], TimeSpan.FromSeconds(1));
        Assert.Equal((7, 7, 7, 7), (one.P50, one.P95, one.P99, one.Max));
    }

    [Fact]
    public void The_same_seed_draws_the_same_thoughts_within_their_bounds()
    {
        var think = new ThinkTime(0.5, 2);
        TimeSpan[] Drawn() => [.. Enumerable.Repeat(new Random(7), 1000).Select(random => think.Draw(random))];
        Assert.Equal(Drawn(), Drawn());
        Assert.All(Drawn(), drawn => Assert.InRange(drawn.TotalSeconds, 0.5, 2));
    }

    [Fact]
    public void A_deck_keeps_its_mix_in_every_round()
    {
        var user = new User(0, string.Empty, string.Empty, new Random(1));
        string[] deck = ["create", "create", "create", "list", "get"];
        for (var round = 0; round < 20; round++)
        {
            Assert.Equal(deck.Order(), deck.Select(_ => user.Draw(deck)).Order());
        }
    }

    private async Task<(Sample Sample, int Failed)> One(StubApp app, TimeSpan stall)
    {
        var (recorder, scenario) = (new Recorder(_clock), new Asking(_clock, stall));
        var loop = new UserLoop(scenario, app.Bench(), recorder, _clock).Run(new(0, "publisher", "approver", new Random(1)), begin: Due, end: Due + TimeSpan.FromTicks(1));
        while (!loop.IsCompleted)
        {
            await Eventually.Holds(() => loop.IsCompleted || _clock.PendingTimers > 0);
            _clock.Advance(TimeSpan.FromSeconds(2));
        }

        await loop;
        return (recorder.From(0).Since.SingleOrDefault(), recorder.Failed);
    }

    /// <summary>Asks the same again and again; the program stalls before it sends.</summary>
    private sealed class Asking(FakeClock clock, TimeSpan stall) : IScenario
    {
        public int Number => 1;

        public string Title => "asking";

        public int Users => 1;

        public int EarlyUsers => 1;

        public ThinkTime Think => new(10, 10);

        public (double? P50, double? P99) Targets => (null, null);

        public Task Prepare(LoadBench bench) => Task.CompletedTask;

        public Task Supply(LoadBench bench, CancellationToken cancellation) => Task.CompletedTask;

        public Request Next(LoadBench bench, User user)
        {
            clock.Advance(stall);
            return new("ask", new(HttpMethod.Get, user.Publisher, "/", null), (answer, _) => answer.Status == 200 ? null : answer.Describe());
        }
    }
}

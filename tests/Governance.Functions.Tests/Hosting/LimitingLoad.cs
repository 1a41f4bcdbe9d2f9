using System.Diagnostics.Metrics;
using System.Net;
using Governance.Functions.Health;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.SignIn;
using Governance.Functions.Tests.Testing;
using Governance.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Governance.Functions.Tests.Hosting;

public sealed class LimitingLoad
{
    private static readonly HttpDocs Docs = new("A sample.");

    [Fact]
    public async Task More_calls_than_a_group_takes_are_turned_away_at_once_and_those_of_other_groups_are_not()
    {
        var slow = new Slow();
        await using var app = await TestApp.Start(slow.Functions, null, ("Http:Concurrency:Reads:AtOnce", "2"), ("Http:Concurrency:Reads:Waiting", "1"));
        var served = Enumerable.Range(0, 2).Select(_ => app.Get("/api/v1/slow")).ToList();
        await Eventually.Holds(() => slow.Inside == 2);
        var timers = app.Clock.PendingTimers;
        served.Add(app.Get("/api/v1/slow"));

        // One that waits for its place has two timers: for its whole time, and for its patience.
        await Eventually.Holds(() => app.Clock.PendingTimers == timers + 2);

        using var refused = await app.Get("/api/v1/slow");
        Assert.Equal("BUSY", (await refused.Problem(503)).Code);
        Assert.Equal("1", refused.Headers.GetValues("Retry-After").Single());
        using var other = await app.Post("/api/v1/slow", "{}");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);

        slow.Release();
        Assert.All(await Task.WhenAll(served), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task A_call_that_waits_too_long_for_its_place_is_turned_away()
    {
        var slow = new Slow();
        await using var app = await TestApp.Start(slow.Functions, null, ("Http:Concurrency:Reads:AtOnce", "1"), ("Http:Concurrency:Reads:Waiting", "5"));
        var first = app.Get("/api/v1/slow");
        await Eventually.Holds(() => slow.Inside == 1);
        var timers = app.Clock.PendingTimers;
        var second = app.Get("/api/v1/slow");
        await Eventually.Holds(() => app.Clock.PendingTimers == timers + 2);
        app.Clock.Advance(TimeSpan.FromMilliseconds(400));

        using var refused = await second;
        Assert.Equal("BUSY", (await refused.Problem(503)).Code);
        slow.Release();
        using var answered = await first;
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Fact]
    public async Task A_call_that_steps_out_leaves_its_place_to_another()
    {
        var slow = new Slow();
        await using var app = await TestApp.Start(slow.Functions, null, ("Http:Concurrency:Reads:AtOnce", "1"), ("Http:Concurrency:Reads:Waiting", "0"));
        var waiting = app.Get("/api/v1/slow/out");
        await Eventually.Holds(() => slow.Inside == 1);
        using var other = await app.Get("/api/v1/slow/other");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        slow.Release();
        using var answer = await waiting;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_call_that_takes_too_long_is_ended()
    {
        var slow = new Slow();
        await using var app = await TestApp.Start(slow.Functions);
        var call = app.Get("/api/v1/slow");
        await Eventually.Holds(() => slow.Inside == 1);
        app.Clock.Advance(TimeSpan.FromSeconds(45));
        using var answer = await call;
        Assert.Equal("TIMED_OUT", (await answer.Problem(503)).Code);
        Assert.True(answer.Headers.Contains("Retry-After"));
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_its_call_and_is_no_fault()
    {
        var slow = new Slow();
        await using var app = await TestApp.Start(slow.Functions);
        using var gone = new CancellationTokenSource();
        var call = app.Client.SendAsync(app.Request(HttpMethod.Get, "/api/v1/slow"), gone.Token);
        await Eventually.Holds(() => slow.Inside == 1);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Eventually.Holds(() => slow.Inside == 0);
        Assert.DoesNotContain(app.Log.Lines, line => line.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task A_full_group_turns_away_before_it_looks_at_a_token()
    {
        var slow = new Slow();
        await using var app = await TestApp.Start(slow.Functions, null, ("Http:Concurrency:Reads:AtOnce", "1"), ("Http:Concurrency:Reads:Waiting", "0"));
        var served = app.Get("/api/v1/slow");
        await Eventually.Holds(() => slow.Inside == 1);
        using var refused = await app.Get("/api/v1/slow", roles: null);
        Assert.Equal("BUSY", (await refused.Problem(503)).Code);

        slow.Release();
        using var answer = await served;
        using var later = await app.Get("/api/v1/slow", roles: null);
        Assert.Equal("SIGN_IN_REQUIRED", (await later.Problem(401)).Code);
    }

    [Fact]
    public async Task Health_stays_green_while_every_group_turns_calls_away()
    {
        var slow = new Slow();
        await using var app = await TestApp.Start(
            slow.Functions,
            builder => builder.Services.AddSingleton<IReadinessCheck>(new Well()),
            [.. new[] { "Reads", "Writes", "Evidence", "Callbacks" }.SelectMany(group => new[] { ($"Http:Concurrency:{group}:AtOnce", "1"), ($"Http:Concurrency:{group}:Waiting", "0") })]);
        var served = new[] { app.Get("/api/v1/slow"), app.Post("/api/v1/slow/write", "{}"), app.Post("/api/v1/slow/evidence", "{}"), app.Post("/api/v1/slow/callback", "{}") };
        await Eventually.Holds(() => slow.Inside == 4);
        foreach (var call in new[] { app.Get("/api/v1/slow"), app.Post("/api/v1/slow/write", "{}"), app.Post("/api/v1/slow/evidence", "{}"), app.Post("/api/v1/slow/callback", "{}") })
        {
            using var refused = await call;
            Assert.Equal("BUSY", (await refused.Problem(503)).Code);
        }

        foreach (var path in new[] { "/health/live", "/health/ready" })
        {
            using var health = await app.Get(path, roles: null);
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        }

        slow.Release();
        Assert.All(await Task.WhenAll(served), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task A_call_whose_time_is_over_or_whose_client_is_gone_leaves_no_place_taken()
    {
        var slow = new Slow();
        await using var app = await TestApp.Start(slow.Functions, null, ("Http:Concurrency:Reads:AtOnce", "1"), ("Http:Concurrency:Reads:Waiting", "1"), ("Http:LongestQueueing", "00:00:50"));
        var slowest = app.Get("/api/v1/slow");
        await Eventually.Holds(() => slow.Inside == 1);
        using var gone = new CancellationTokenSource();
        var timers = app.Clock.PendingTimers;
        var leaving = app.Client.SendAsync(app.Request(HttpMethod.Get, "/api/v1/slow"), gone.Token);
        await Eventually.Holds(() => app.Clock.PendingTimers == timers + 2);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        await Eventually.Holds(() => app.Clock.PendingTimers == timers);

        var waiting = app.Get("/api/v1/slow");
        await Eventually.Holds(() => app.Clock.PendingTimers == timers + 2);
        app.Clock.Advance(TimeSpan.FromSeconds(45));
        using var ended = await slowest;
        Assert.Equal("TIMED_OUT", (await ended.Problem(503)).Code);
        using var waited = await waiting;
        Assert.Equal("TIMED_OUT", (await waited.Problem(503)).Code);

        slow.Release();
        using var next = await app.Get("/api/v1/slow");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        Assert.DoesNotContain(app.Log.Lines, line => line.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task A_place_is_held_until_the_answer_is_written()
    {
        var slow = new Slow();
        await using var app = await TestApp.Start(slow.Functions, null, ("Http:Concurrency:Reads:AtOnce", "1"), ("Http:Concurrency:Reads:Waiting", "0"));
        var streamed = app.Get("/api/v1/slow/streamed");
        await Eventually.Holds(() => slow.Inside == 1);
        using var refused = await app.Get("/api/v1/slow/other");
        Assert.Equal("BUSY", (await refused.Problem(503)).Code);
        slow.Release();
        using var answer = await streamed;
        Assert.Equal("streamed", await answer.Content.ReadAsStringAsync());
        using var other = await app.Get("/api/v1/slow/other");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task What_an_operator_sees_of_the_limits_is_what_is_so()
    {
        var slow = new Slow();
        await using var app = await TestApp.Start(slow.Functions, null, ("Http:Concurrency:Reads:AtOnce", "1"), ("Http:Concurrency:Reads:Waiting", "1"));
        var served = app.Get("/api/v1/slow");
        await Eventually.Holds(() => slow.Inside == 1);
        var timers = app.Clock.PendingTimers;
        var waiting = app.Get("/api/v1/slow");
        await Eventually.Holds(() => app.Clock.PendingTimers == timers + 2);
        var gates = app.Services.GetRequiredService<Gates>();
        Assert.Contains("governance.http.places Reads 1", Seen(gates));
        Assert.Contains("governance.http.waiting Reads 1", Seen(gates));
        Assert.Contains("governance.http.waiting Writes 0", Seen(gates));
        slow.Release();
        await Task.WhenAll(served, waiting);
        await Eventually.Holds(() => Seen(gates).Contains("governance.http.places Reads 0"));
    }

    private static List<string> Seen(Gates gates)
    {
        var seen = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, gates.Meter))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => seen.Add($"{instrument.Name} {(tags.Length > 0 ? tags[0].Value : "all")} {value}"));
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;
    }

    private sealed class Well : IReadinessCheck
    {
        public string Name => "storage";

        public Task<string?> Ask(CancellationToken cancellation) => Task.FromResult<string?>(null);
    }

    private sealed class Slow
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _inside;

        public int Inside => Volatile.Read(ref _inside);

        public IEnumerable<Function> Functions =>
        [
            Function.Get("Slow", "slow", Access.AnyRole, Wait, Docs),
            Function.Get("Out", "slow/out", Access.AnyRole, Out, Docs),
            Function.Get("Streamed", "slow/streamed", Access.AnyRole, _ => Task.FromResult(Results.Stream(Stream, "text/plain")), Docs),
            Function.Post("WaitWriting", "slow/write", Access.To(Roles.Publisher), _ => 0, (request, _) => Wait(request), Docs),
            Function.Post("WaitEvidence", "slow/evidence", Access.To(Roles.Publisher), _ => 0, (request, _) => Wait(request), Docs, FunctionGroup.Evidence),
            Function.PostBytes("WaitCallback", "slow/callback", Access.Teams, (request, _) => Wait(request), Docs),
            Function.Get("Other", "slow/other", Access.AnyRole, _ => Samples.Text("done"), Docs),
            Function.Post("Write", "slow", Access.To(Roles.Publisher), _ => 0, (_, _) => Samples.Text("done"), Docs),
        ];

        public void Release() => _done.TrySetResult();

        private Task<IResult> Out(ApiRequest request)
        {
            Assert.True(request.StepOut());
            return Wait(request);
        }

        private async Task Stream(Stream to)
        {
            Interlocked.Increment(ref _inside);
            await _done.Task;
            await to.WriteAsync("streamed"u8.ToArray());
        }

        private async Task<IResult> Wait(ApiRequest request)
        {
            Interlocked.Increment(ref _inside);
            try
            {
                await _done.Task.WaitAsync(request.Cancellation);
                return Results.Ok();
            }
            finally
            {
                Interlocked.Decrement(ref _inside);
            }
        }
    }
}

using System.Net;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.SignIn;
using Governance.Functions.Tests.Testing;
using Governance.Testing;
using Microsoft.AspNetCore.Http;

namespace Governance.Functions.Tests.Hosting;

public sealed class LimitingLoad
{
    private static readonly HttpDocs Docs = new("A sample.");

    [Fact]
    public async Task More_calls_than_a_group_takes_are_turned_away_at_once_and_health_is_not()
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
        using var health = await app.Get("/health/live", roles: null);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
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
        app.Clock.Advance(TimeSpan.FromSeconds(1));

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
        Assert.DoesNotContain(app.Log.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
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
            Function.Get("Other", "slow/other", Access.AnyRole, _ => Samples.Text("done"), Docs),
            Function.Post("Write", "slow", Access.To(Roles.Publisher), _ => 0, (_, _) => Samples.Text("done"), Docs),
        ];

        public void Release() => _done.TrySetResult();

        private Task<IResult> Out(ApiRequest request)
        {
            request.StepOut();
            request.StepOut();
            return Wait(request);
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

using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.SignIn;
using Governance.Functions.Tests.Testing;
using Governance.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Functions.Tests.Hosting;

public sealed class HoldingBackNewWork
{
    private const int Limit = 100;

    private static readonly Guid Alice = new("a11ce000-0000-4000-8000-000000000001");
    private static readonly Guid Bob = new("b0b00000-0000-4000-8000-000000000001");

    private readonly FakeClock _clock = new();
    private readonly Intake _intake;
    private int _waiting;

    public HoldingBackNewWork() => _intake = new(Limit, new(TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)), _clock, () => _waiting);

    [Fact]
    public void Whoever_comes_is_let_in_while_little_waits()
    {
        _waiting = Limit - 1;

        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.True(_intake.LetsIn(Alice, out var retryAfter) && retryAfter == TimeSpan.Zero));
    }

    [Fact]
    public void Where_much_waits_callers_are_turned_away_and_told_one_after_the_other_when_there_will_be_room()
    {
        WorkAt(10);

        Assert.Equal([1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3], Enumerable.Range(0, 12).Select(_ => Refused(Guid.NewGuid())));
    }

    [Fact]
    public void The_more_waits_above_the_limit_the_later_they_are_told()
    {
        WorkAt(10);
        _waiting = Limit + 50;

        Assert.Equal(5, Refused(Alice));
    }

    [Fact]
    public void Who_comes_back_when_told_is_let_in_while_others_are_turned_away()
    {
        WorkAt(10);
        var told = Refused(Alice);
        _clock.Advance(TimeSpan.FromSeconds(told));

        Refused(Bob);
        Assert.True(_intake.LetsIn(Alice, out _));
        Refused(Alice);
    }

    [Fact]
    public void Who_comes_back_too_early_is_turned_away_again()
    {
        WorkAt(10);
        Refused(Alice);
        _clock.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromMilliseconds(1));

        Refused(Alice);
    }

    [Fact]
    public void Places_that_are_kept_are_not_given_to_others()
    {
        WorkAt(10);
        Refused(Alice);
        _waiting = Limit - 1;

        Refused(Bob);
        _waiting = Limit - 3;
        Assert.True(_intake.LetsIn(Guid.NewGuid(), out _));
    }

    [Fact]
    public void A_place_is_kept_for_half_a_minute()
    {
        WorkAt(10);
        Refused(Alice);
        _waiting = Limit - 1;
        _clock.Advance(TimeSpan.FromSeconds(33));

        Assert.True(_intake.LetsIn(Bob, out _));
        _waiting = Limit;
        Refused(Alice);
    }

    [Fact]
    public void Even_a_kept_place_is_no_place_where_twice_as_much_waits_as_may()
    {
        WorkAt(10);
        var told = Refused(Alice);
        _waiting = 2 * Limit;
        _clock.Advance(TimeSpan.FromSeconds(told));

        Refused(Alice);
    }

    [Fact]
    public void One_caller_keeps_no_more_than_a_tenth_of_the_places_and_is_told_to_come_later_for_the_rest()
    {
        WorkAt(100);
        var told = Enumerable.Range(0, 60).Select(_ => Refused(Alice)).ToList();

        Assert.All(told.Take(10), seconds => Assert.InRange(seconds, 1, 2));
        Assert.All(told.Skip(10), seconds => Assert.InRange(seconds, 15, 30));
        Assert.Equal(2, Refused(Bob));
    }

    [Theory]
    [InlineData(50, 5)]
    [InlineData(300, 20)]
    [InlineData(2_000, 60)]
    public void Callers_who_obey_get_in_within_five_retries_and_work_never_piles_up(int callers, int pace)
    {
        var random = new Random(1);
        var next = new PriorityQueue<(Guid Caller, int Retries), double>(
            Enumerable.Range(0, callers).Select(_ => ((NewId(random), 0), random.NextDouble())));
        var (now, served, done, worst, most) = (0.0, 0, 0.0, 0, 0);
        while (next.TryDequeue(out var call, out var at) && at < 120)
        {
            _clock.Advance(TimeSpan.FromSeconds(at - now));
            done += Math.Min(_waiting, (at - now) * pace);
            now = at;
            var finished = (int)done;
            (done, _waiting) = (done - finished, _waiting - Math.Min(_waiting, finished));
            if (_intake.LetsIn(call.Caller, out var retryAfter))
            {
                (served, _waiting) = (served + 1, _waiting + 1);
                next.Enqueue((call.Caller, 0), at + 0.1 + (0.4 * random.NextDouble()));
            }
            else
            {
                worst = Math.Max(worst, call.Retries + 1);
                next.Enqueue((call.Caller, call.Retries + 1), at + (retryAfter.TotalSeconds * (1 + random.NextDouble())));
            }

            most = Math.Max(most, _waiting);
        }

        Assert.InRange(worst, 1, 5);
        Assert.InRange(most, Limit, 2 * Limit);
        Assert.InRange(served, 0.8 * 120 * pace, (120 * pace) + (2 * Limit));
    }

    [Fact]
    public async Task A_call_that_begins_work_is_answered_503_with_the_time_and_one_that_does_not_is_served()
    {
        _waiting = 2 * Limit;
        var calls = 0;
        Handler<string> handle = (_, _) => Task.FromResult(Interlocked.Increment(ref calls) > 0 ? Results.NoContent() : Results.BadRequest());
        await using var app = await TestApp.Start(
            [
                Function.Post("Begin", "begin", Access.AnyRole, _ => string.Empty, handle, new("A sample."), beginsWork: true),
                Function.Post("Step", "step", Access.AnyRole, _ => string.Empty, handle, new("A sample.")),
            ],
            builder => builder.Services.AddSingleton(_intake));

        using var refused = await app.Post("/api/v1/begin", "{}");
        Assert.Equal("BUSY", (await refused.Problem(503)).Code);
        Assert.InRange(int.Parse(refused.Headers.GetValues("Retry-After").Single(), null), 15, 30);
        using var served = await app.Post("/api/v1/step", "{}");
        Assert.Equal((204, 1), ((int)served.StatusCode, calls));
    }

    // Work waits up to the limit, and so much of it is done a second.
    private void WorkAt(int pace)
    {
        _waiting = Limit / 2;
        for (var second = 0; second < 40; second++)
        {
            // As many come as get done, so that as much waits as before.
            for (var call = 0; call < pace; call++)
            {
                _intake.LetsIn(Guid.NewGuid(), out _);
            }

            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        for (; _waiting < Limit; _waiting++)
        {
            Assert.True(_intake.LetsIn(Guid.NewGuid(), out _));
        }
    }

    private int Refused(Guid caller)
    {
        Assert.False(_intake.LetsIn(caller, out var retryAfter));
        Assert.Equal(0, retryAfter.Milliseconds);
        return (int)retryAfter.TotalSeconds;
    }

    private static Guid NewId(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new(bytes);
    }
}

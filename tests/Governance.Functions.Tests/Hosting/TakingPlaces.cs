using Governance.Functions.Hosting;
using Governance.Testing;

namespace Governance.Functions.Tests.Hosting;

public sealed class TakingPlaces
{
    private static readonly Guid Alice = new("a11ce000-0000-4000-8000-000000000001");
    private static readonly Guid Bob = new("b0b00000-0000-4000-8000-000000000001");
    private static readonly Guid Carol = new("ca401000-0000-4000-8000-000000000001");

    private readonly FakeClock _clock = new();

    [Fact]
    public async Task So_many_are_inside_at_once_and_so_many_wait()
    {
        var gate = Gate(atOnce: 2, waiting: 1);
        var (one, two) = (await Enters(gate, Alice), await Enters(gate, Alice));
        var third = Enter(gate, Alice);
        Assert.Equal((2, 1), (gate.Inside, gate.Waiting));
        Assert.Null((await Enter(gate, Alice)).Place);

        one.Dispose();
        one.Dispose();
        using var now = (await third).Place;
        Assert.NotNull(now);
        Assert.Equal((2, 0), (gate.Inside, gate.Waiting));
        two.Dispose();
        Assert.Equal(1, gate.Inside);
    }

    [Fact]
    public async Task Callers_take_turns_however_many_calls_one_of_them_makes()
    {
        var gate = Gate(atOnce: 1, waiting: 10);
        var place = await Enters(gate, Alice);
        var order = new List<string>();
        (Guid Caller, string Name)[] calls = [(Alice, "a1"), (Alice, "a2"), (Alice, "a3"), (Bob, "b1"), (Bob, "b2"), (Carol, "c1")];
        var waiting = calls.Select(call => (call.Name, Admission: Enter(gate, call.Caller))).ToList();
        while (waiting.Count > 0)
        {
            place.Dispose();
            await Task.WhenAny(waiting.Select(call => call.Admission));
            var next = waiting.Single(call => call.Admission.IsCompleted);
            order.Add(next.Name);
            waiting.Remove(next);
            place = (await next.Admission).Place!;
        }

        Assert.Equal(["a1", "b1", "c1", "a2", "b2", "a3"], order);
    }

    [Fact]
    public async Task Where_all_that_wait_are_one_callers_another_gets_the_place_of_the_last_of_them()
    {
        var gate = Gate(atOnce: 1, waiting: 3);
        using var place = await Enters(gate, Alice);
        var own = Enumerable.Range(0, 3).Select(_ => Enter(gate, Alice)).ToList();
        Assert.Null((await Enter(gate, Alice)).Place);

        var other = Enter(gate, Bob);
        Assert.Null((await own[2]).Place);
        Assert.False(other.IsCompleted);
        Assert.Equal(3, gate.Waiting);

        // Now nobody has so many that another's first call would be worth more.
        var third = Enter(gate, Carol);
        Assert.Null((await own[1]).Place);
        Assert.True(gate.IsClosed(out _));
        Assert.Null((await Enter(gate, Guid.Empty)).Place);
        place.Dispose();
        (await own[0]).Place!.Dispose();
        (await other).Place!.Dispose();
        (await third).Place!.Dispose();
        Assert.Equal((0, 0), (gate.Inside, gate.Waiting));
    }

    [Fact]
    public async Task A_call_that_has_waited_long_enough_is_turned_away_and_a_place_of_that_moment_is_not_lost()
    {
        var gate = Gate(atOnce: 1, waiting: 5);
        var place = await Enters(gate, Alice);
        var late = Enter(gate, Alice);
        _clock.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Null((await late).Place);
        Assert.Equal(0, gate.Waiting);

        var both = Enter(gate, Alice);
        place.Dispose();
        _clock.Advance(TimeSpan.FromMilliseconds(400));
        using var now = (await both).Place;
        Assert.NotNull(now);
    }

    [Fact]
    public async Task Whoever_goes_away_while_waiting_leaves_the_line_and_a_place_of_that_moment_goes_to_the_next()
    {
        var gate = Gate(atOnce: 1, waiting: 5);
        var place = await Enters(gate, Alice);
        using var gone = new CancellationTokenSource();
        var leaving = gate.Enter(Bob, gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.Equal((1, 0), (gate.Inside, gate.Waiting));

        for (var again = 0; again < 50; again++)
        {
            using var going = new CancellationTokenSource();
            var racing = gate.Enter(Bob, going.Token).AsTask();
            var last = place;
            await Task.WhenAll(Task.Run(going.Cancel), Task.Run(last.Dispose));
            try
            {
                place = (await racing).Place!;
            }
            catch (OperationCanceledException)
            {
                place = await Enters(gate, Alice);
            }

            Assert.Equal((1, 0), (gate.Inside, gate.Waiting));
        }

        place.Dispose();
        Assert.Equal(0, gate.Inside);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    public async Task A_call_that_would_wait_longer_than_it_may_is_turned_away_at_once(int inLine, bool waits)
    {
        // Two places and calls of 200 ms: four that wait are served in 400 ms, which is as long as a call may wait.
        var gate = Gate(atOnce: 2, waiting: 100);
        await Serve(gate, times: 1, TimeSpan.FromMilliseconds(200));
        _ = (await Enters(gate, Alice), await Enters(gate, Alice));
        var line = Enumerable.Range(1, inLine - 1).Select(_ => Enter(gate, Alice)).ToList();
        Assert.DoesNotContain(line, call => call.IsCompleted);
        Assert.Equal(waits, !Enter(gate, Alice).IsCompleted);

        // Somebody of whom nobody waits is third at the latest: after those inside and one of the line.
        Assert.False(gate.IsClosed(out _));
        Assert.False(Enter(gate, Bob).IsCompleted);
    }

    [Fact]
    public async Task A_gate_follows_the_pace_of_its_calls_and_no_slow_line_spoils_it()
    {
        var gate = Gate(atOnce: 1, waiting: 100);
        await Serve(gate, times: 1, TimeSpan.FromHours(1));
        using (await Enters(gate, Alice))
        {
            Assert.Null((await Enter(gate, Alice)).Place);
        }

        await Serve(gate, times: 40, TimeSpan.FromMilliseconds(1));
        using var place = await Enters(gate, Alice);
        Assert.False(Enter(gate, Alice).IsCompleted);
    }

    [Fact]
    public async Task Those_who_are_turned_away_are_told_to_come_back_one_after_the_other()
    {
        // One place and calls of 100 ms serve ten a second, of which one is a returning one.
        var gate = Gate(atOnce: 1, waiting: 0);
        await Serve(gate, times: 1, TimeSpan.FromMilliseconds(100));
        using var place = await Enters(gate, Alice);
        Assert.Equal([2, 3, 4, 5, 6], await Told(gate, 5));

        // Time goes on, and the pace of those who return with it.
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal([4, 5], await Told(gate, 2));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal([2, 3], await Told(gate, 2));
    }

    [Fact]
    public async Task Nobody_is_told_more_than_the_longest_time_and_many_not_the_same()
    {
        var gate = Gate(atOnce: 1, waiting: 0);
        await Serve(gate, times: 1, TimeSpan.FromMilliseconds(100));
        using var place = await Enters(gate, Alice);
        var told = await Told(gate, 200);
        Assert.Equal(30, told.Max());
        Assert.All(Enumerable.Range(15, 16), seconds => Assert.InRange(told.Count(one => one == seconds), 8, 16));
    }

    [Fact]
    public async Task Before_anything_was_served_those_who_are_turned_away_are_told_the_least_time()
    {
        var gate = Gate(atOnce: 1, waiting: 0);
        using var place = await Enters(gate, Alice);
        Assert.Equal([1, 1, 1], await Told(gate, 3));
        Assert.True(gate.IsClosed(out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(1), retryAfter);
    }

    [Fact]
    public async Task A_thousand_callers_who_come_at_once_and_do_as_they_are_told_are_all_served_within_five_retries()
    {
        const int Seconds = 20;

        // A model of the whole: 64 places, calls of 100 ms, callers who call again 300 ms after they were served.
        var gate = Gate(atOnce: 64, waiting: 256);
        var (served, most, unanswered, now, order) = (0, 0, 0, TimeSpan.Zero, 0);
        var events = new PriorityQueue<Action, (TimeSpan At, int Order)>();
        foreach (var number in Enumerable.Range(0, 1_000))
        {
            At(number * 0.5, () => Call(new Guid(number, 1, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 1), tries: 0));
        }

        while (Next() is { } happen)
        {
            happen();

            // Answers come on other threads; time stands still until all are there.
            while (Volatile.Read(ref unanswered) != gate.Waiting)
            {
                await Task.Yield();
            }
        }

        Assert.InRange(served, Seconds * 640 * 9 / 10, Seconds * 640);
        Assert.InRange(most, 1, 5);

        void At(double milliseconds, Action happen)
        {
            lock (events)
            {
                events.Enqueue(happen, (now + TimeSpan.FromMilliseconds(milliseconds), order++));
            }
        }

        Action? Next()
        {
            Action? happen;
            (TimeSpan At, int Order) when;
            lock (events)
            {
                if (!events.TryDequeue(out happen, out when) || when.At >= TimeSpan.FromSeconds(Seconds))
                {
                    return null;
                }

                (when.At, now) = (when.At - now, when.At);
            }

            _clock.Advance(when.At);
            return happen;
        }

        void Call(Guid caller, int tries)
        {
            Interlocked.Increment(ref unanswered);
            _ = Answered();

            async Task Answered()
            {
                var answer = await gate.Enter(caller, CancellationToken.None);
                if (answer.Place is { } place)
                {
                    At(100, () => Serve(caller, place));
                }
                else
                {
                    most = Math.Max(most, tries + 1);
                    At(answer.RetryAfter.TotalMilliseconds, () => Call(caller, tries + 1));
                }

                Interlocked.Decrement(ref unanswered);
            }
        }

        void Serve(Guid caller, Place place)
        {
            served++;
            place.Dispose();
            At(300, () => Call(caller, tries: 0));
        }
    }

    [Fact]
    public async Task Only_so_many_step_out_of_their_places_to_wait()
    {
        var (gate, polls) = (Gate(atOnce: 2, waiting: 0), new LongPolls(1));
        var (one, two) = (await Enters(gate, Alice), await Enters(gate, Bob));
        Assert.True(one.StepOut(polls));
        Assert.True(one.StepOut(polls));
        Assert.False(two.StepOut(polls));
        Assert.Equal((1, 1), (gate.Inside, polls.Count));

        one.Dispose();
        one.Dispose();
        Assert.Equal(0, polls.Count);
        Assert.True(two.StepOut(polls));
        two.Dispose();
        Assert.Equal((0, 0), (gate.Inside, polls.Count));
    }

    private GroupGate Gate(int atOnce, int waiting) => new(
        new GroupLimit(atOnce, waiting), new GatePatience(TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)), _clock);

    private static Task<Admission> Enter(GroupGate gate, Guid caller) => gate.Enter(caller, CancellationToken.None).AsTask();

    private static async Task<Place> Enters(GroupGate gate, Guid caller) => (await Enter(gate, caller)).Place ?? throw new InvalidOperationException("There was no place.");

    private static async Task<List<int>> Told(GroupGate gate, int times)
    {
        var told = new List<int>();
        for (var time = 0; time < times; time++)
        {
            var answer = await Enter(gate, Alice);
            Assert.Null(answer.Place);
            told.Add((int)answer.RetryAfter.TotalSeconds);
        }

        return told;
    }

    private async Task Serve(GroupGate gate, int times, TimeSpan each)
    {
        for (var time = 0; time < times; time++)
        {
            using var place = await Enters(gate, Carol);
            _clock.Advance(each);
        }
    }
}

using FsCheck;
using FsCheck.Fluent;
using Governance.Core.Rollout;
using Governance.Intune.Graph;
using Governance.Intune.Tests.Support;

namespace Governance.Intune.Tests.Graph;

public sealed class KeepingWithinLimits
{
    [Fact]
    public void No_window_ever_holds_more_calls_than_the_limit() => Prop.ForAll<PositiveInt, bool[]>((limit, writes) =>
    {
        var clock = new JumpingClock();
        var options = new CallBudgetOptions { WritesPerWindow = 1 + (limit.Get % 3), RequestsPerWindow = 3 + (limit.Get % 4), Window = TimeSpan.FromSeconds(20) };
        var budget = new CallBudget(options, clock);
        var passed = new List<(DateTimeOffset At, bool Write)>();
        foreach (var write in writes)
        {
            budget.Wait(write, default).AsTask().GetAwaiter().GetResult();
            passed.Add((clock.GetUtcNow(), write));
        }

        foreach (var (at, _) in passed)
        {
            var window = passed.Where(p => p.At > at - options.Window && p.At <= at).ToArray();
            Assert.True(window.Length <= options.RequestsPerWindow);
            Assert.True(window.Count(p => p.Write) <= options.WritesPerWindow);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(50).WithReplay(8, 9));

    [Fact]
    public async Task A_full_burst_passes_at_once_and_the_next_call_waits_for_the_window()
    {
        var clock = new JumpingClock();
        var budget = new CallBudget(new(), clock);
        for (var i = 0; i < 100; i++)
        {
            await budget.Wait(write: true, default);
        }

        Assert.Empty(clock.Waits);
        await budget.Wait(write: true, default);
        Assert.Equal([TimeSpan.FromSeconds(20)], clock.Waits);
    }

    [Fact]
    public async Task When_Graph_asks_one_call_to_wait_all_wait()
    {
        var clock = new JumpingClock();
        var budget = new CallBudget(new(), clock);
        budget.Pause(TimeSpan.FromSeconds(7));

        await budget.Wait(write: false, default);

        Assert.Equal([TimeSpan.FromSeconds(7)], clock.Waits);
    }

    [Fact]
    public async Task Without_limits_nothing_waits()
    {
        var clock = new JumpingClock();
        var budget = new CallBudget(new() { Unlimited = true, WritesPerWindow = 1 }, clock);
        for (var i = 0; i < 1000; i++)
        {
            await budget.Wait(write: true, default);
        }

        Assert.Empty(clock.Waits);
    }

    [Fact]
    public void The_circuit_opens_after_failures_in_a_row_lets_one_call_try_and_closes_when_it_succeeds()
    {
        var clock = new JumpingClock();
        var circuit = new CircuitBreaker(new() { Failures = 3 }, clock);
        circuit.Report(outage: true);
        circuit.Report(outage: true);
        circuit.Report(outage: false);
        circuit.Report(outage: true);
        circuit.Report(outage: true);
        Assert.Equal(CircuitState.Closed, circuit.State);

        circuit.Report(outage: true);
        Assert.Equal(CircuitState.Open, circuit.State);
        Assert.Equal(TimeSpan.FromSeconds(30), circuit.Enter());

        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(CircuitState.HalfOpen, circuit.State);
        Assert.Null(circuit.Enter());
        Assert.NotNull(circuit.Enter());
        circuit.Report(outage: true);
        Assert.Equal(CircuitState.Open, circuit.State);

        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(circuit.Enter());
        circuit.Abandon();
        Assert.Null(circuit.Enter());
        circuit.Report(outage: false);
        Assert.Equal(CircuitState.Closed, circuit.State);
        Assert.Null(circuit.Enter());
    }
}

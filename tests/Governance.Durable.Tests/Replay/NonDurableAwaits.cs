using Governance.Durable.Engine;
using Governance.Durable.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using static Governance.Durable.Tests.Replay.Events;

namespace Governance.Durable.Tests.Replay;

/// <summary>An orchestrator that waits for something outside its history fails in that very turn, and says why.</summary>
public sealed class NonDurableAwaits
{
    private static readonly TaskCompletionSource Never = new();

    [Fact]
    public void Awaiting_a_delay_fails() => AssertFails(async _ => await Task.Delay(Timeout.InfiniteTimeSpan));

    [Fact]
    public void Awaiting_a_delay_that_ends_during_the_turn_fails() => AssertFails(async context =>
    {
        await Task.Delay(1);
        await context.CallActivityAsync("A");
    });

    [Fact]
    public void Awaiting_other_work_fails()
    {
        using var gate = new ManualResetEventSlim();
        AssertFails(async _ => await Task.Run(gate.Wait));
        gate.Set();
    }

    [Fact]
    public void Awaiting_a_foreign_task_fails_even_while_a_durable_task_is_under_way() => AssertFails(async context =>
    {
        var call = context.CallActivityAsync("A");
        await Never.Task;
        await call;
    });

    [Fact]
    public void Awaiting_a_foreign_task_fails_although_an_event_wait_was_left_behind()
    {
        var host = ReplayHost.For<object?>(async context =>
        {
            var signal = context.WaitForExternalEvent<string>("never");
            await Task.WhenAny(signal, context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None));
            await Never.Task;
            return null;
        });
        host.Turn(0, ES());

        Assert.StartsWith("FAIL#1(NonDurableAwaitException", host.Turn(1, FIRED(0)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_suspended_instance_fails_only_once_it_is_resumed()
    {
        var host = ReplayHost.For(async _ =>
        {
            await Never.Task;
            return 0;
        });

        Assert.Equal("", host.Turn(0, ES(), SUSP()));
        Assert.StartsWith("FAIL#0(NonDurableAwaitException", host.Turn(1, RES()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_durable_and_a_foreign_task_together_fail_once_the_durable_one_is_done()
    {
        var host = ReplayHost.For<object?>(async context =>
        {
            await Task.WhenAll(context.CallActivityAsync("A"), Never.Task);
            return null;
        });

        Assert.Equal("A#0(A)", host.Turn(0, ES()));
        Assert.StartsWith("FAIL#1(NonDurableAwaitException", host.Turn(1, TC(0, null)), StringComparison.Ordinal);
    }

    [Fact]
    public void Using_the_context_after_ConfigureAwait_false_fails()
    {
        var host = ReplayHost.For<object?>(async context =>
        {
            await context.CallActivityAsync("A").ConfigureAwait(false);
            await context.CallActivityAsync("B");
            return null;
        });
        host.Turn(0, ES());

        var reply = host.Turn(1, TC(0, null));

        Assert.StartsWith("FAIL#1(NonDurableAwaitException", reply, StringComparison.Ordinal);
        Assert.Contains("ConfigureAwait(false)", reply, StringComparison.Ordinal);
    }

    [Fact]
    public void ConfigureAwait_false_on_a_task_that_awaits_a_durable_one_fails()
    {
        async Task<string> Step(TaskOrchestrationContext context) => await context.CallActivityAsync<string>("A");
        var host = ReplayHost.For(async context =>
        {
            await Step(context).ConfigureAwait(false);
            return context.CurrentUtcDateTime;
        });
        host.Turn(0, ES());

        Assert.StartsWith("FAIL#1(NonDurableAwaitException", host.Turn(1, TC(0, "\"r\"")), StringComparison.Ordinal);
    }

    [Fact]
    public void Using_the_context_on_another_thread_fails()
    {
        var host = ReplayHost.For<object?>(context =>
        {
            var stranger = new Thread(() => Assert.Throws<NonDurableAwaitException>(() => context.NewGuid()));
            stranger.Start();
            stranger.Join();
            return Task.FromResult<object?>("done");
        });

        Assert.StartsWith("FAIL#0(NonDurableAwaitException: The orchestrator used NewGuid outside its own thread.", host.Turn(0, ES()), StringComparison.Ordinal);
    }

    [Fact]
    public void Using_the_context_after_leaving_its_synchronization_context_fails() => AssertFails(async context =>
    {
        SynchronizationContext.SetSynchronizationContext(null);
        await context.CallActivityAsync("A");
    });

    [Fact]
    public void Using_the_context_after_the_turn_fails_there()
    {
        TaskOrchestrationContext? kept = null;
        var host = ReplayHost.For(async context => await (kept = context).CallActivityAsync<string>("A"));
        host.Turn(0, ES());

        Assert.NotNull(kept);
        Assert.Throws<NonDurableAwaitException>(() => kept.SetCustomStatus("late"));
        Assert.Equal("DONE#1(\"r\")", host.Turn(1, TC(0, "\"r\"")));
    }

    [Fact]
    public void A_token_that_another_thread_cancels_fails()
    {
        var host = ReplayHost.For<object?>(async context =>
        {
            using var stop = new CancellationTokenSource();
            var timer = context.CreateTimer(TimeSpan.FromHours(1), stop.Token);
            var stranger = new Thread(stop.Cancel);
            stranger.Start();
            stranger.Join();
            await timer;
            return null;
        });

        Assert.StartsWith("FAIL#1(NonDurableAwaitException: A cancellation token", host.Turn(0, ES()), StringComparison.Ordinal);
    }

    [Fact]
    public void Blocking_on_a_durable_task_fails_instead_of_hanging()
    {
        var thread = new OrchestrationThread(TimeSpan.FromMilliseconds(50));
        var state = new TurnState("i1", thread);
        var registry = new DurableTaskRegistry().AddOrchestratorFunc<object, string>(
            "Main", (context, _) => Task.FromResult(context.CallActivityAsync<string>("A").Result));
        var create = registry.FreezeOrchestrators()["Main"];
        var turn = new OrchestrationTurn(state, _ => create(new NoServices()), JsonDataConverter.Default, NullLoggerFactory.Instance);

        OrchestratorResponse reply;
        using (thread)
        {
            reply = turn.Run(new OrchestratorRequest { InstanceId = "i1", NewEvents = { OS(0), ES() } });
        }

        Assert.StartsWith("FAIL#1(NonDurableAwaitException: The orchestrator blocked its thread for 0.05 s", Notation.Of(reply), StringComparison.Ordinal);
    }

    [Fact]
    public void Yielding_and_completing_tasks_among_themselves_is_fine()
    {
        var host = ReplayHost.For(async context =>
        {
            var baton = new TaskCompletionSource<string>();
            async Task Runner()
            {
                await Task.Yield();
                baton.SetResult(await context.CallActivityAsync<string>("A"));
            }

            var runner = Runner();
            var result = await baton.Task;
            await runner;
            return result;
        });

        Assert.Equal("A#0(A)", host.Turn(0, ES()));
        Assert.Equal("DONE#1(\"r\")", host.Turn(1, TC(0, "\"r\"")));
    }

    [Fact]
    public void Combinators_that_pass_results_on_are_fine()
    {
        var host = ReplayHost.For(async context =>
        {
            using var gate = new SemaphoreSlim(0);
            var channel = System.Threading.Channels.Channel.CreateUnbounded<string>();
            async Task Work(string name)
            {
                await gate.WaitAsync();
                await channel.Writer.WriteAsync(await context.CallActivityAsync<string>(name));
            }

            var work = Task.WhenAll(Work("A"), Work("B"));
            gate.Release(2);
            var read = await channel.Reader.ReadAsync() + await channel.Reader.ReadAsync();
            await work;
            return read;
        });

        Assert.Equal("A#0(A) A#1(B)", host.Turn(0, ES()));
        Assert.Equal("", host.Turn(1, TC(1, "\"b\"")));
        Assert.Equal("DONE#2(\"ba\")", host.Turn(2, TC(0, "\"a\"")));
    }

    [Fact]
    public void Combinators_that_go_through_the_thread_pool_fail() => AssertFails(async context =>
    {
        await foreach (var each in Task.WhenEach(context.CallActivityAsync("C"), context.CallActivityAsync("D")))
        {
            await each;
        }
    });

    [Fact]
    public void A_short_wait_for_a_lock_is_fine()
    {
        var contended = new Lock();
        using var taken = new ManualResetEventSlim();
        using var wanted = new ManualResetEventSlim();
        var other = new Thread(() =>
        {
            lock (contended)
            {
                taken.Set();
                wanted.Wait();
            }
        });
        other.Start();
        taken.Wait();

        var host = ReplayHost.For(_ =>
        {
            wanted.Set();
            lock (contended)
            {
                return Task.FromResult("mine");
            }
        });

        Assert.Equal("DONE#0(\"mine\")", host.Turn(0, ES()));
        other.Join();
    }

    [Fact]
    public void Code_may_send_work_to_its_own_context_and_strangers_may_not()
    {
        var host = ReplayHost.For(context =>
        {
            var own = SynchronizationContext.Current;
            var sent = 0;
            Assert.NotNull(own);
            Assert.Same(own, own.CreateCopy());
            own.Send(_ => sent++, null);
            own.Post(_ => sent++, null);
            return Task.FromResult(sent);
        });
        Assert.Equal("DONE#0(1)", host.Turn(0, ES()));

        var stranger = ReplayHost.For(context =>
        {
            var own = SynchronizationContext.Current;
            var thread = new Thread(() => Assert.Throws<NonDurableAwaitException>(() => own!.Send(_ => { }, null)));
            thread.Start();
            thread.Join();
            return Task.FromResult(0);
        });
        Assert.StartsWith("FAIL#0(NonDurableAwaitException", stranger.Turn(0, ES()), StringComparison.Ordinal);
    }

    [Fact]
    public void Code_that_never_waits_leaves_the_callers_context_alone()
    {
        var own = new SynchronizationContext();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(own);
        try
        {
            ReplayHost.For(_ => Task.FromResult(1)).Turn(0, ES());
            Assert.Same(own, SynchronizationContext.Current);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private static void AssertFails(Func<TaskOrchestrationContext, Task> code)
    {
        var host = ReplayHost.For<object?>(async context =>
        {
            await code(context);
            return null;
        });

        var reply = host.Turn(0, ES());

        Assert.StartsWith("FAIL#", reply, StringComparison.Ordinal);
        Assert.Contains("NonDurableAwaitException", reply, StringComparison.Ordinal);
        Assert.Contains("move everything else into an activity", reply, StringComparison.Ordinal);
        Assert.DoesNotContain(") A#", reply, StringComparison.Ordinal);
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}

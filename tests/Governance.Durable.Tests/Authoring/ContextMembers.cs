using Governance.Durable.Protocol;
using Governance.Durable.Tests.Replay;
using Microsoft.Extensions.Logging;
using static Governance.Durable.Tests.Replay.Events;

namespace Governance.Durable.Tests.Authoring;

public sealed class ContextMembers
{
    [Fact]
    public void The_context_says_which_instance_this_is()
    {
        TaskOrchestrationContext? seen = null;
        var handler = ReplayHost.Handler(registry => registry.AddOrchestratorFunc<int, int>("Main", (context, input) =>
        {
            seen = context;
            Assert.Equal(5, input);
            Assert.Equal(5, context.GetInput<int>());
            Assert.Equal(T, context.CurrentUtcDateTime);
            Assert.Equal(DateTimeKind.Utc, context.CurrentUtcDateTime.Kind);
            return Task.FromResult(input);
        }));
        var host = new ReplayHost(handler, "me");
        var parent = new ParentInstanceInfo { Name = "Above", OrchestrationInstance = new() { InstanceId = "p1" } };

        Assert.Equal("DONE#0(5)", host.Turn(0, ES("5", "main", parent, "v2")));
        Assert.NotNull(seen);
        Assert.Equal("me", seen.InstanceId);
        Assert.Equal(new TaskName("MAIN"), seen.Name);
        Assert.Equal("v2", seen.Version);
        Assert.Equal(new ParentOrchestrationInstance("Above", "p1"), seen.Parent);
    }

    [Fact]
    public void At_the_top_there_is_no_parent_no_version_and_perhaps_no_input()
    {
        var host = ReplayHost.For(context => Task.FromResult($"{context.Parent is null}{context.Version}{context.GetInput<string>() is null}"));

        Assert.Equal("DONE#0(\"TrueTrue\")", host.Turn(0, ES()));
    }

    [Fact]
    public void Calls_for_their_effect_alone_take_no_result()
    {
        var host = ReplayHost.For(async context =>
        {
            await context.CallActivityAsync("A", 1);
            await context.CallActivityAsync("B", new TaskOptions());
            await context.CallSubOrchestratorAsync("C", 2, new SubOrchestrationOptions(instanceId: "c"));
            await context.CallSubOrchestratorAsync("D", new SubOrchestrationOptions(instanceId: "d"));
            return await context.CallSubOrchestratorAsync<int>("E", new SubOrchestrationOptions(instanceId: "e"));
        });

        Assert.Equal("A#0(A,1)", host.Turn(0, ES()));
        Assert.Equal("A#1(B)", host.Turn(1, TC(0, "{\"unread\":true}")));
        Assert.Equal("S#2(C,c,2)", host.Turn(2, TC(1, "null")));
        Assert.Equal("S#3(D,d)", host.Turn(3, SC(2, "1")));
        Assert.Equal("S#4(E,e)", host.Turn(4, SC(3, null)));
        Assert.Equal("DONE#5(9)", host.Turn(5, SC(4, "9")));
    }

    [Fact]
    public void A_failed_task_tells_all_that_is_known()
    {
        TaskFailedException? caught = null;
        var host = ReplayHost.For(async context =>
        {
            try
            {
                await context.CallActivityAsync("A");
            }
            catch (TaskFailedException failed)
            {
                caught = failed;
            }

            return "went on";
        });
        host.Turn(0, ES());

        Assert.Equal("DONE#1(\"went on\")", host.Turn(1, TF(0)));
        Assert.NotNull(caught);
        Assert.Equal(("A", 0, TaskFailureDetails.Unknown), (caught.TaskName, caught.TaskId, caught.FailureDetails));
    }

    [Fact]
    public void Starting_over_ends_when_the_code_returns_and_a_failure_after_it_wins()
    {
        var slow = ReplayHost.For(async context =>
        {
            context.ContinueAsNew("again");
            await context.CallActivityAsync("Last");
            return "unread";
        });
        Assert.Equal("A#0(Last)", slow.Turn(0, ES()));
        Assert.Equal("CAN#1(\"again\"; carry=[])", slow.Turn(1, TC(0, null)));

        var failing = ReplayHost.For<int>(context =>
        {
            context.ContinueAsNew();
            throw new InvalidOperationException("after all");
        });
        Assert.Equal("FAIL#0(InvalidOperationException: after all)", failing.Turn(0, ES()));
    }

    [Fact]
    public void After_the_end_none_of_the_code_runs_any_more()
    {
        var host = ReplayHost.For(async context =>
        {
            async Task Aside()
            {
                await context.CallActivityAsync("B");
                await context.CallActivityAsync("C");
            }

            var aside = Aside();
            await context.CallActivityAsync("A");
            return aside.IsCompleted;
        });

        Assert.Equal("A#0(B) A#1(A)", host.Turn(0, ES()));
        Assert.Equal("DONE#2(false)", host.Turn(1, TC(1, null), TC(0, null)));
    }

    [Fact]
    public void A_termination_wins_over_starting_over()
    {
        var host = ReplayHost.For(context =>
        {
            context.ContinueAsNew(1);
            return Task.FromResult(0);
        });

        Assert.Equal("TERMD#0()", host.Turn(0, ES(), TERM(null)));
    }

    [Fact]
    public void The_last_status_counts_and_null_clears_it()
    {
        var host = ReplayHost.For(async context =>
        {
            context.SetCustomStatus("one");
            context.SetCustomStatus("two");
            await context.CallActivityAsync("A");
            context.SetCustomStatus(null);
            return 0;
        });

        host.Turn(0, ES());
        Assert.Equal("\"two\"", host.Last!.CustomStatus);
        host.Turn(1, TC(0, null));
        Assert.Null(host.Last!.CustomStatus);
    }

    [Fact]
    public void A_replay_safe_logger_logs_each_step_once()
    {
        var lines = new Lines();
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(lines));
        var host = ReplayHost.For(
            async context =>
            {
                foreach (var log in new[]
                {
                    context.CreateReplaySafeLogger("text"), context.CreateReplaySafeLogger(context.GetType()), context.CreateReplaySafeLogger<Lines>(),
                })
                {
                    using var scope = log.BeginScope("scope");
                    TestLog.Step(log, "first");
                }

                await context.CallActivityAsync("A");
                TestLog.Step(context.CreateReplaySafeLogger("text"), "second");
                return 0;
            },
            loggers: loggers);

        host.Turn(0, ES());
        host.Turn(1, TC(0, null));

        Assert.Equal(["first", "first", "first", "second"], lines.Written);
    }

    [Fact]
    public void Names_that_are_missing_are_refused_where_they_are_used()
    {
        Assert.StartsWith("FAIL#0(ArgumentException", ReplayHost.For(async context => await context.CallActivityAsync<int>(default)).Turn(0, ES()), StringComparison.Ordinal);
        Assert.StartsWith("FAIL#0(ArgumentException", ReplayHost.For(async context => await context.WaitForExternalEvent<int>("")).Turn(0, ES()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_that_outlives_the_turn_keeps_nothing_of_it()
    {
        using var longLived = new CancellationTokenSource();
        var context = RunOneTurn(longLived.Token);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(context.IsAlive);
    }

    [Fact]
    public void Events_carried_over_are_copies()
    {
        var handler = ReplayHost.Handler(registry => registry.AddOrchestratorFunc<object, int>("Main", (context, _) =>
        {
            context.ContinueAsNew();
            return Task.FromResult(0);
        }));
        var request = new OrchestratorRequest { InstanceId = "i1", NewEvents = { OS(0), ES(), ER("e", "1") } };

        var carried = Assert.Single(Assert.Single(handler.RunOrchestrator(request).Actions).CompleteOrchestration.CarryoverEvents);

        Assert.Equal(request.NewEvents[2], carried);
        Assert.NotSame(request.NewEvents[2], carried);
    }

    [Fact]
    public void An_exception_of_code_that_nobody_awaits_fails_the_instance()
    {
        var host = ReplayHost.For(async context =>
        {
            Forgotten(context);
            return await context.CallActivityAsync<int>("B");
        });
        host.Turn(0, ES());

        Assert.Equal("FAIL#2(InvalidOperationException: forgotten)", host.Turn(1, TC(0, null)));
    }

    [Fact]
    public void A_failure_message_with_half_a_character_still_travels()
    {
        var host = ReplayHost.For<int>(_ => throw new InvalidOperationException("half \ud800 of it"));

        Assert.Equal("FAIL#0(InvalidOperationException: half \ufffd of it)", host.Turn(0, ES()));
    }

    [Fact]
    public void A_cancelled_orchestrator_fails()
    {
        var host = ReplayHost.For<int>(_ => throw new OperationCanceledException("gave up"));

        Assert.Equal("FAIL#0(OperationCanceledException: gave up)", host.Turn(0, ES()));
    }

    // Apart, so that the test's own frame holds nothing.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference RunOneTurn(CancellationToken token)
    {
        WeakReference? seen = null;
        ReplayHost.For(async context =>
        {
            seen = new WeakReference(context);
            await context.CreateTimer(TimeSpan.FromHours(1), token);
            return 0;
        }).Turn(0, ES());
        return seen!;
    }

    private static async void Forgotten(TaskOrchestrationContext context)
    {
        await context.CallActivityAsync("A");
        throw new InvalidOperationException("forgotten");
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public List<string> Written { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}

internal static partial class TestLog
{
    [LoggerMessage(1, LogLevel.Information, "{Step}")]
    public static partial void Step(ILogger log, string step);
}

using System.Collections.Concurrent;
using Governance.Durable.Client;
using Governance.Durable.Hub;
using Governance.Testing;

namespace Governance.Durable.Tests.Hub;

/// <summary>What a task hub does, whatever it stores in: run over memory and over real tables.</summary>
public abstract class HubBehaviour
{
    protected FakeClock Clock { get; } = new();

    /// <summary>A store that holds nothing yet.</summary>
    private protected abstract ITaskHubStore NewStore();

    private protected Task<TestHub> Start(Action<DurableTaskRegistry> register, TaskHubOptions? options = null) =>
        TestHub.Start(NewStore(), Clock, register, options);

    [Fact]
    public async Task An_orchestration_returns_what_its_activity_returned()
    {
        await using var hub = await Start(tasks => tasks
            .AddOrchestratorFunc<string, string>("Greet", async (context, name) => await context.CallActivityAsync<string>("Hello", name))
            .AddActivityFunc<string, string>("Hello", (_, name) => Task.FromResult($"Hello, {name}!")));

        var ended = await hub.Run("Greet", "Tokyo", "greet-1");

        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Equal("Hello, Tokyo!", ended.ReadOutputAs<string>());
        Assert.Equal("Tokyo", ended.ReadInputAs<string>());
        Assert.Equal("Greet", ended.Name);
        Assert.Equal("greet-1", ended.InstanceId);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(250)]
    public async Task A_fan_out_collects_every_result(int width)
    {
        await using var hub = await Start(tasks => tasks
            .AddOrchestratorFunc<int, int>("Sum", async (context, count) =>
                (await Task.WhenAll(Enumerable.Range(0, count).Select(n => context.CallActivityAsync<int>("Square", n)))).Sum())
            .AddActivityFunc<int, int>("Square", (_, n) => Task.FromResult(n * n)));

        var ended = await hub.Run("Sum", width);

        Assert.Equal(Enumerable.Range(0, width).Sum(n => n * n), ended.ReadOutputAs<int>());
    }

    [Fact]
    public async Task A_timer_fires_when_its_time_has_come_and_not_before()
    {
        await using var hub = await Start(tasks => tasks.AddOrchestratorFunc<string?, DateTimeOffset>("Wait", async (context, _) =>
        {
            await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
            return context.CurrentUtcDateTime;
        }));
        var before = Clock.GetUtcNow();
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
        var begun = await hub.Moving(hub.Client.WaitForInstanceStartAsync(id));
        Assert.Equal(OrchestrationRuntimeStatus.Running, begun.RuntimeStatus);

        var ended = await hub.End(id);

        Assert.InRange(ended.ReadOutputAs<DateTimeOffset>(), before + TimeSpan.FromMinutes(1), Clock.GetUtcNow());
    }

    [Fact]
    public async Task A_timer_of_a_week_fires_after_a_week()
    {
        await using var hub = await Start(tasks => tasks.AddOrchestratorFunc<string?, string>("Wait", async (context, _) =>
        {
            await context.CreateTimer(TimeSpan.FromDays(7), CancellationToken.None);
            return "rested";
        }));
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
        var ended = hub.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true);
        var begin = Clock.GetUtcNow();

        await Eventually.Holds(() =>
        {
            Clock.Advance(TimeSpan.FromHours(1));
            return ended.IsCompleted;
        });

        Assert.Equal("rested", (await ended).ReadOutputAs<string>());
        Assert.True(Clock.GetUtcNow() - begin >= TimeSpan.FromDays(7));
    }

    [Fact]
    public async Task Events_reach_an_instance_in_their_order_whatever_it_does_meanwhile()
    {
        await using var hub = await Start(tasks => tasks.AddOrchestratorFunc<int, string>("Collect", async (context, count) =>
        {
            var got = "";
            for (var i = 0; i < count; i++)
            {
                got += await context.WaitForExternalEvent<int>("Number");
            }

            return got;
        }));
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Collect", 9);

        for (var i = 1; i <= 9; i++)
        {
            await hub.Client.RaiseEventAsync(id, i % 2 == 0 ? "number" : "NUMBER", i);
        }

        Assert.Equal("123456789", (await hub.End(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Events_that_arrive_before_the_start_are_kept_for_it()
    {
        await using var hub = await Start(tasks => tasks.AddOrchestratorFunc<string?, string>("Later", async (context, _) =>
            await context.WaitForExternalEvent<string>("Go") + (context.CurrentUtcDateTime - FakeClock.Noon.UtcDateTime).TotalHours.ToString("0")));
        var options = new StartOrchestrationOptions("later", FakeClock.Noon.AddHours(2));
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Later", null, options);
        await hub.Client.RaiseEventAsync("later", "Go", "early");

        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await hub.Client.GetInstanceAsync("later"))!.RuntimeStatus);
        Clock.Advance(TimeSpan.FromHours(2));

        Assert.Equal("early2", (await hub.End("later")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_scheduled_instance_can_be_terminated_before_its_time()
    {
        await using var hub = await Start(tasks => tasks.AddOrchestratorFunc<string?, string>("Later", (_, _) => Task.FromResult("ran")));
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Later", null, new StartOrchestrationOptions("later", FakeClock.Noon.AddDays(30)));

        await hub.Client.TerminateInstanceAsync("later", "not needed");

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await hub.End("later")).RuntimeStatus);
    }

    [Fact]
    public async Task A_child_reports_its_result_and_its_failure_to_its_parent()
    {
        await using var hub = await Start(tasks => tasks
            .AddOrchestratorFunc<int, string>("Parent", async (context, count) =>
            {
                var results = await Task.WhenAll(Enumerable.Range(0, count).Select(n => context.CallSubOrchestratorAsync<int>("Child", n)));
                try
                {
                    await context.CallSubOrchestratorAsync<int>("Child", -1);
                    return "no failure";
                }
                catch (TaskFailedException failed)
                {
                    return $"{results.Sum()} then {failed.FailureDetails.ErrorMessage}";
                }
            })
            .AddOrchestratorFunc<int, int>("Child", (_, n) => n < 0 ? throw new InvalidOperationException("too small") : Task.FromResult(n * 10)));

        Assert.Equal("450 then too small", (await hub.Run("Parent", 10)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_child_under_the_id_of_a_live_instance_is_refused_to_its_parent()
    {
        await using var hub = await Start(tasks => tasks
            .AddOrchestratorFunc<string?, string>("Parent", async (context, _) =>
            {
                try
                {
                    return await context.CallSubOrchestratorAsync<string>("Sleeper", null, new SubOrchestrationOptions { InstanceId = "taken" });
                }
                catch (TaskFailedException failed)
                {
                    return failed.FailureDetails.ErrorMessage;
                }
            })
            .AddOrchestratorFunc<string?, string>("Sleeper", (context, _) => context.WaitForExternalEvent<string>("Wake")));
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Sleeper", null, new StartOrchestrationOptions("taken"));

        Assert.Equal("Instance taken exists and has not ended.", (await hub.Run("Parent")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task One_instance_sends_an_event_to_another()
    {
        await using var hub = await Start(tasks => tasks
            .AddOrchestratorFunc<string?, string>("Receiver", async (context, _) =>
                await context.WaitForExternalEvent<string>("Ball") + await context.WaitForExternalEvent<string>("Ball"))
            .AddOrchestratorFunc<string, string>("Sender", (context, to) =>
            {
                context.SendEvent(to, "Ball", "ping");
                context.SendEvent(to, "Ball", "pong");
                context.SendEvent("nobody", "Ball", "lost");
                return Task.FromResult("sent");
            }));
        var receiver = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Receiver");

        Assert.Equal("sent", (await hub.Run("Sender", receiver)).ReadOutputAs<string>());
        Assert.Equal("pingpong", (await hub.End(receiver)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Continuing_as_new_keeps_the_id_and_the_events_and_starts_a_fresh_history()
    {
        var histories = new ConcurrentQueue<int>();
        await using var hub = await Start(tasks => tasks.AddOrchestratorFunc<int, int>("Count", async (context, sum) =>
        {
            var number = await context.WaitForExternalEvent<int>("Number");
            if (number == 0)
            {
                return sum;
            }

            await context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
            context.ContinueAsNew(sum + number);
            return -1;
        }));
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Count", 0);
        foreach (var number in new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0 })
        {
            await hub.Client.RaiseEventAsync(id, "Number", number);
        }

        var ended = await hub.End(id);

        Assert.Equal(78, ended.ReadOutputAs<int>());
        Assert.Equal(78, ended.ReadInputAs<int>());
    }

    [Fact]
    public async Task An_orchestration_that_continues_at_once_many_times_reaches_its_end()
    {
        await using var hub = await Start(tasks => tasks.AddOrchestratorFunc<int, string>("Down", (context, left) =>
        {
            if (left > 0)
            {
                context.ContinueAsNew(left - 1);
            }

            return Task.FromResult("ground");
        }));

        Assert.Equal("ground", (await hub.Run("Down", 50)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_failing_activity_is_retried_by_its_policy()
    {
        var calls = 0;
        await using var hub = await Start(tasks => tasks
            .AddOrchestratorFunc<string?, string>("Try", (context, _) => context.CallActivityAsync<string>(
                "Flaky", null, TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromSeconds(10), backoffCoefficient: 2))))
            .AddActivityFunc<string?, string>("Flaky", (_, _) =>
                Interlocked.Increment(ref calls) < 4 ? throw new TimeoutException("slow") : Task.FromResult("at last")));

        Assert.Equal("at last", (await hub.Run("Try")).ReadOutputAs<string>());
        Assert.Equal(4, calls);
    }

    [Fact]
    public async Task The_custom_status_of_a_running_instance_can_be_read()
    {
        await using var hub = await Start(tasks => tasks.AddOrchestratorFunc<string?, string>("Report", async (context, _) =>
        {
            context.SetCustomStatus("waiting");
            await context.WaitForExternalEvent<string>("Go");
            context.SetCustomStatus("done");
            return "ok";
        }));
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Report");
        var begun = await hub.Moving(hub.Client.WaitForInstanceStartAsync(id, getInputsAndOutputs: true));

        Assert.Equal("waiting", begun.ReadCustomStatusAs<string>());
        await hub.Client.RaiseEventAsync(id, "Go", "now");
        Assert.Equal("done", (await hub.End(id)).ReadCustomStatusAs<string>());
    }

    [Fact]
    public async Task A_terminated_instance_ends_with_the_given_output_and_takes_nothing_more()
    {
        await using var hub = await Start(tasks => tasks.AddOrchestratorFunc<string?, string>(
            "Sleep", (context, _) => context.WaitForExternalEvent<string>("Wake")));
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Sleep");

        await hub.Client.TerminateInstanceAsync(id, "enough");

        var ended = await hub.End(id);
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, ended.RuntimeStatus);
        Assert.Equal("enough", ended.SerializedOutput);
        var refused = await Assert.ThrowsAsync<OrchestrationInstanceException>(() => hub.Client.RaiseEventAsync(id, "Wake", "late"));
        Assert.Equal(InstanceProblem.NotRunning, refused.Problem);
    }

    [Fact]
    public async Task A_suspended_instance_keeps_what_arrives_until_it_is_resumed()
    {
        await using var hub = await Start(tasks => tasks.AddOrchestratorFunc<string?, string>(
            "Sleep", (context, _) => context.WaitForExternalEvent<string>("Wake")));
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Sleep");
        await hub.Moving(hub.Client.WaitForInstanceStartAsync(id));
        await hub.Client.SuspendInstanceAsync(id, "lunch");
        await Status(hub, id, OrchestrationRuntimeStatus.Suspended);
        await hub.Client.RaiseEventAsync(id, "Wake", "kept");

        await hub.Client.ResumeInstanceAsync(id, "back");

        Assert.Equal("kept", (await hub.End(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Calls_that_do_not_fit_an_instance_say_why()
    {
        await using var hub = await Start(tasks => tasks.AddOrchestratorFunc<int, string>(
            "Sleep", (context, _) => context.WaitForExternalEvent<string>("Wake")));
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", 1, new StartOrchestrationOptions("one"));

        var twice = await Assert.ThrowsAsync<OrchestrationInstanceException>(
            () => hub.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", 2, new StartOrchestrationOptions("one")));
        var unknown = await Assert.ThrowsAsync<OrchestrationInstanceException>(() => hub.Client.RaiseEventAsync("two", "Wake"));
        var waiting = await Assert.ThrowsAsync<OrchestrationInstanceException>(() => hub.Client.WaitForInstanceCompletionAsync("two"));

        Assert.Equal(InstanceProblem.AlreadyExists, twice.Problem);
        Assert.Equal(InstanceProblem.NotFound, unknown.Problem);
        Assert.Equal(InstanceProblem.NotFound, waiting.Problem);
        Assert.Null(await hub.Client.GetInstanceAsync("two"));
        await Assert.ThrowsAsync<ArgumentException>(
            () => hub.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", 1, new StartOrchestrationOptions("a/b")));
        await Assert.ThrowsAsync<ArgumentException>(
            () => hub.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", new string('x', 1024 * 1024)));
        await Assert.ThrowsAsync<ArgumentException>(() => hub.Client.RaiseEventAsync("one", "Wake", new string('x', 1024 * 1024)));
    }

    [Fact]
    public async Task An_unknown_name_and_an_input_of_another_type_fail_the_instance_and_say_why()
    {
        await using var hub = await Start(tasks => tasks
            .AddOrchestratorFunc<int, int>("Number", (_, n) => Task.FromResult(n))
            .AddOrchestratorFunc<string?, string>("Lost", async (context, _) =>
            {
                try
                {
                    return await context.CallActivityAsync<string>("Nowhere");
                }
                catch (TaskFailedException failed)
                {
                    return failed.FailureDetails.ErrorMessage;
                }
            }));

        var unknown = await hub.Run("Nothing");
        var wrong = await hub.Run("Number", "seven");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, unknown.RuntimeStatus);
        Assert.Contains("Nothing", unknown.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, wrong.RuntimeStatus);
        Assert.Contains("JsonException", wrong.FailureDetails!.ErrorType, StringComparison.Ordinal);
        Assert.Contains("Nowhere", (await hub.Run("Lost")).ReadOutputAs<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ended_instances_id_may_be_used_again()
    {
        await using var hub = await Start(tasks => tasks.AddOrchestratorFunc<int, int>("Double", (_, n) => Task.FromResult(n * 2)));
        await hub.Run("Double", 1, "again");

        Assert.Equal(4, (await hub.Run("Double", 2, "again")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Instances_are_listed_page_by_page_each_once()
    {
        await using var hub = await Start(tasks => tasks
            .AddOrchestratorFunc<int, int>("Double", (_, n) => Task.FromResult(n * 2))
            .AddOrchestratorFunc<string?, string>("Sleep", (context, _) => context.WaitForExternalEvent<string>("Wake")));
        for (var i = 0; i < 25; i++)
        {
            await hub.Run("Double", i, $"done-{i:D2}");
            await hub.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", null, new StartOrchestrationOptions($"live-{i:D2}"));
        }

        var pages = new List<Page<OrchestrationMetadata>>();
        await foreach (var page in hub.Client.GetAllInstancesAsync(new(PageSize: 7)).AsPages())
        {
            pages.Add(page);
        }

        var all = pages.SelectMany(page => page.Values).Select(instance => instance.InstanceId).ToList();
        Assert.Equal(50, all.Count);
        Assert.Equal(50, all.Distinct().Count());
        Assert.All(pages, page => Assert.InRange(page.Values.Count, 0, 7));
        Assert.Equal(25, await Count(hub, new(InstanceIdPrefix: "live-")));
        Assert.Equal(25, await Count(hub, new(Statuses: [OrchestrationRuntimeStatus.Completed])));
        Assert.Equal(0, await Count(hub, new(CreatedFrom: Clock.GetUtcNow().AddDays(1))));
        Assert.Equal(50, await Count(hub, new(CreatedTo: Clock.GetUtcNow())));
    }

    [Fact]
    public async Task Purging_deletes_ended_instances_only()
    {
        await using var hub = await Start(tasks => tasks
            .AddOrchestratorFunc<string, string>("Echo", async (context, text) => await context.CallActivityAsync<string>("Copy", text))
            .AddActivityFunc<string, string>("Copy", (_, text) => Task.FromResult(text))
            .AddOrchestratorFunc<string?, string>("Sleep", (context, _) => context.WaitForExternalEvent<string>("Wake")));
        await hub.Run("Echo", new string('x', 40_000), "long");
        await hub.Run("Echo", "short", "short");
        await hub.Run("Echo", "other", "other");
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", null, new StartOrchestrationOptions("live"));

        Assert.Equal(0, (await hub.Client.PurgeInstanceAsync("live")).PurgedInstanceCount);
        Assert.Equal(0, (await hub.Client.PurgeInstanceAsync("nobody")).PurgedInstanceCount);
        Assert.Equal(1, (await hub.Client.PurgeInstanceAsync("long")).PurgedInstanceCount);
        Assert.Null(await hub.Client.GetInstanceAsync("long"));
        Assert.Equal(2, (await hub.Client.PurgeAllInstancesAsync(new())).PurgedInstanceCount);
        Assert.Equal(1, await Count(hub, new()));
    }

    [Fact]
    public async Task Payloads_of_a_megabyte_pass_through()
    {
        await using var hub = await Start(tasks => tasks
            .AddOrchestratorFunc<string, string>("Carry", async (context, text) =>
            {
                var copies = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => context.CallActivityAsync<string>("Copy", text)));
                var child = await context.CallSubOrchestratorAsync<string>("Nested", copies[0]);
                return child + await context.WaitForExternalEvent<int>("Last");
            })
            .AddOrchestratorFunc<string, string>("Nested", (_, text) => Task.FromResult(text))
            .AddActivityFunc<string, string>("Copy", (_, text) => Task.FromResult(text)));
        var text = string.Concat(Enumerable.Range(0, 1_000_000).Select(n => (char)('a' + (n % 26))));
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Carry", text, new StartOrchestrationOptions("big"));
        await hub.Client.RaiseEventAsync(id, "Other", text);
        await hub.Client.RaiseEventAsync(id, "Last", 7);

        var ended = await hub.End(id, TimeSpan.FromSeconds(60));

        Assert.Equal(text + "7", ended.ReadOutputAs<string>());
        Assert.Equal(text, ended.ReadInputAs<string>());
        Assert.Equal(1, (await hub.Client.PurgeInstanceAsync(id)).PurgedInstanceCount);
    }

    [Fact]
    public async Task An_activity_result_above_the_limit_fails_the_activity()
    {
        await using var hub = await Start(tasks => tasks
            .AddOrchestratorFunc<string?, string>("Swell", async (context, _) =>
            {
                try
                {
                    return await context.CallActivityAsync<string>("Big");
                }
                catch (TaskFailedException failed)
                {
                    return failed.FailureDetails.ErrorType;
                }
            })
            .AddActivityFunc<string?, string>("Big", (_, _) => Task.FromResult(new string('x', 1024 * 1024))));

        Assert.Equal(typeof(ArgumentException).FullName, (await hub.Run("Swell")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Ids_with_any_allowed_character_work()
    {
        await using var hub = await Start(tasks => tasks.AddOrchestratorFunc<int, int>("Double", (_, n) => Task.FromResult(n * 2)));

        foreach (var id in new[] { "a~b%c'd", "grün 試", new string('x', 256), "A", "a", "=", "{\"json\":1}" })
        {
            Assert.Equal(id, (await hub.Run("Double", 1, id)).InstanceId);
            Assert.Equal(2, (await hub.Client.GetInstanceAsync(id, getInputsAndOutputs: true))!.ReadOutputAs<int>());
        }
    }

    [Fact]
    public async Task After_a_crash_everything_under_way_goes_on()
    {
        var store = NewStore();
        var folder = Directory.CreateTempSubdirectory();
        var options = new TaskHubOptions { LeaseFile = Path.Combine(folder.FullName, "lease") };
        var block = new TaskCompletionSource();
        void Register(DurableTaskRegistry tasks) => tasks
            .AddOrchestratorFunc<string?, string>("All", async (context, _) =>
            {
                var timer = context.CreateTimer(TimeSpan.FromMinutes(5), CancellationToken.None);
                var child = context.CallSubOrchestratorAsync<string>("Child", null, new SubOrchestrationOptions { InstanceId = "child" });
                var activity = context.CallActivityAsync<string>("Slow", "input");
                await Task.WhenAll(timer, child, activity);
                return child.Result + activity.Result;
            })
            .AddOrchestratorFunc<string?, string>("Child", (context, _) => context.WaitForExternalEvent<string>("Go"))
            .AddActivityFunc<string, string>("Slow", async (context, input) =>
            {
                await block.Task.WaitAsync(context.CancellationToken);
                return input;
            });

        await using (var first = await TestHub.Start(store, Clock, Register, options))
        {
            await first.Client.ScheduleNewOrchestrationInstanceAsync("All", null, new StartOrchestrationOptions("all"));
            await Status(first, "child", OrchestrationRuntimeStatus.Running);
            await first.Crash();
        }

        block.SetResult();
        await using var second = await TestHub.Start(store, Clock, Register, options);
        await second.Client.RaiseEventAsync("child", "Go", "child+");

        Assert.Equal("child+input", (await second.End("all")).ReadOutputAs<string>());
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_former_owner_can_write_nothing()
    {
        var inner = NewStore();
        var (store, next) = (new PausableStore(inner), new PausableStore(inner));
        void Sleepers(DurableTaskRegistry tasks) =>
            tasks.AddOrchestratorFunc<string?, string>("Sleep", (context, _) => context.WaitForExternalEvent<string>("Wake"));
        var first = await TestHub.Start(store, Clock, Sleepers);
        await first.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", null, new StartOrchestrationOptions("one"));
        await first.Moving(first.Client.WaitForInstanceStartAsync("one"));

        // The first is stopped in the middle of a write until another has taken over.
        store.Pause();
        var late = first.Client.RaiseEventAsync("one", "Wake", "from the past");
        await using var second = await TestHub.Start(next, Clock, Sleepers);
        var before = await Rows(inner);
        store.GoOnWithoutLease();
        await Eventually.Holds(() => !first.Client.OwnedAsync(CancellationToken.None).IsCompleted);

        Assert.Equal(before, await Rows(inner));
        Assert.False(late.IsCompleted);
        await second.Client.RaiseEventAsync("one", "Wake", "from the owner");
        Assert.Equal("from the owner", (await second.End("one")).ReadOutputAs<string>());
        await first.Crash();
        await Assert.ThrowsAsync<InvalidOperationException>(() => late);
    }

    private static async Task<IReadOnlyList<string>> Rows(ITaskHubStore store)
    {
        var rows = new List<string>();
        for (var shard = 0; shard < TaskHubLimits.Shards; shard++)
        {
            var found = await store.ReadAsync(shard, new("!", "~", 1000), CancellationToken.None);
            rows.AddRange(found.Select(row => $"{shard} {row.Key} {row.ETag}"));
        }

        return rows;
    }

    private protected static Task Status(TestHub hub, string instanceId, OrchestrationRuntimeStatus status) =>
        Eventually.Holds(async () => (await hub.Client.GetInstanceAsync(instanceId))?.RuntimeStatus == status);

    private static async Task<int> Count(TestHub hub, OrchestrationQuery query)
    {
        var count = 0;
        await foreach (var _ in hub.Client.GetAllInstancesAsync(query))
        {
            count++;
        }

        return count;
    }
}

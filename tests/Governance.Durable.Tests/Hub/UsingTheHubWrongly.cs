using Governance.Durable.Client;
using Governance.Durable.Hub;
using Governance.Testing;
using Governance.Testing.Hub;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Durable.Tests.Hub;

/// <summary>Whoever makes a mistake is told which, in words that name what is wrong; and nothing of it is stored.</summary>
public sealed class UsingTheHubWrongly : IAsyncLifetime
{
    private static readonly string TooLarge = new('x', 1024 * 1024);
    private readonly FakeClock _clock = new();
    private readonly InMemoryTaskHubStore _store;
    private TestHub _hub = null!;

    public UsingTheHubWrongly() => _store = new(_clock);

    private EmbeddedTaskHub Client => _hub.Client;

    public async ValueTask InitializeAsync() => _hub = await TestHub.Start(_store, _clock, tasks => tasks
        .AddOrchestratorFunc<Order, string>("Ship", async (context, order) =>
            $"{order.Item} {await context.WaitForExternalEvent<int>("Count")}")
        .AddOrchestratorFunc<string, string>("Call", async (context, activity) =>
        {
            try
            {
                return await context.CallActivityAsync<string>(activity, "seven");
            }
            catch (TaskFailedException failed)
            {
                return $"{failed.FailureDetails.ErrorType}: {failed.FailureDetails.ErrorMessage}";
            }
        })
        .AddOrchestratorFunc<string, string>("CallChild", async (context, child) => await context.CallSubOrchestratorAsync<string>(child))
        .AddOrchestratorFunc<string?, string>("Oversize", (_, _) => Task.FromResult(TooLarge))
        .AddActivityFunc<int, string>("Double", (_, n) => Task.FromResult($"{n * 2}")));

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task An_unknown_orchestrator_fails_its_instance_by_name()
    {
        var ended = await _hub.Run("Shop");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal(typeof(TaskNotRegisteredException).FullName, ended.FailureDetails!.ErrorType);
        Assert.Equal(new TaskNotRegisteredException("orchestrator", "Shop").Message, ended.FailureDetails.ErrorMessage);
        Assert.Contains("'Shop'", ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_child_fails_its_parent_by_name()
    {
        var ended = await _hub.Run("CallChild", "Shop");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains(new TaskNotRegisteredException("orchestrator", "Shop").Message, ended.FailureDetails!.InnerFailure!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_activity_fails_the_call_by_name() => Assert.Equal(
        $"{typeof(TaskNotRegisteredException).FullName}: {new TaskNotRegisteredException("activity", "Triple").Message}",
        (await _hub.Run("Call", "Triple")).ReadOutputAs<string>());

    [Fact]
    public async Task An_input_that_an_activity_cannot_read_fails_the_call() => Assert.StartsWith(
        "System.Text.Json.JsonException: The JSON value could not be converted to System.Int32.",
        (await _hub.Run("Call", "Double")).ReadOutputAs<string>(),
        StringComparison.Ordinal);

    [Fact]
    public async Task An_input_that_an_orchestrator_cannot_read_fails_its_instance()
    {
        var ended = await _hub.Run("Ship", "an order as text");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal("System.Text.Json.JsonException", ended.FailureDetails!.ErrorType);
        Assert.Contains(nameof(Order), ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_the_waiting_code_cannot_read_fails_its_instance()
    {
        await Ship("one");
        await Client.RaiseEventAsync("one", "Count", "three");

        var ended = await _hub.End("one");

        Assert.Equal((OrchestrationRuntimeStatus.Failed, "System.Text.Json.JsonException"), (ended.RuntimeStatus, ended.FailureDetails!.ErrorType));
    }

    [Fact]
    public async Task A_second_instance_under_a_live_ones_id_is_refused_and_the_first_is_left_alone()
    {
        await Ship("one");
        var before = _store.Rows;

        await Refused(InstanceProblem.AlreadyExists, "Instance one exists and has not ended.", () => Ship("one"));

        Assert.Equal(before, _store.Rows);
        await Client.RaiseEventAsync("one", "Count", 3);
        Assert.Equal("nail 3", (await _hub.End("one")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Of_many_that_start_under_one_id_at_once_one_wins()
    {
        var starts = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            try
            {
                return await Ship("contested");
            }
            catch (OrchestrationInstanceException exists) when (exists.Problem is InstanceProblem.AlreadyExists)
            {
                return null;
            }
        }));

        Assert.Equal("contested", Assert.Single(starts.OfType<string>()));
    }

    [Fact]
    public async Task Nobody_can_be_told_anything_who_does_not_exist()
    {
        const string Message = "There is no instance nobody.";
        await Refused(InstanceProblem.NotFound, Message, () => Client.RaiseEventAsync("nobody", "Count", 3));
        await Refused(InstanceProblem.NotFound, Message, () => Client.TerminateInstanceAsync("nobody"));
        await Refused(InstanceProblem.NotFound, Message, () => Client.SuspendInstanceAsync("nobody"));
        await Refused(InstanceProblem.NotFound, Message, () => Client.ResumeInstanceAsync("nobody"));
        await Refused(InstanceProblem.NotFound, Message, () => Client.WaitForInstanceStartAsync("nobody"));
        await Refused(InstanceProblem.NotFound, Message, () => Client.WaitForInstanceCompletionAsync("nobody"));
        Assert.Empty(_store.Rows);
    }

    [Theory]
    [InlineData("completed")]
    [InlineData("failed")]
    [InlineData("terminated")]
    public async Task An_instance_that_has_ended_takes_nothing_more(string how)
    {
        await Ship("one");
        await (how switch
        {
            "completed" => Client.RaiseEventAsync("one", "Count", 3),
            "failed" => Client.RaiseEventAsync("one", "Count", "three"),
            _ => Client.TerminateInstanceAsync("one", "enough"),
        });
        var ended = await _hub.End("one");
        const string Message = "Instance one is not running.";

        await Refused(InstanceProblem.NotRunning, Message, () => Client.RaiseEventAsync("one", "Count", 4));
        await Refused(InstanceProblem.NotRunning, Message, () => Client.TerminateInstanceAsync("one", "again"));
        await Refused(InstanceProblem.NotRunning, Message, () => Client.SuspendInstanceAsync("one"));
        await Refused(InstanceProblem.NotRunning, Message, () => Client.ResumeInstanceAsync("one"));
        Assert.Equal(how, ended.RuntimeStatus.ToString().ToLowerInvariant());
        Assert.Equal(ended.LastUpdatedAt, (await Client.GetInstanceAsync("one"))!.LastUpdatedAt);
    }

    [Fact]
    public async Task A_suspended_instance_can_be_terminated_and_one_that_is_not_held_can_be_resumed()
    {
        await Ship("held");
        await Ship("free");
        await Client.SuspendInstanceAsync("held", "lunch");
        await Client.SuspendInstanceAsync("held", "still lunch");
        await Eventually.Holds(async () => (await Client.GetInstanceAsync("held"))!.RuntimeStatus is OrchestrationRuntimeStatus.Suspended);
        await Client.RaiseEventAsync("held", "Count", 3);
        await Client.TerminateInstanceAsync("held", "enough");
        await Client.ResumeInstanceAsync("free");
        await Client.RaiseEventAsync("free", "Count", 3);

        Assert.Equal((OrchestrationRuntimeStatus.Terminated, "enough"), await _hub.End("held") is var held ? (held.RuntimeStatus, held.SerializedOutput) : default);
        Assert.Equal("nail 3", (await _hub.End("free")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task What_is_above_a_mebibyte_is_refused_where_it_is_given()
    {
        await Ship("one");
        var before = _store.Rows;

        await TooMuch("The input of orchestration 'Ship'", () => Client.ScheduleNewOrchestrationInstanceAsync("Ship", TooLarge));
        await TooMuch("Event 'Count'", () => Client.RaiseEventAsync("one", "Count", TooLarge));
        await TooMuch("The output", () => Client.TerminateInstanceAsync("one", TooLarge + TooLarge));
        await TooMuch("The output", () => Client.TerminateInstanceAsync("one", new Order(TooLarge)));
        await TooMuch("The reason", () => Client.SuspendInstanceAsync("one", TooLarge + "x"));
        await TooMuch("The reason", () => Client.ResumeInstanceAsync("one", TooLarge + "x"));

        Assert.Equal(before, _store.Rows);
        Assert.Empty(_store.Blobs);
    }

    [Fact]
    public async Task A_result_above_a_mebibyte_fails_its_instance()
    {
        var ended = await _hub.Run("Oversize");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal(
            "The result of orchestrator 'Oversize' takes 1048578 bytes; at most 1048576 are allowed. Pass a reference to it instead.",
            ended.FailureDetails!.ErrorMessage);
    }

    [Theory]
    [InlineData("", "An instance id has at least one character.")]
    [InlineData("@counter@1", "Instance id '@counter@1' begins with '@', which names entities.")]
    [InlineData("a/b", "Instance id 'a/b' has a control character or one of / \\ # ?.")]
    [InlineData("a\tb", "Instance id 'a\tb' has a control character or one of / \\ # ?.")]
    public async Task An_id_that_no_instance_may_have_is_refused(string id, string why)
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => Ship(id));

        Assert.StartsWith(why, refused.Message, StringComparison.Ordinal);
        Assert.Empty(_store.Rows);
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public async Task An_id_has_at_most_256_characters(int length, bool fits)
    {
        var start = await Record.ExceptionAsync(() => Ship(new string('i', length)));

        Assert.Equal(fits, start is null);
        Assert.True(fits || start is ArgumentException);
    }

    [Fact]
    public async Task Names_are_needed()
    {
        await Ship("one");

        await Assert.ThrowsAsync<ArgumentException>(() => Client.RaiseEventAsync("one", ""));
        await Assert.ThrowsAsync<ArgumentException>(() => Client.ScheduleNewOrchestrationInstanceAsync(""));
        await Assert.ThrowsAsync<ArgumentNullException>(() => Client.ScheduleNewOrchestrationInstanceAsync(default(TaskName)));
    }

    [Fact]
    public async Task A_continuation_token_of_somebody_else_is_refused() => Assert.StartsWith(
        "'next please' is no continuation token of the task hub.",
        (await Assert.ThrowsAsync<ArgumentException>(async () => await Client.GetAllInstancesAsync(new(ContinuationToken: "next please")).GetAsyncEnumerator().MoveNextAsync())).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Options_out_of_range_are_refused_all_in_one_message()
    {
        var options = new TaskHubOptions { ConcurrentTurns = 0, MessagesPerTurn = 81, LeaseDuration = TimeSpan.FromSeconds(14) };
        using var services = new ServiceCollection().BuildServiceProvider();
        var turns = new TurnHandler(new(), services, JsonDataConverter.Default, NullLoggerFactory.Instance);

        var refused = Assert.Throws<ArgumentException>(
            () => new EmbeddedTaskHub("test", _store, turns, JsonDataConverter.Default, options, _clock, NullLogger<EmbeddedTaskHub>.Instance));

        Assert.StartsWith("ConcurrentTurns is 1 to 256. MessagesPerTurn is 1 to 80. LeaseDuration is 15 to 60 s.", refused.Message, StringComparison.Ordinal);
    }

    private Task<string> Ship(string id) => Client.ScheduleNewOrchestrationInstanceAsync("Ship", new Order("nail"), new StartOrchestrationOptions(id));

    private static async Task Refused(InstanceProblem problem, string message, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<OrchestrationInstanceException>(call);
        Assert.Equal((problem, message), (refused.Problem, refused.Message));
    }

    private static async Task TooMuch(string what, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(call);
        Assert.Matches($"^{what} takes \\d+ bytes; at most 1048576 are allowed\\.", refused.Message);
    }

    internal sealed record Order(string Item);
}

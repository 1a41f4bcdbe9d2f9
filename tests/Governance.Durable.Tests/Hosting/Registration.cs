using Governance.Durable.Protocol;
using Governance.Durable.Tests.Replay;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static Governance.Durable.Tests.Replay.Events;

namespace Governance.Durable.Tests.Hosting;

public sealed class Registration
{
    [Fact]
    public void Types_are_registered_under_their_names_or_chosen_ones()
    {
        var registry = new DurableTaskRegistry()
            .AddOrchestrator<Greets>().AddOrchestrator<Greets>("Again").AddActivity<Says>().AddActivity<Says>("SaysAgain");

        Assert.Equal([new TaskName("Greets"), new TaskName("again")], registry.Orchestrators);
        Assert.Equal([new TaskName("Says"), new TaskName("SAYSAGAIN")], registry.Activities);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("_first")]
    [InlineData("with space")]
    [InlineData("with.dot")]
    [InlineData("ärger")]
    [InlineData(null)]
    public void What_is_no_name_is_refused(string? name) => Assert.Contains(
        "is no name for an orchestrator or activity",
        Assert.Throws<ArgumentException>(() => new DurableTaskRegistry().AddActivity<Says>(new TaskName(name!))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(127, true)]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void A_name_has_128_characters_at_most(int length, bool allowed)
    {
        var add = () => new DurableTaskRegistry().AddActivity<Says>(new string('n', length));

        Assert.Equal(allowed, Record.Exception(add) is null);
    }

    [Fact]
    public void One_name_is_one_task_whatever_its_kind_and_case()
    {
        var registry = new DurableTaskRegistry().AddOrchestrator<Greets>("Task").AddActivity<Says>("Other");

        Assert.Throws<ArgumentException>(() => registry.AddActivity<Says>("task"));
        Assert.Throws<ArgumentException>(() => registry.AddOrchestrator<Greets>("OTHER"));
    }

    [Fact]
    public void A_bad_name_stops_the_start() => Assert.Throws<ArgumentException>(() =>
        new ServiceCollection().AddDurableTasks(registry => registry.AddActivity<Says>("a b")));

    [Fact]
    public async Task The_services_give_a_handler_that_constructs_tasks_from_them()
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(new Greeting("Good day"))
            .AddDurableTasks(registry => registry.AddOrchestrator<Greets>().AddActivity<Says>())
            .BuildServiceProvider();
        var handler = services.GetRequiredService<TurnHandler>();

        Assert.Equal("{\"$task\":1,\"ok\":true,\"value\":\"Good day, Tokyo!\"}", await handler.RunActivity("Says", "\"Tokyo\"", "i1", CancellationToken.None));
        Assert.Equal("A#0(Says,\"Tokyo\")", new ReplayHost(handler).Turn(0, ES("\"Tokyo\"", "greets")));
        Assert.Equal(2, services.GetRequiredService<DurableTaskRegistry>().Orchestrators.Count + services.GetRequiredService<DurableTaskRegistry>().Activities.Count);
    }

    [Fact]
    public async Task The_apps_own_types_are_read_and_written_by_its_own_options()
    {
        var converter = new JsonDataConverter(new System.Text.Json.JsonSerializerOptions
        {
            PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower,
            TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
        });
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddDurableTasks(registry => registry.AddActivityFunc<Names, Names>("Swap", (_, names) => Task.FromResult(new Names(names.LastName, names.FirstName))), converter)
            .BuildServiceProvider();

        Assert.Equal(
            "{\"$task\":1,\"ok\":true,\"value\":{\"first_name\":\"b\",\"last_name\":\"a\"}}",
            await services.GetRequiredService<TurnHandler>().RunActivity("Swap", "{\"first_name\":\"a\",\"last_name\":\"b\"}", "i1", CancellationToken.None));
    }

    [Fact]
    public async Task A_result_is_written_as_the_type_that_the_task_declares()
    {
        var converter = new JsonDataConverter(KnownTypes.Default.Options);
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddDurableTasks(
                registry => registry
                    .AddActivityFunc<int, IReadOnlyList<int>>("List", (_, count) => Task.FromResult<IReadOnlyList<int>>([count]))
                    .AddOrchestratorFunc<int, IReadOnlyList<int>>("Main", (_, count) => Task.FromResult<IReadOnlyList<int>>([count])),
                converter)
            .BuildServiceProvider();
        var handler = services.GetRequiredService<TurnHandler>();

        Assert.Equal("{\"$task\":1,\"ok\":true,\"value\":[7]}", await handler.RunActivity("List", "7", "i1", CancellationToken.None));
        Assert.Equal("DONE#0([7])", new ReplayHost(handler).Turn(0, ES("7")));
    }

    [Fact]
    public void An_unknown_orchestrator_fails_its_instance()
    {
        var reply = new ReplayHost(ReplayHost.Handler(_ => { })).Turn(0, ES(name: "Nobody"));

        Assert.Equal("FAIL#0(TaskNotRegisteredException: No orchestrator 'Nobody' is registered in this app.)", reply);
    }

    [Fact]
    public void An_orchestrator_that_cannot_be_constructed_fails_its_instance()
    {
        var reply = new ReplayHost(ReplayHost.Handler(registry => registry.AddOrchestrator<NeedsGreeting>())).Turn(0, ES(name: nameof(NeedsGreeting)));

        Assert.StartsWith("FAIL#0(InvalidOperationException: Unable to resolve service", reply, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_of_another_type_fails_the_instance()
    {
        var handler = ReplayHost.Handler(registry => registry.AddOrchestratorFunc<int, int>("Main", (_, input) => Task.FromResult(input)));

        Assert.StartsWith("FAIL#0(JsonException", new ReplayHost(handler).Turn(0, ES("\"text\"")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_orchestration_is_logged_once_with_its_instance()
    {
        var log = new List<string>();
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(new Log(log)));

        ReplayHost.For<int>(_ => throw new InvalidOperationException("bad"), loggers: loggers).Turn(0, ES());

        Assert.Equal(["2001 Warning Orchestration Main i1 failed: System.InvalidOperationException: bad"], log);
    }

    [Fact]
    public void A_negative_clock_or_broken_event_fails_the_turn_and_throws_nothing()
    {
        var reply = new ReplayHost(ReplayHost.Handler(_ => { })).Send(new OrchestratorRequest
        {
            InstanceId = "i1",
            NewEvents = { new HistoryEvent { OrchestratorStarted = new() } }, // without its timestamp
        });

        Assert.StartsWith("FAIL#0(", Notation.Of(reply), StringComparison.Ordinal);
    }

    private sealed record Greeting(string Words);

    private sealed record Names(string FirstName, string LastName);

    private sealed class Greets : TaskOrchestrator<string, string>
    {
        public override Task<string> RunAsync(TaskOrchestrationContext context, string input) => context.CallActivityAsync<string>(nameof(Says), input);
    }

    private sealed class NeedsGreeting(Greeting greeting) : TaskOrchestrator<string, string>
    {
        public override Task<string> RunAsync(TaskOrchestrationContext context, string input) => Task.FromResult(greeting.Words);
    }

    private sealed class Says(Greeting greeting) : TaskActivity<string, string>
    {
        public override Task<string> RunAsync(TaskActivityContext context, string input) => Task.FromResult($"{greeting.Words}, {input}!");
    }

    private sealed class Log(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add($"{eventId.Id} {logLevel} {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(int))]
[System.Text.Json.Serialization.JsonSerializable(typeof(IReadOnlyList<int>))]
internal sealed partial class KnownTypes : System.Text.Json.Serialization.JsonSerializerContext;

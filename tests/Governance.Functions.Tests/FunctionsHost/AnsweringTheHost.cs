using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Governance.Azurite;
using Governance.Durable;
using Governance.Durable.Protocol;
using Governance.Functions.FunctionsHost;
using Governance.Functions.Hosting;
using Governance.Functions.Tests.Testing;
using Governance.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Governance.Functions.Tests.FunctionsHost;

public sealed class AnsweringTheHost
{
    private readonly ConcurrentQueue<(string Text, int Count)> _taken = new();

    [Theory]
    [InlineData("""{"input":"\"\\\"Tokyo\\\"\""}""", "\"Tokyo\"")]
    [InlineData("""{"input":"\"{\\\"a\\\":1}\""}""", """{"a":1}""")]
    [InlineData("""{"input":"\"[1,2]\""}""", "[1,2]")]
    [InlineData("""{"input":"\"5\""}""", "5")]
    [InlineData("""{"input":"\"true\""}""", "true")]
    [InlineData("""{"input":"null"}""", "null")]
    [InlineData("""{"input":{"a":1}}""", """{"a":1}""")]
    [InlineData("""{"input":"7"}""", "7")]
    [InlineData("{}", "null")]
    public async Task An_activity_gets_its_input_however_the_host_encodes_it(string data, string expected)
    {
        await using var app = await Start();
        var answer = JsonNode.Parse(await Invoke(app, "Echo", $$"""{"Data":{{data}},"Metadata":{"instanceId":"\"x\""} }"""))!;
        var envelope = JsonNode.Parse(answer["ReturnValue"]!.GetValue<string>())!;
        Assert.True(envelope["ok"]!.GetValue<bool>());
        Assert.Equal(expected, envelope["value"]?.GetValue<string>() ?? "null");
    }

    [Fact]
    public async Task A_queue_message_comes_as_the_text_it_is_with_the_number_of_its_deliveries()
    {
        await using var app = await Start();
        await Invoke(app, "Take", """{"Data":{"item":"\"{\\\"qty\\\":7}\""},"Metadata":{"DequeueCount":"4","qty":"\"7\""} }""");
        await Invoke(app, "Take", """{"Data":{"item":"\"\\\"quoted\""},"Metadata":{"DequeueCount":"many"} }""");
        await Invoke(app, "Take", """{"Data":{"item":"\"unended"} }""");
        Assert.Equal([("""{"qty":7}""", 4), ("\"quoted", 1), ("\"unended", 1)], _taken);
    }

    [Fact]
    public async Task What_fails_is_told_to_the_host_where_it_may_know_and_the_log_says_why()
    {
        await using var app = await Start();
        foreach (var function in new[] { "Refuse", "Fail" })
        {
            using var answer = await app.Client.PostAsync($"/{function}", Json("""{"Data":{"item":"\"x\"","timer":{"IsPastDue":false} } }"""));
            Assert.Equal(500, (int)answer.StatusCode);
            Assert.Contains((await answer.Json()).GetProperty("Logs").EnumerateArray(), line => line.GetString()!.Contains("broken", StringComparison.Ordinal));
        }

        Assert.Contains(app.Log.Lines, line => line.Id.Id == 1012 && line.Text.Contains("Refuse", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_turn_that_this_process_could_not_run_is_asked_for_again()
    {
        await using var app = await Start();
        var answered = await app.Services.GetRequiredService<HostCalls>().Answer(Function(app, "Turns"), new BrokenStream(), CancellationToken.None);
        Assert.Equal(200, answered.Status);
        var completion = OrchestratorResponse.Parser.ParseFrom(Convert.FromBase64String(answered.ReturnValue!)).Actions.Single().CompleteOrchestration;
        Assert.Equal(OrchestrationStatus.Failed, completion.OrchestrationStatus);
        Assert.Equal("System.OutOfMemoryException", completion.FailureDetails.InnerFailure.ErrorType);
        Assert.Contains("the line went dead", completion.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_activity_that_takes_too_long_fails_as_data_before_the_host_kills_the_process()
    {
        await using var app = await Start();
        var asked = Invoke(app, "Wait", """{"Data":{"input":"null"} }""");
        await Eventually.Holds(() => app.Clock.PendingTimers > 0);
        app.Clock.Advance(HostCalls.Longest);
        var envelope = JsonNode.Parse(JsonNode.Parse(await asked)!["ReturnValue"]!.GetValue<string>())!;
        Assert.False(envelope["ok"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Only_the_first_lines_of_a_long_log_go_back()
    {
        await using var app = await Start();
        var logs = JsonNode.Parse(await Invoke(app, "Talk", """{"Data":{"item":"\"x\""} }"""))!["Logs"]!.AsArray();
        Assert.Equal(201, logs.Count);
        Assert.Equal("… and 50 more lines", logs[200]!.GetValue<string>());
        Assert.All(logs, line => Assert.True(line!.GetValue<string>().Length <= 2_001));
    }

    [Fact]
    public async Task Embedded_there_is_nothing_for_a_host_to_call()
    {
        await using var app = await TestApp.Start(Functions());
        foreach (var function in new[] { "Echo", "Take", "Turns", "Fail" })
        {
            using var answer = await app.Post($"/{function}", """{"Data":{} }""");
            Assert.Equal(404, (int)answer.StatusCode);
        }

        using var root = await app.Get("/");
        Assert.Equal(404, (int)root.StatusCode);
        Assert.DoesNotContain(app.Services.GetRequiredService<FunctionCatalog>().Functions, function => function.HostOnly);
    }

    [Fact]
    public async Task Behind_the_host_the_app_listens_on_the_loopback_alone_and_runs_no_timer_by_itself()
    {
        await using var app = await Start(("Http:Address", "localhost"));
        Assert.Equal("127.0.0.1", app.Services.GetRequiredService<HttpSettings>().Address);
        Assert.DoesNotContain(app.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>(), service => service is EmbeddedTimers);
        Assert.Equal("Governance", await app.Client.GetStringAsync(new Uri("/", UriKind.Relative)));
    }

    private IEnumerable<Function> Functions() =>
    [
        global::Governance.Functions.Hosting.Function.Orchestration<Turns>(),
        global::Governance.Functions.Hosting.Function.Activity<Echo>(),
        global::Governance.Functions.Hosting.Function.Activity<Wait>(),
        global::Governance.Functions.Hosting.Function.Queue("Take", "work", Take) with { HostOnly = true },
        global::Governance.Functions.Hosting.Function.Queue("Refuse", "refused", _ => throw new InvalidOperationException("broken")),
        global::Governance.Functions.Hosting.Function.Queue("Talk", "talk", Talk),
        global::Governance.Functions.Hosting.Function.Timer("Fail", "0 0 0 1 1 *", _ => throw new InvalidOperationException("broken")),
    ];

    private Task Take(QueueRun run)
    {
        _taken.Enqueue((Encoding.UTF8.GetString(run.Message.Span), run.DequeueCount));
        return Task.CompletedTask;
    }

    private static Task Talk(QueueRun run)
    {
        var log = run.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Talk");
        var line = new string('x', 3_000);
        for (var count = 0; count < 250; count++)
        {
            log.Log(LogLevel.Information, default, line, null, (text, _) => text);
        }

        return Task.CompletedTask;
    }

    private Task<TestApp> Start(params (string Name, string Value)[] settings) => TestApp.Start(
        Functions(),
        customise: null,
        [.. settings, ("FUNCTIONS_CUSTOMHANDLER_PORT", LoopbackPort.Free().ToString(System.Globalization.CultureInfo.InvariantCulture))]);

    private static async Task<string> Invoke(TestApp app, string function, string body)
    {
        using var answer = await app.Client.PostAsync($"/{function}", Json(body));
        Assert.Equal((200, "application/json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        return await answer.Content.ReadAsStringAsync();
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static Function Function(TestApp app, string name) => app.Services.GetRequiredService<FunctionCatalog>().Functions.Single(function => function.Name == name);

    private sealed class Turns : TaskOrchestrator<int, int>
    {
        public override Task<int> RunAsync(TaskOrchestrationContext context, int input) => Task.FromResult(input);
    }

    private sealed class Echo : TaskActivity<JsonElement?, string>
    {
        public override Task<string> RunAsync(TaskActivityContext context, JsonElement? input) => Task.FromResult(input?.GetRawText() ?? "null");
    }

    private sealed class Wait : TaskActivity<int?, string>
    {
        public override async Task<string> RunAsync(TaskActivityContext context, int? input)
        {
            await new TaskCompletionSource().Task;
            return "never";
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("the line went dead");
    }
}

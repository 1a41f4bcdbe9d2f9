using Governance.Durable.Engine;
using Governance.Durable.Tests.Replay;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Durable.Tests.Activities;

public sealed class ActivityCalls
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_result_travels_in_the_envelope()
    {
        var handler = With<Order, string>((context, order) => Task.FromResult($"{context.Name} {context.InstanceId} {order.Item}"));

        Assert.Equal(
            "{\"$task\":1,\"ok\":true,\"value\":\"act i7 ring\"}",
            await handler.RunActivity("act", "{\"item\":\"ring\"}", "i7", None));
    }

    [Fact]
    public async Task No_result_is_an_envelope_without_value()
    {
        var handler = With<object, object?>((_, _) => Task.FromResult<object?>(null));

        Assert.Equal("{\"$task\":1,\"ok\":true}", await handler.RunActivity("Act", null, "", None));
    }

    [Fact]
    public async Task A_failure_travels_with_type_message_trace_and_cause()
    {
        var handler = With<int, int>((_, _) => throw new InvalidOperationException("outer", new ArgumentException("inner")));

        var (value, failure) = ActivityEnvelope.Open(await handler.RunActivity("Act", "1", "i1", None));

        Assert.Null(value);
        Assert.NotNull(failure);
        Assert.Contains(nameof(A_failure_travels_with_type_message_trace_and_cause), failure.StackTrace, StringComparison.Ordinal);
        Assert.Equal(
            new TaskFailureDetails("System.InvalidOperationException", "outer", null, new TaskFailureDetails("System.ArgumentException", "inner")),
            failure with { StackTrace = null });
    }

    [Fact]
    public async Task A_failure_that_no_attempt_can_mend_says_so()
    {
        var handler = With<int, int>((_, _) => throw new NonRetriableTaskException("wrong for good", new FormatException("why")));

        var failure = ActivityEnvelope.Open(await handler.RunActivity("Act", "1", "i1", None)).Failure;

        Assert.True(failure?.IsNonRetriable);
        Assert.Equal("System.FormatException", failure?.InnerFailure?.ErrorType);
        Assert.False(failure?.InnerFailure?.IsNonRetriable);
    }

    [Fact]
    public async Task An_unknown_name_fails_for_good()
    {
        var failure = ActivityEnvelope.Open(await ReplayHost.Handler(_ => { }).RunActivity("Nobody", null, "i1", None)).Failure;

        Assert.Equal(
            new TaskFailureDetails("Governance.Durable.TaskNotRegisteredException", "No activity 'Nobody' is registered in this app.", null, null, true),
            failure! with { StackTrace = null });
    }

    [Fact]
    public async Task An_input_of_another_type_fails()
    {
        var failure = ActivityEnvelope.Open(await With<int, int>((_, i) => Task.FromResult(i)).RunActivity("Act", "\"x\"", "i1", None)).Failure;

        Assert.True(failure?.IsCausedBy<System.Text.Json.JsonException>());
    }

    [Theory]
    [InlineData(1024 * 1024 - 2, true)]
    [InlineData(1024 * 1024 - 1, false)]
    public async Task A_result_has_one_mebibyte_at_most(int length, bool fits)
    {
        var envelope = await With<int, string>((_, _) => Task.FromResult(new string('x', length))).RunActivity("Act", "1", "i1", None);

        Assert.Equal(fits, ActivityEnvelope.Open(envelope).Failure is null);
        Assert.Equal(!fits, envelope.Contains("The result of activity 'Act' takes 1048577 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Running_out_of_memory_is_renamed_because_a_host_would_repeat_the_turn_for_ever()
    {
        var handler = With<int, int>((_, _) => throw new InvalidOperationException("x", Activator.CreateInstance<OutOfMemoryException>()));

        var envelope = await handler.RunActivity("Act", "1", "i1", None);

        Assert.DoesNotContain("System.OutOfMemoryException", ActivityEnvelope.Open(envelope).Failure!.InnerFailure!.ErrorType, StringComparison.Ordinal);
        var sent = Failures.ToMessage(new TaskFailureDetails("E", "m", null, new TaskFailureDetails("System.OutOfMemoryException", "big")));
        Assert.Equal("OutOfMemory", sent.InnerFailure.ErrorType);
    }

    [Fact]
    public async Task Giving_up_on_a_call_is_no_answer_to_the_orchestrator()
    {
        using var stop = new CancellationTokenSource();
        var handler = With<int, int>((context, _) =>
        {
            stop.Cancel();
            context.CancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(1);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handler.RunActivity("Act", "1", "i1", stop.Token));
    }

    [Fact]
    public async Task A_cancellation_of_the_activitys_own_is_a_failure()
    {
        var handler = With<int, int>((_, _) => throw new TaskCanceledException("timed out"));

        var failure = ActivityEnvelope.Open(await handler.RunActivity("Act", "1", "i1", None)).Failure;

        Assert.Equal("System.Threading.Tasks.TaskCanceledException", failure?.ErrorType);
    }

    [Fact]
    public async Task Each_call_has_its_own_scope_that_ends_with_it()
    {
        var made = new List<Scoped>();
        var handler = ReplayHost.Handler(
            registry => registry.AddActivity<UsesScoped>(),
            add: services => services.AddScoped(_ =>
            {
                made.Add(new Scoped());
                return made[^1];
            }));

        await handler.RunActivity(nameof(UsesScoped), null, "i1", None);
        await handler.RunActivity(nameof(UsesScoped), null, "i1", None);

        Assert.Equal([true, true], made.Select(scoped => scoped.Disposed));
    }

    private static TurnHandler With<TInput, TOutput>(Func<TaskActivityContext, TInput, Task<TOutput>> run) =>
        ReplayHost.Handler(registry => registry.AddActivityFunc("Act", run));

    private sealed record Order(string Item);

    private sealed class Scoped : IAsyncDisposable
    {
        public bool Disposed { get; private set; }

        public ValueTask DisposeAsync()
        {
            Disposed = true;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class UsesScoped(Scoped scoped) : TaskActivity<object, bool>
    {
        public override Task<bool> RunAsync(TaskActivityContext context, object input) => Task.FromResult(scoped.Disposed);
    }
}

using Governance.Durable.Tests.Replay;
using static Governance.Durable.Tests.Replay.Events;

namespace Governance.Durable.Tests.Authoring;

public sealed class Retries
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void No_delay_is_longer_than_the_longest_interval()
    {
        var host = Calling(new RetryPolicy(4, Second, 10, maxRetryInterval: TimeSpan.FromSeconds(5)));

        host.Turn(0, ES());
        Assert.Equal("T#1(T+1s)", host.Turn(0, TF(0, "E", "m")));
        host.Turn(1, FIRED(1));
        Assert.Equal("T#3(T+6s)", host.Turn(1, TF(2, "E", "m")));
    }

    [Theory]
    [InlineData(9.9, false)]
    [InlineData(10, true)]
    [InlineData(10.1, true)]
    public void No_attempt_begins_once_the_time_is_over(double failedAt, bool over)
    {
        var host = Calling(new RetryPolicy(5, Second, retryTimeout: TimeSpan.FromSeconds(10)));

        host.Turn(0, ES());

        Assert.Equal(over, host.Turn(failedAt, TF(0, "E", "m")).StartsWith("FAIL", StringComparison.Ordinal));
    }

    [Fact]
    public void A_predicate_says_which_failures_are_worth_another_attempt()
    {
        var asked = new List<TaskFailureDetails>();
        var policy = new RetryPolicy(5, Second)
        {
            HandleTaskFailureDetails = failure =>
            {
                asked.Add(failure);
                return failure.ErrorType == "Again";
            },
        };
        var host = Calling(policy);

        host.Turn(0, ES());
        Assert.Equal("T#1(T+1s)", host.Turn(0, TF(0, "Again", "m")));
        host.Turn(1, FIRED(1));
        asked.Clear();
        Assert.StartsWith("FAIL#3(TaskFailedException", host.Turn(2, TF(2, "Never", "m")), StringComparison.Ordinal);
        Assert.Equal([new TaskFailureDetails("Again", "m"), new TaskFailureDetails("Never", "m")], asked);
    }

    [Fact]
    public void A_failure_inside_an_activitys_envelope_is_retried_like_any_other()
    {
        var host = Calling(new RetryPolicy(2, Second));

        host.Turn(0, ES());

        Assert.Equal(
            "T#1(T+1s)",
            host.Turn(0, TC(0, """{"$task":1,"ok":false,"error":{"type":"E","message":"m","nonRetriable":false}}""")));
    }

    [Fact]
    public void A_handler_decides_how_often_and_how_long()
    {
        var seen = new List<(int, string, TimeSpan)>();
        var host = Calling(TaskOptions.FromRetryHandler(async retry =>
        {
            seen.Add((retry.LastAttemptNumber, retry.LastFailure.ErrorMessage, retry.TotalRetryTime));
            await retry.OrchestrationContext.CreateTimer(TimeSpan.FromSeconds(7), retry.CancellationToken);
            return retry.LastAttemptNumber < 2;
        }));

        host.Turn(0, ES());
        Assert.Equal("T#1(T+10s)", host.Turn(3, TF(0, "E", "one")));
        Assert.Equal("A#2(X)", host.Turn(10, FIRED(1)));
        Assert.Equal("T#3(T+19s)", host.Turn(12, TF(2, "E", "two")));
        seen.Clear();
        Assert.StartsWith("FAIL#4(TaskFailedException: Task 'X' (#2)", host.Turn(19, FIRED(3)), StringComparison.Ordinal);
        Assert.Equal([(1, "one", TimeSpan.FromSeconds(3)), (2, "two", TimeSpan.FromSeconds(12))], seen);
    }

    [Fact]
    public void A_plain_handler_retries_at_once()
    {
        var host = Calling(TaskOptions.FromRetryHandler(retry => retry.LastAttemptNumber < 2));

        host.Turn(0, ES());

        Assert.Equal("A#1(X)", host.Turn(0, TF(0, "E", "m")));
        Assert.StartsWith("FAIL#2", host.Turn(0, TF(1, "E", "m")), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_attempt_of_a_sub_orchestration_has_the_same_instance_id()
    {
        var options = TaskOptions.FromRetryPolicy(new RetryPolicy(3, Second));
        var chosen = ReplayHost.For(async context => await context.CallSubOrchestratorAsync<int>("C", 1, options.WithInstanceId("mine")));
        var derived = ReplayHost.For(async context => await context.CallSubOrchestratorAsync<int>("C", 1, options));

        Assert.Equal("S#0(C,mine,1)", chosen.Turn(0, ES()));
        chosen.Turn(0, SF(0, "E", "m"));
        Assert.Equal("S#2(C,mine,1)", chosen.Turn(1, FIRED(1)));

        var first = derived.Turn(0, ES());
        derived.Turn(0, SF(0));
        Assert.Equal(first.Replace("#0", "#2", StringComparison.Ordinal), derived.Turn(1, FIRED(1)));
    }

    [Fact]
    public void Policies_convert_to_options_and_back()
    {
        var policy = new RetryPolicy(1, Second);
        RetryHandler plain = _ => true;
        AsyncRetryHandler waiting = _ => Task.FromResult(true);

        Assert.Same(policy, new TaskOptions(policy).Retry?.Policy);
        Assert.Null(new TaskOptions(policy).Retry?.Handler);
        Assert.NotNull(new TaskOptions(plain).Retry?.Handler);
        Assert.Same(waiting, new TaskOptions(waiting).Retry?.Handler);
        Assert.Equal("kept", new SubOrchestrationOptions(new SubOrchestrationOptions(policy, "kept")).InstanceId);
    }

    [Fact]
    public void Very_long_delays_stop_at_the_end_of_time()
    {
        var policy = new RetryPolicy(100, TimeSpan.FromDays(3000), 1000);

        Assert.Equal(TimeSpan.MaxValue, policy.DelayAfter(20));
        var host = Calling(policy);
        host.Turn(0, ES());
        Assert.Equal("T#1(T+259200s)", host.Turn(0, TF(0, "E", "m")));
    }

    [Theory]
    [InlineData(0, 1, 1.0, null, null, "maxNumberOfAttempts")]
    [InlineData(1, 0, 1.0, null, null, "firstRetryInterval")]
    [InlineData(1, 1, 0.99, null, null, "backoffCoefficient")]
    [InlineData(1, 1, double.NaN, null, null, "backoffCoefficient")]
    [InlineData(1, 1, double.PositiveInfinity, null, null, "backoffCoefficient")]
    [InlineData(1, 10, 1.0, 9, null, "maxRetryInterval")]
    [InlineData(1, 10, 1.0, null, 9, "retryTimeout")]
    public void A_policy_outside_its_ranges_is_refused(int attempts, int first, double factor, int? longest, int? timeout, string parameter) =>
        Assert.Equal(parameter, Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(
            attempts, TimeSpan.FromSeconds(first), factor, Seconds(longest), Seconds(timeout))).ParamName);

    private static TimeSpan? Seconds(int? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;

    private static ReplayHost Calling(RetryPolicy policy) => Calling(TaskOptions.FromRetryPolicy(policy));

    private static ReplayHost Calling(TaskOptions options) =>
        ReplayHost.For(async context => await context.CallActivityAsync<string>("X", options));
}

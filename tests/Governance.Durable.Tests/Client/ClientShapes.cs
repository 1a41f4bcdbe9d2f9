using Governance.Durable.Client;
using Moq;

namespace Governance.Durable.Tests.Client;

public sealed class ClientShapes
{
    private static readonly CancellationToken Token = new CancellationTokenSource().Token;

    [Fact]
    public void A_snapshot_reads_what_it_carries()
    {
        var snapshot = new OrchestrationMetadata("Main", "i1")
        {
            SerializedInput = "1",
            SerializedOutput = "\"two\"",
            SerializedCustomStatus = "[3]",
            DataConverter = JsonDataConverter.Default,
        };

        Assert.Equal(1, snapshot.ReadInputAs<int>());
        Assert.Equal("two", snapshot.ReadOutputAs<string>());
        Assert.Equal([3], snapshot.ReadCustomStatusAs<List<int>>());
        Assert.Equal(0, new OrchestrationMetadata("Main", "i1") { DataConverter = JsonDataConverter.Default }.ReadInputAs<int>());
    }

    [Fact]
    public void A_snapshot_without_inputs_and_outputs_says_so() =>
        Assert.Contains("ask for them", Assert.Throws<InvalidOperationException>(() => new OrchestrationMetadata("Main", "i1").ReadOutputAs<int>()).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Running, true, false)]
    [InlineData(OrchestrationRuntimeStatus.Completed, false, true)]
    [InlineData(OrchestrationRuntimeStatus.ContinuedAsNew, false, false)]
    [InlineData(OrchestrationRuntimeStatus.Failed, false, true)]
    [InlineData(OrchestrationRuntimeStatus.Canceled, false, true)]
    [InlineData(OrchestrationRuntimeStatus.Terminated, false, true)]
    [InlineData(OrchestrationRuntimeStatus.Pending, false, false)]
    [InlineData(OrchestrationRuntimeStatus.Suspended, false, false)]
    public void A_status_says_whether_it_runs_or_has_ended(OrchestrationRuntimeStatus status, bool running, bool completed)
    {
        var snapshot = new OrchestrationMetadata("Main", "i1") { RuntimeStatus = status, LastUpdatedAt = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero) };

        Assert.Equal((running, completed), (snapshot.IsRunning, snapshot.IsCompleted));
        Assert.Equal($"Main i1: {status}, updated 2030-01-01T00:00:00", snapshot.ToString());
        Assert.Equal((int)status, (int)Enum.Parse<Protocol.OrchestrationStatus>(status.ToString()));
    }

    [Fact]
    public async Task A_query_fetches_page_after_page_as_it_is_read()
    {
        var asked = new List<string?>();
        var pageable = new AsyncPageable<int>((token, _) =>
        {
            asked.Add(token);
            return Task.FromResult(token switch
            {
                null => new Page<int>([1, 2], "a"),
                "a" => new Page<int>([], "b"),
                _ => new Page<int>([3], null),
            });
        });

        var read = new List<int>();
        await foreach (var value in pageable)
        {
            read.Add(value);
        }

        Assert.Equal([1, 2, 3], read);
        Assert.Equal([null, "a", "b"], asked);
        var pages = new List<Page<int>>();
        await foreach (var page in pageable.AsPages("b"))
        {
            pages.Add(page);
        }

        Assert.Equal([3], Assert.Single(pages).Values);
    }

    [Fact]
    public async Task Short_forms_mean_the_long_ones()
    {
        var client = new Mock<DurableTaskClient>("hub") { CallBase = true };

        await client.Object.ScheduleNewOrchestrationInstanceAsync("Main", Token);
        await client.Object.ScheduleNewOrchestrationInstanceAsync("Main", 5, Token);
        await client.Object.RaiseEventAsync("i1", "e", Token);
        await client.Object.GetInstanceAsync("i1", Token);
        await client.Object.TerminateInstanceAsync("i1", Token);
        await client.Object.TerminateInstanceAsync("i1", (object)"why", Token);
        await client.Object.TerminateInstanceAsync("i1", (object?)null, Token);

        Assert.Equal("hub", client.Object.Name);
        client.Verify(c => c.ScheduleNewOrchestrationInstanceAsync("Main", null, null, Token));
        client.Verify(c => c.ScheduleNewOrchestrationInstanceAsync("Main", 5, null, Token));
        client.Verify(c => c.RaiseEventAsync("i1", "e", null, Token));
        client.Verify(c => c.GetInstanceAsync("i1", false, Token));
        client.Verify(c => c.TerminateInstanceAsync("i1", (TerminateInstanceOptions?)null, Token), Times.Exactly(2));
        client.Verify(c => c.TerminateInstanceAsync("i1", new TerminateInstanceOptions("why"), Token));
    }

    [Theory]
    [InlineData(InstanceProblem.AlreadyExists, "Instance i1 exists and has not ended.")]
    [InlineData(InstanceProblem.NotFound, "There is no instance i1.")]
    [InlineData(InstanceProblem.NotRunning, "Instance i1 is not running.")]
    public void A_call_that_does_not_fit_says_why(InstanceProblem problem, string message)
    {
        var exception = new OrchestrationInstanceException("i1", problem);

        Assert.Equal((message, "i1", problem), (exception.Message, exception.InstanceId, exception.Problem));
    }
}

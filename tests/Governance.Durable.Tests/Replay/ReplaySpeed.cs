using System.Diagnostics;
using Google.Protobuf;
using Governance.Durable.Engine;
using Governance.Durable.Protocol;
using static Governance.Durable.Tests.Replay.Events;

namespace Governance.Durable.Tests.Replay;

/// <summary>A turn replays the whole history, so its price bounds how long a history may grow.</summary>
public sealed class ReplaySpeed(ITestOutputHelper output)
{
    private const int Events = 1_000;
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(10);

    [Fact]
    public void One_call_after_the_other_replays_a_thousand_events_within_the_budget() => AssertFast("sequence", async context =>
    {
        var sum = 0;
        for (var step = 0; step < Events; step++)
        {
            sum += await context.CallActivityAsync<int>("Step", new { step });
        }

        return sum;
    });

    [Fact]
    public void All_calls_at_once_replay_a_thousand_events_within_the_budget() => AssertFast("fan-out", async context =>
        (await Task.WhenAll(Enumerable.Range(0, Events / 4 + 1).Select(step => context.CallActivityAsync<int>("Step", new { step })))).Sum());

    /// <summary>The best of many runs: what the engine costs, whatever else the machine does meanwhile.</summary>
    private void AssertFast(string shape, Func<TaskOrchestrationContext, Task<int>> code)
    {
        var handler = ReplayHost.Handler(registry => registry.AddOrchestratorFunc<object, int>("Main", (context, _) => code(context)));
        var request = Convert.ToBase64String(History(handler).ToByteArray());
        var best = TimeSpan.MaxValue;
        for (var run = 0; run < 60; run++)
        {
            var started = Stopwatch.GetTimestamp();
            var reply = handler.RunOrchestrator(request);
            var took = Stopwatch.GetElapsedTime(started);
            best = took < best ? took : best;
            Assert.NotEmpty(reply);
        }

        output.WriteLine($"{shape}: {best.TotalMilliseconds:0.00} ms for {Events} events, {request.Length} characters of request");
        Assert.True(best < Budget, $"The best turn took {best.TotalMilliseconds:0.00} ms.");
    }

    private static OrchestratorRequest History(TurnHandler handler)
    {
        var host = new ReplayHost(handler);
        host.Turn(0, ES());
        for (var turn = 0; host.Past.Count < Events; turn++)
        {
            host.Turn(turn, TC(turn, ActivityEnvelope.Success("1")));
        }

        return new OrchestratorRequest { InstanceId = "i1", PastEvents = { host.Past.Take(Events - 2) }, NewEvents = { OS(Events), RES() } };
    }
}

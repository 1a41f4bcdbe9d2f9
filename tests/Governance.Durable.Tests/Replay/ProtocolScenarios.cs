using Google.Protobuf;
using Governance.Durable.Protocol;
using static Governance.Durable.Tests.Replay.Events;

namespace Governance.Durable.Tests.Replay;

public sealed class ProtocolScenarios
{
    public static TheoryData<string> Names => [.. Scenarios.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_history_gives_the_actions_that_the_protocol_says(string name)
    {
        var scenario = Scenarios.All[name];
        var host = ReplayHost.For(scenario.Code, scenario.InstanceId);

        var actions = scenario.Steps.Select(step => host.Turn(step.At, step.New)).ToList();

        Assert.Equal(scenario.Steps.Select(step => step.Actions), actions);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_turn_that_is_delivered_again_gets_the_same_bytes(string name)
    {
        var scenario = Scenarios.All[name];
        var host = ReplayHost.For(scenario.Code, scenario.InstanceId);
        foreach (var step in scenario.Steps)
        {
            var again = new OrchestratorRequest { InstanceId = host.InstanceId, PastEvents = { host.Past }, NewEvents = { OS(step.At), step.New } };
            host.Turn(step.At, step.New);

            Assert.Equal(WithoutTraces(host.Last!), WithoutTraces(host.Send(again)));
        }
    }

    [Fact]
    public void A_custom_status_is_in_every_reply_from_the_turn_that_set_it()
    {
        var host = ReplayHost.For(async context =>
        {
            context.SetCustomStatus(new { step = 1 });
            await context.CallActivityAsync("A");
            return "ok";
        });

        host.Turn(0, ES());
        Assert.Equal("{\"step\":1}", host.Last!.CustomStatus);
        host.Turn(1, TC(0, null));
        Assert.Equal("{\"step\":1}", host.Last!.CustomStatus);
    }

    [Fact]
    public void Without_a_custom_status_the_reply_has_none()
    {
        var host = ReplayHost.For(async context => await context.CallActivityAsync<string>("A"));

        host.Turn(0, ES());

        Assert.Null(host.Last!.CustomStatus);
    }

    [Fact]
    public void Code_sees_a_replay_up_to_the_last_await_that_earlier_turns_reached()
    {
        var seen = new List<(bool, double)>();
        void Log(TaskOrchestrationContext context) => seen.Add((context.IsReplaying, (context.CurrentUtcDateTime - T).TotalSeconds));
        var host = ReplayHost.For<object?>(async context =>
        {
            Log(context);
            await context.CallActivityAsync("A");
            Log(context);
            await context.CallActivityAsync("B");
            Log(context);
            return null;
        });

        host.Turn(0, ES());
        host.Turn(1, TC(0, null));
        seen.Clear();
        host.Turn(2, TC(1, null));

        Assert.Equal([(true, 0), (true, 1), (false, 2)], seen);
    }

    private static ByteString WithoutTraces(OrchestratorResponse response)
    {
        foreach (var completion in response.Actions.Select(action => action.CompleteOrchestration).OfType<CompleteOrchestrationAction>())
        {
            completion.FailureDetails?.StackTrace = null;
        }

        return response.ToByteString();
    }
}

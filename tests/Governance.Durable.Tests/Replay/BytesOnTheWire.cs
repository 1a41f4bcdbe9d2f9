using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Governance.Durable.Protocol;
using static Governance.Durable.Tests.Replay.Events;

namespace Governance.Durable.Tests.Replay;

/// <summary>Bytes recorded from the durable extension: requests are read as they are, replies mean the same.</summary>
public sealed class BytesOnTheWire
{
    private const string FirstRequest =
        "CgJpMSIVCP///////////wESBgiAse+GB3IAIjMI////////////ARIGCICx74YHGh4KCEhlbGxvT25lGgYKBCJpbiIiCgoCaTESBAoCZTE6OQosSHR0cERlZmF1bHRBc3luY1JlcXVlc3RTbGVlcFRpbWVNaWxsaXNlY29uZHMSCREAAAAAAEzdQDoSCgxJbmNsdWRlU3RhdGUSAiABOhcKEUlzRXh0ZW5kZWRTZXNzaW9uEgIgADowCiNFeHRlbmRlZFNlc3Npb25JZGxlVGltZW91dEluU2Vjb25kcxIJEQAAAAAAAAAA";

    private const string SecondRequest =
        "CgJpMRoVCP///////////wESBgiAse+GB3IAGjMI////////////ARIGCICx74YHGh4KCEhlbGxvT25lGgYKBCJpbiIiCgoCaTESBAoCZTEaGhIMCICx74YHEIDKte4BMgoKCFNheUhlbGxvGhsI////////////ARIMCICx74YHEIDKte4BegAiFQj///////////8BEgYIhbHvhgdyACIuCP///////////wESDAiEse+GBxCA0pOtAzoTEhEKDyJIZWxsbywgVG9reW8hIjo5CixIdHRwRGVmYXVsdEFzeW5jUmVxdWVzdFNsZWVwVGltZU1pbGxpc2Vjb25kcxIJEQAAAAAATN1AOhIKDEluY2x1ZGVTdGF0ZRICIAE6FwoRSXNFeHRlbmRlZFNlc3Npb24SAiAAOjAKI0V4dGVuZGVkU2Vzc2lvbklkbGVUaW1lb3V0SW5TZWNvbmRzEgkRAAAAAAAAAAA=";

    [Theory]
    [InlineData(FirstRequest, "CgJpMRIXEhUKCFNheUhlbGxvGgkKByJUb2t5byI=")]
    [InlineData(SecondRequest, "CgJpMRIZCAEyFQgBEhEKDyJIZWxsbywgVG9reW8hIhoMCgp7InN0ZXAiOjF9")]
    public void A_recorded_request_gets_the_recorded_reply(string request, string reply)
    {
        // The recorded orchestration sets its status once the greeting is there.
        var handler = ReplayHost.Handler(registry => registry.AddOrchestratorFunc<string, string>("HelloOne", async (context, _) =>
        {
            var greeting = await context.CallActivityAsync<string>("SayHello", "Tokyo");
            context.SetCustomStatus(new { step = 1 });
            return greeting;
        }));

        Assert.Equal(Parse(reply), Parse(handler.RunOrchestrator(request)));
    }

    [Fact]
    public void A_timer_reads_as_recorded() => Assert.Equal(
        new OrchestratorResponse
        {
            InstanceId = "i1",
            Actions =
            {
                new OrchestratorAction
                {
                    CreateTimer = new CreateTimerAction { FireAt = Timestamp.FromDateTime(T.AddSeconds(60.25)) },
                },
            },
        },
        Parse("CgJpMRIPIg0KCwi8se+GBxCA5Zp3"));

    [Fact]
    public void A_failure_reads_as_recorded() => Assert.Equal(
        new OrchestratorResponse
        {
            InstanceId = "i1",
            Actions =
            {
                new OrchestratorAction
                {
                    Id = 2,
                    CompleteOrchestration = new CompleteOrchestrationAction
                    {
                        OrchestrationStatus = OrchestrationStatus.Failed,
                        Result = "boom",
                        FailureDetails = new Protocol.TaskFailureDetails
                        {
                            ErrorType = "MyApp.Oops",
                            ErrorMessage = "boom",
                            StackTrace = "at X",
                            IsNonRetriable = true,
                            InnerFailure = new Protocol.TaskFailureDetails { ErrorType = "T", ErrorMessage = "m" },
                        },
                    },
                },
            },
        },
        Parse("CgJpMRI0CAIyMAgDEgYKBGJvb20yJAoKTXlBcHAuT29wcxIEYm9vbRoGCgRhdCBYIgYKAVQSAW0oAQ=="));

    [Fact]
    public void Continuing_as_new_reads_as_recorded() => Assert.Equal(
        new OrchestratorResponse
        {
            InstanceId = "i1",
            Actions =
            {
                new OrchestratorAction
                {
                    Id = 1,
                    CompleteOrchestration = new CompleteOrchestrationAction
                    {
                        OrchestrationStatus = OrchestrationStatus.ContinuedAsNew,
                        Result = "7",
                        CarryoverEvents = { Event(2, e => e.EventRaised = new EventRaisedEvent { Name = "e1", Input = "\"a\"" }) },
                    },
                },
            },
        },
        Parse("CgJpMRIuCAEyKggCEgMKATcqIQj///////////8BEgYIgrHvhgeKAQsKAmUxEgUKAyJhIg=="));

    [Fact]
    public void Events_and_fields_of_a_newer_host_are_passed_over()
    {
        var host = ReplayHost.For(async context => await context.CallActivityAsync<int>("A"));
        host.Turn(0, ES());

        // Field 200 of an event, which no version of this engine knows.
        var unknown = HistoryEvent.Parser.ParseFrom([0x08, 0x05, 0xC2, 0x0C, 0x00]);

        Assert.Equal("DONE#1(5)", host.Turn(1, unknown, Event(1, e => e.GenericEvent = new()), TC(0, "5")));
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    public void A_request_that_cannot_be_read_gets_a_failure_and_no_exception(string request)
    {
        var handler = ReplayHost.Handler(_ => { });

        var reply = Parse(handler.RunOrchestrator(request));

        Assert.Equal(OrchestrationStatus.Failed, Assert.Single(reply.Actions).CompleteOrchestration.OrchestrationStatus);
    }

    private static OrchestratorResponse Parse(string base64) => OrchestratorResponse.Parser.ParseFrom(Convert.FromBase64String(base64));
}

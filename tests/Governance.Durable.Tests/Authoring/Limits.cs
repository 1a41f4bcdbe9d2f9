using Governance.Durable.Tests.Replay;
using static Governance.Durable.Tests.Replay.Events;

namespace Governance.Durable.Tests.Authoring;

/// <summary>Payloads are refused where they are made, below, at and above what hosts carry. The two quotes of a JSON string count.</summary>
public sealed class Limits
{
    private const int Payload = 1024 * 1024;
    private const int Status = 8192;

    [Theory]
    [InlineData(Status - 3, true)]
    [InlineData(Status - 2, true)]
    [InlineData(Status - 1, false)]
    public void A_custom_status_has_8192_characters_at_most(int length, bool fits) => AssertFits(fits, "custom status", context =>
        context.SetCustomStatus(new string('x', length)));

    [Theory]
    [InlineData(Payload - 3, true)]
    [InlineData(Payload - 2, true)]
    [InlineData(Payload - 1, false)]
    public void An_activitys_input_has_one_mebibyte_at_most(int length, bool fits) => AssertFits(fits, "input of activity 'A'", context =>
        _ = context.CallActivityAsync("A", new string('x', length)));

    [Theory]
    [InlineData(Payload - 2, true)]
    [InlineData(Payload - 1, false)]
    public void A_sub_orchestrations_input_has_one_mebibyte_at_most(int length, bool fits) => AssertFits(
        fits, "input of sub-orchestration 'C'", context => _ = context.CallSubOrchestratorAsync("C", new string('x', length)));

    [Theory]
    [InlineData(Payload - 2, true)]
    [InlineData(Payload - 1, false)]
    public void An_events_payload_has_one_mebibyte_at_most(int length, bool fits) => AssertFits(fits, "payload of event 'E'", context =>
        context.SendEvent("other", "E", new string('x', length)));

    [Theory]
    [InlineData(Payload - 2, true)]
    [InlineData(Payload - 1, false)]
    public void The_next_runs_input_has_one_mebibyte_at_most(int length, bool fits) => AssertFits(fits, "input of the next run", context =>
        context.ContinueAsNew(new string('x', length)));

    [Theory]
    [InlineData(Payload - 2, true)]
    [InlineData(Payload - 1, false)]
    public void A_result_has_one_mebibyte_at_most(int length, bool fits)
    {
        var reply = ReplayHost.For(_ => Task.FromResult(new string('x', length))).Turn(0, ES());

        Assert.StartsWith(
            fits ? "DONE#0(" : "FAIL#0(ArgumentException: The result of orchestrator 'Main' takes 1048577 bytes", reply, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_are_counted_and_not_characters() =>
        // As \uXXXX each of these takes six bytes.
        AssertFits(false, "takes 1048580 bytes", context => context.SendEvent("other", "E", new string('ä', Payload / 6 + 1)));

    private static void AssertFits(bool fits, string what, Action<TaskOrchestrationContext> use)
    {
        var reply = ReplayHost.For(context =>
        {
            use(context);
            return Task.FromResult(0);
        }).Turn(0, ES());

        Assert.Equal(fits, !reply.StartsWith("FAIL", StringComparison.Ordinal));
        if (!fits)
        {
            Assert.Contains("ArgumentException: The ", reply, StringComparison.Ordinal);
            Assert.Contains(what, reply, StringComparison.Ordinal);
        }
    }
}

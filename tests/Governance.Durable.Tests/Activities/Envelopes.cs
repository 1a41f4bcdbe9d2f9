using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Governance.Durable.Engine;
using Governance.Durable.Tests.Replay;
using static Governance.Durable.Tests.Replay.Events;

namespace Governance.Durable.Tests.Activities;

public sealed class Envelopes
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData(null)]
    [InlineData("5")]
    [InlineData("\"text\"")]
    [InlineData("\"{not an envelope\"")]
    [InlineData("{\"ok\":true,\"value\":1}")]
    [InlineData("[{\"$task\":1}]")]
    public void A_result_from_elsewhere_is_taken_as_it_is(string? result) => Assert.Equal((result, null), ActivityEnvelope.Open(result));

    [Fact]
    public void A_result_that_looks_like_an_envelope_is_unwrapped_once()
    {
        const string Inner = "{\"$task\":1,\"ok\":false,\"error\":{}}";

        Assert.Equal((Inner, null), ActivityEnvelope.Open(ActivityEnvelope.Success(Inner)));
    }

    [Fact]
    public void Success_reads_the_same_raw_and_inside_a_string() => Prop
        .ForAll<string?, bool>((text, escapeMore) =>
        {
            var json = JsonSerializer.Serialize(text);
            var envelope = ActivityEnvelope.Success(json);
            Assert.Equal((json, null), ActivityEnvelope.Open(envelope));
            Assert.Equal((json, null), ActivityEnvelope.Open(AsString(envelope, escapeMore)));
        })
        .Check(Config.QuickThrowOnFailure.WithReplay(20300101UL, 11UL));

    [Fact]
    public void A_failure_reads_the_same_raw_and_inside_a_string() => Prop
        .ForAll<string?, bool>((text, flag) =>
        {
            var failure = new TaskFailureDetails("T", text ?? "", text, flag ? new TaskFailureDetails("U", "inner", null, null, true) : null, flag);
            var envelope = ActivityEnvelope.Failure(failure);
            Assert.Equal(failure, ActivityEnvelope.Open(envelope).Failure);
            Assert.Equal(failure, ActivityEnvelope.Open(AsString(envelope, flag)).Failure);
        })
        .Check(Config.QuickThrowOnFailure.WithReplay(20300101UL, 13UL));

    [Fact]
    public void A_message_with_half_a_character_still_travels()
    {
        var envelope = ActivityEnvelope.Failure(new TaskFailureDetails("T", "half \ud800 of it"));

        Assert.Equal("half \ufffd of it", ActivityEnvelope.Open(envelope).Failure?.ErrorMessage);
    }

    [Fact]
    public void Messages_and_traces_are_cut_and_chains_end()
    {
        var long_ = new string('x', 100_000);
        var failure = Failures.From(new InvalidOperationException(long_));
        Assert.Equal(32_768, failure.ErrorMessage.Length);

        Exception chain = new InvalidOperationException("last");
        for (var depth = 0; depth < 50; depth++)
        {
            chain = new InvalidOperationException("again", chain);
        }

        Assert.Equal(16, Depth(Failures.From(chain)));
        Assert.Equal(16, Depth(Failures.From(new TaskFailedException("A", 0, DeepDetails(50)))));
    }

    [Fact]
    public void An_orchestrator_gets_the_value_out_of_the_envelope()
    {
        var host = ReplayHost.For(async context => await context.CallActivityAsync<int>("A") + await context.CallActivityAsync<int>("B"));
        host.Turn(0, ES());
        host.Turn(1, TC(0, ActivityEnvelope.Success("40")));

        Assert.Equal("DONE#2(42)", host.Turn(2, TC(1, JsonSerializer.Serialize(ActivityEnvelope.Success("2")))));
    }

    [Fact]
    public void An_orchestrator_gets_the_failure_out_of_the_envelope()
    {
        var host = ReplayHost.For(async context => await context.CallActivityAsync<int>("A"));
        host.Turn(0, ES());

        Assert.Equal(
            "FAIL#1(TaskFailedException: Task 'A' (#0) failed with an unhandled exception: m <- T: m)",
            host.Turn(1, TC(0, JsonSerializer.Serialize(ActivityEnvelope.Failure(new TaskFailureDetails("T", "m"))))));
    }

    [Fact]
    public void A_broken_envelope_fails_the_wait_and_not_the_turn()
    {
        var host = ReplayHost.For(async context =>
        {
            try
            {
                return await context.CallActivityAsync<int>("A");
            }
            catch (JsonException)
            {
                return -1;
            }
        });
        host.Turn(0, ES());

        Assert.Equal("DONE#1(-1)", host.Turn(1, TC(0, "{\"$task\":1,\"ok\":tr")));
    }

    private static string AsString(string envelope, bool escapeMore) =>
        JsonSerializer.Serialize(envelope, escapeMore ? JsonSerializerOptions.Default : Relaxed);

    private static TaskFailureDetails DeepDetails(int depth) =>
        new("T", "m", null, depth == 0 ? null : DeepDetails(depth - 1));

    private static int Depth(TaskFailureDetails? failure) => failure is null ? 0 : 1 + Depth(failure.InnerFailure);
}

using System.Text;
using System.Text.Json;
using Governance.Core.Cab;
using Governance.Core.Events;
using Governance.Testing;
using Governance.Testing.Cab;
using Governance.Testing.Deployments;
using static Governance.Testing.Cab.ExceptionStories;

namespace Governance.Core.Tests.Cab;

public sealed class WritingExceptions
{
    private static readonly ExceptionCodec Codec = new();

    public static TheoryData<Type> EventRecords => [.. typeof(ExceptionEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ExceptionEvent)))];

    [Theory]
    [MemberData(nameof(EventRecords))]
    public void Every_event_reads_back_as_it_was_written_and_holds_no_number_that_readers_differ_on(Type type)
    {
        foreach (var seed in Enumerable.Range(0, 40))
        {
            var happened = (ExceptionEvent)new Anything(seed).Of(type)!;

            var data = Codec.WriteEvent(happened);

            Assert.Equal(happened, Codec.ReadEvent(Codec.TypeOf(happened), data));
            using var json = JsonDocument.Parse(data);
            Assert.Null(CanonicalJson.FirstInexactNumber(json.RootElement));
        }
    }

    [Fact]
    public void The_log_knows_five_events() => Assert.Equal(
        ["EXCEPTION_APPROVED", "EXCEPTION_DENIED", "EXCEPTION_EXPIRED", "EXCEPTION_REQUESTED", "EXCEPTION_VOTE_RECORDED"], ExceptionCodec.EventTypes);

    [Fact]
    public void Every_state_and_summary_reads_back_as_it_was_written()
    {
        foreach (var seed in Enumerable.Range(0, 100))
        {
            var state = new Anything(seed).Of<ExceptionState>();
            var summary = ExceptionSummary.Of(state, seed, Sample.Noon);

            Assert.Equal(state, Codec.ReadState(Codec.WriteState(state)));
            Assert.Equal(
                summary,
                JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(summary, ExceptionJson.Default.ExceptionSummary), ExceptionJson.Default.ExceptionSummary));
        }
    }

    [Theory]
    [InlineData("DEPLOYMENT_CREATED", "{}")]
    [InlineData("EXCEPTION_APPROVED", "null")]
    [InlineData("EXCEPTION_REQUESTED", """{"request":{}}""")]
    public void What_is_no_event_of_an_exception_is_not_read(string type, string data) =>
        Assert.Throws<JsonException>(() => Codec.ReadEvent(type, Encoding.UTF8.GetBytes(data)));

    [Fact]
    public void What_is_no_state_is_not_read() => Assert.Throws<JsonException>(() => Codec.ReadState("null"u8));

    [Fact]
    public void A_stream_that_does_not_begin_with_its_request_is_corrupt() => Assert.Throws<InvalidOperationException>(() =>
        Codec.Evolve(null, new Recorded<ExceptionEvent>(1, Sample.Noon, Actor.System, new ExceptionExpired(true))));

    [Fact]
    public void A_stream_that_is_requested_twice_is_corrupt() => Assert.Throws<InvalidOperationException>(() =>
        Codec.Evolve(Asked().State, new Recorded<ExceptionEvent>(2, Sample.Noon, Actor.System, new ExceptionRequested(Id, Finding, null, 1))));
}

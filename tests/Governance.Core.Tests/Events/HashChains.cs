using System.Text;
using System.Text.Json;
using Governance.Core.Events;
using Governance.Testing;

namespace Governance.Core.Tests.Events;

public sealed class HashChains
{
    private static readonly CorrelationId Stream = CorrelationId.Parse("5f0c8f2e-3c52-4d0b-9d3a-0b7f7c1f2a10");
    private static readonly Actor Alice = Actor.User(PersonId.Parse("11111111-2222-4333-8444-555555555555"));

    [Fact]
    public void The_hash_covers_the_canonical_form_of_all_other_members()
    {
        var data = EventChain.Canonical("""{ "z": "ü", "a": [1, null] }"""u8.ToArray());
        var at = new DateTimeOffset(2026, 3, 3, 13, 0, 0, TimeSpan.FromHours(1)).AddTicks(42);

        var hash = EventHash.Of(Stream, 1, "DEPLOYMENT_CREATED", at, Alice, data, Digest.Zero);

        const string written =
            """{"actor":"user:11111111-2222-4333-8444-555555555555","correlation_id":"5f0c8f2e-3c52-4d0b-9d3a-0b7f7c1f2a10","data":{"a":[1,null],"z":"ü"}""" +
            ""","event_type":"DEPLOYMENT_CREATED","previous_hash":"0000000000000000000000000000000000000000000000000000000000000000","sequence":1""" +
            ""","timestamp":"2026-03-03T12:00:00.0000042Z"}""";
        Assert.Equal(Digest.Of(Encoding.UTF8.GetBytes(written)), hash);
        Assert.Equal(CanonicalJson.DigestOf(Encoding.UTF8.GetBytes(written)), hash);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("""{"a":0.5}""")]
    [InlineData("""{"a":1,"a":2}""")]
    public void Data_that_is_no_object_of_exact_values_is_refused(string data) =>
        Assert.ThrowsAny<JsonException>(() => EventChain.Canonical(Encoding.UTF8.GetBytes(data)));

    [Fact]
    public void A_whole_stream_verifies_and_tells_its_head()
    {
        var events = Chain(5);

        Assert.Equal(new ChainVerdict(5, events[^1].Hash, null, null), EventChain.Verify(Stream, events));
        Assert.True(EventChain.Verify(Stream, events).Valid);
        Assert.Equal(new ChainVerdict(0, Digest.Zero, null, null), EventChain.Verify(Stream, []));
    }

    public static TheoryData<string, Func<List<EventEnvelope>, List<EventEnvelope>>, long> Tampering => new()
    {
        { "has sequence 4", events => [.. events.Where(each => each.Sequence != 3)], 3 },
        { "has sequence 2", events => [.. events.Skip(1)], 1 },
        { "has sequence 3", events => [events[0], events[2], events[1], .. events[3..]], 2 },
        { "does not match its hash", events => With(events, 2, each => each with { Data = Json("""{"n":99}""") }), 3 },
        { "does not match its hash", events => With(events, 2, each => each with { EventType = "OTHER" }), 3 },
        { "does not match its hash", events => With(events, 2, each => each with { Actor = Actor.System }), 3 },
        { "does not match its hash", events => With(events, 2, each => each with { Timestamp = each.Timestamp.AddTicks(1) }), 3 },
        { "does not match its hash", events => With(events, 2, each => each with { Hash = Digest.Zero }), 3 },
        { "does not name its predecessor's hash", events => With(events, 2, each => Rehashed(each with { Data = Json("""{"n":99}""") })), 4 },
        { "is older than its predecessor", events => With(events, 4, each => Rehashed(each with { Timestamp = each.Timestamp.AddHours(-1) })), 5 },
        { "belongs to stream 11111111-2222-4333-8444-555555555555", events => With(events, 0, each => Rehashed(each with { StreamId = new(Alice.Id!.Value.Value) })), 1 },
        { "has no data object", events => With(events, 4, each => each with { Data = default }), 5 },
        { "holds an inexact number at $.n", events => With(events, 4, each => Rehashed(each with { Data = Json("""{"n":0.5}""") })), 5 },
    };

    [Theory]
    [MemberData(nameof(Tampering))]
    public void The_first_event_that_does_not_stand_is_named(string flaw, Func<List<EventEnvelope>, List<EventEnvelope>> tamper, long firstBad)
    {
        var verdict = EventChain.Verify(Stream, tamper([.. Chain(5)]));

        Assert.Equal((flaw, firstBad, firstBad - 1), (verdict.Flaw, verdict.FirstBadSequence, verdict.Checked));
        Assert.False(verdict.Valid);
    }

    private static List<EventEnvelope> With(List<EventEnvelope> events, int index, Func<EventEnvelope, EventEnvelope> change)
    {
        events[index] = change(events[index]);
        return events;
    }

    private static List<EventEnvelope> Chain(int count)
    {
        var (events, previous) = (new List<EventEnvelope>(), Digest.Zero);
        for (var sequence = 1; sequence <= count; sequence++)
        {
            events.Add(Rehashed(new(
                Stream, sequence, "INCIDENT_REPORTED", FakeClock.Noon.AddMinutes(sequence), Alice, Json($$"""{"n":{{sequence}} }"""), previous, Digest.Zero)));
            previous = events[^1].Hash;
        }

        return events;
    }

    private static EventEnvelope Rehashed(EventEnvelope happened) => happened with { Hash = EventChain.HashOf(happened) };

    private static JsonElement Json(string text) => JsonElement.Parse(text);
}

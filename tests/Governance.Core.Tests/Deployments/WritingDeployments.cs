using System.Text;
using System.Text.Json;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Testing;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Deployments;

public sealed class WritingDeployments
{
    private static readonly DeploymentCodec Codec = new();

    private sealed record Unheard : DeploymentEvent
    {
        protected override string WireName => "UNHEARD";
    }

    public static TheoryData<Type> EventRecords => [.. typeof(DeploymentEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(DeploymentEvent)))];

    [Theory]
    [MemberData(nameof(EventRecords))]
    public void Every_event_reads_back_as_it_was_written_and_holds_no_number_that_readers_differ_on(Type type)
    {
        foreach (var seed in Enumerable.Range(0, 40))
        {
            var happened = (DeploymentEvent)new Anything(seed).Of(type)!;

            var data = Codec.WriteEvent(happened);

            Assert.Equal(happened, Codec.ReadEvent(Codec.TypeOf(happened), data));
            using var json = JsonDocument.Parse(data);
            Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
            Assert.Null(CanonicalJson.FirstInexactNumber(json.RootElement));
        }
    }

    [Fact]
    public void Every_event_record_has_a_type_of_its_own() => Assert.Equal(
        DeploymentCodec.EventTypes,
        EventRecords.Select(row => Codec.TypeOf((DeploymentEvent)new Anything(1).Of(row.Data)!)).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_state_reads_back_as_it_was_written()
    {
        foreach (var seed in Enumerable.Range(0, 200))
        {
            var state = new Anything(seed).Of<DeploymentState>();

            Assert.Equal(state, Codec.ReadState(Codec.WriteState(state)));
        }
    }

    [Fact]
    public void Every_summary_reads_back_as_it_was_written()
    {
        foreach (var seed in Enumerable.Range(0, 200))
        {
            var summary = new Anything(seed).Of<DeploymentSummary>();

            var written = JsonSerializer.SerializeToUtf8Bytes(summary, DeploymentJson.Default.DeploymentSummary);

            Assert.Equal(summary, JsonSerializer.Deserialize(written, DeploymentJson.Default.DeploymentSummary));
        }
    }

    [Theory]
    [InlineData(DeploymentStatus.Pending)]
    [InlineData(DeploymentStatus.Blocked)]
    [InlineData(DeploymentStatus.AwaitingCab)]
    [InlineData(DeploymentStatus.Approved)]
    [InlineData(DeploymentStatus.Active)]
    [InlineData(DeploymentStatus.Completed)]
    [InlineData(DeploymentStatus.Rejected)]
    [InlineData(DeploymentStatus.Expired)]
    [InlineData(DeploymentStatus.Cancelled)]
    [InlineData(DeploymentStatus.Failed)]
    [InlineData(DeploymentStatus.RolledBack)]
    public void A_log_that_is_read_back_folds_to_the_same_state(DeploymentStatus status)
    {
        var story = In(status);
        var folded = story.Log.Aggregate(
            (DeploymentState?)null,
            (state, each) => Codec.Evolve(state, each with { Event = Codec.ReadEvent(Codec.TypeOf(each.Event), Codec.WriteEvent(each.Event)) }));

        Assert.Equal(status, story.State.Status);
        Assert.Equal(story.State, folded);
        Assert.Equal(story.State, Codec.ReadState(Codec.WriteState(story.State)));
    }

    [Fact]
    public void An_events_data_is_written_in_snake_case_without_what_is_absent() => Assert.Equal(
        """{"evidence":{"pack_id":"e0000000-0000-4000-8000-000000000001","pack_digest":"00","stored_by":"00000000-0000-4000-8000-000000000001"},"revision":2}"""
            .Replace("\"00\"", $"\"{Sample.Link().PackDigest}\"", StringComparison.Ordinal),
        Encoding.UTF8.GetString(Codec.WriteEvent(new EvidenceLinked(Sample.Link() with { Artifact = null }, 2))));

    [Fact]
    public void A_member_of_a_newer_version_is_ignored() => Assert.Equal(
        new DeploymentCancelled("Not needed."),
        Codec.ReadEvent("DEPLOYMENT_CANCELLED", """{"reason":"Not needed.","since":{"v":2}}"""u8));

    [Theory]
    [InlineData("DEPLOYMENT_VANISHED", "{}")]
    [InlineData("EXCEPTION_APPROVED", "{}")]
    [InlineData("DEPLOYMENT_CANCELLED", "null")]
    [InlineData("DEPLOYMENT_CREATED", """{"id":"nobody"}""")]
    [InlineData("EVIDENCE_LINKED", """{"evidence":{},"revision":1}""")]
    public void What_is_no_event_of_a_deployment_is_not_read(string type, string data) =>
        Assert.Throws<JsonException>(() => Codec.ReadEvent(type, Encoding.UTF8.GetBytes(data)));

    [Fact]
    public void What_is_no_state_is_not_read() => Assert.Throws<JsonException>(() => Codec.ReadState("null"u8));

    [Fact]
    public void A_stream_that_does_not_begin_with_its_creation_is_corrupt() => Assert.Throws<InvalidOperationException>(() =>
        Codec.Evolve(null, new Recorded<DeploymentEvent>(1, Sample.Noon, Actor.System, new DeploymentCancelled("x"))));

    [Fact]
    public void An_event_that_nobody_knows_is_not_folded_silently() => Assert.Throws<InvalidOperationException>(() =>
        Codec.Evolve(Pending().State, new Recorded<DeploymentEvent>(2, Sample.Noon, Actor.System, new Unheard())));

    [Fact]
    public void A_stream_that_is_created_twice_is_corrupt() => Assert.Throws<InvalidOperationException>(() =>
        Codec.Evolve(Pending().State, new Recorded<DeploymentEvent>(2, Sample.Noon, Actor.System, new DeploymentCreated(Sample.Id, Sample.Request(), null))));
}

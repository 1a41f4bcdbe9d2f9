using System.Text;
using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Functions.Audit;
using Governance.Storage.Audit;
using Governance.Storage.Hosting;
using Governance.Storage.Streams;
using Governance.Storage.Tables;
using Governance.Testing;
using Microsoft.Extensions.DependencyInjection;
using static Governance.IntegrationTests.World;

namespace Governance.IntegrationTests;

/// <summary>Whoever may write to storage changes it behind the app's back: each change is found, and where it was made.</summary>
public sealed class TamperedLogIntegrationTests(World world) : IClassFixture<World>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private TableClient Table => world.Stack.Services.GetRequiredService<StorageLayout>().Deployments;

    [Fact]
    public async Task A_log_is_anchored_and_says_which_later_events_are_not()
    {
        var id = await Active();
        Assert.Null((await Verify(id))["anchor"]);
        await Anchor(id);
        var anchored = await Verify(id);
        var last = anchored["checked"]!.GetValue<long>();
        Assert.Equal((true, last, 0), (anchored["valid"]!.GetValue<bool>(), Sequence(anchored), NotAnchored(anchored).Length));

        var reported = await world.Publisher.Post($"deployments/{id}/incidents/", new JsonObject { ["severity"] = "minor", ["summary"] = "A dialog is cut off." });

        Assert.Equal(200, reported.Status);
        var after = await Verify(id);
        Assert.True(after["valid"]!.GetValue<bool>());
        Assert.Equal([last + 1], NotAnchored(after));
        await Anchor(id);
        Assert.Equal(last + 1, Sequence(await Verify(id)));
    }

    [Theory]
    [InlineData("D0")]
    [InlineData("Actor")]
    [InlineData("Type")]
    [InlineData("At")]
    [InlineData("Hash")]
    [InlineData("Previous")]
    public async Task One_changed_byte_of_an_event_is_found_at_that_event(string property)
    {
        var id = await Active();
        await Edit(id, "event-0000000002", row => row[property] = property == "D0" ? Flipped(row.GetBinary(property)!) : Flipped(row.GetString(property)!));

        var found = await Verify(id);

        Assert.False(found["valid"]!.GetValue<bool>());
        Assert.Equal(2, found["first_bad_sequence"]!.GetValue<long>());
        Assert.StartsWith("Event 2 ", Text(found["flaws"]![0]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_deleted_event_is_found_missing(int sequence)
    {
        var id = await Active();
        await Table.DeleteEntityAsync(Shard(id), $"{id}~event-{sequence:D10}", cancellationToken: Stop);

        var found = await Verify(id);

        Assert.Equal((false, sequence), (found["valid"]!.GetValue<bool>(), found["first_bad_sequence"]!.GetValue<int>()));
        Assert.Equal($"Event {sequence} is missing.", Text(found["flaws"]![0]));
    }

    [Fact]
    public async Task Two_events_in_each_others_place_are_found()
    {
        var id = await Active();
        var (one, other) = (await Row(id, "event-0000000002"), await Row(id, "event-0000000003"));
        await Put(id, "event-0000000002", other);
        await Put(id, "event-0000000003", one);

        var found = await Verify(id);

        Assert.Equal((false, 2), (found["valid"]!.GetValue<bool>(), found["first_bad_sequence"]!.GetValue<int>()));
    }

    [Fact]
    public async Task A_head_with_another_state_is_found()
    {
        var id = await Active();
        await Edit(id, "head", row => row["D0"] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(row.GetBinary("D0")!).Replace("\"ACTIVE\"", "\"COMPLETED\"", StringComparison.Ordinal)));

        var found = await Verify(id);

        Assert.False(found["valid"]!.GetValue<bool>());
        Assert.Equal("The head holds another state than the events lead to.", Text(found["flaws"]![0]));
    }

    [Fact]
    public async Task A_head_that_was_set_back_is_found()
    {
        var id = await Active();
        await Edit(id, "head", row => row["Sequence"] = row.GetInt64("Sequence") - 1);

        var found = await Verify(id);

        Assert.False(found["valid"]!.GetValue<bool>());
        Assert.Contains("which is in the log", Text(found["flaws"]![0]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Hash", "The head names another hash")]
    [InlineData("D0", "The head")]
    public async Task A_head_with_another_hash_or_broken_state_is_found(string property, string said)
    {
        var id = await Active();
        await Edit(id, "head", row => row[property] = property == "Hash" ? Digest.Of([1]).ToString() : Encoding.UTF8.GetBytes("{"));

        var found = await Verify(id);

        Assert.False(found["valid"]!.GetValue<bool>());
        Assert.StartsWith(said, Text(found["flaws"]![0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_head_is_found()
    {
        var id = await Active();
        await Table.DeleteEntityAsync(Shard(id), $"{id}~head", cancellationToken: Stop);

        Assert.Equal("The head is missing.", Text((await Verify(id))["flaws"]![0]));
    }

    [Fact]
    public async Task A_log_that_was_rewritten_from_end_to_end_is_found_by_its_anchor()
    {
        var id = await Active();
        await Anchor(id);
        await Rewrite(id);

        var found = await Verify(id);

        Assert.False(found["valid"]!.GetValue<bool>());
        Assert.Equal(1, found["first_bad_sequence"]!.GetValue<long>());
        Assert.Contains("the log was rewritten", Text(found["flaws"]![0]), StringComparison.Ordinal);
        Assert.False(found["anchor"]!["valid"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Taking_away_the_note_of_an_anchor_hides_nothing()
    {
        var id = await Active();
        await Anchor(id);
        await Rewrite(id);
        await DropNotes(id);

        Assert.Contains("the log was rewritten", Text((await Verify(id))["flaws"]![0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_was_cut_short_is_found_by_its_anchor()
    {
        var id = await Active();
        await Anchor(id);
        var streams = world.Stack.Services.GetRequiredService<EventStreams<DeploymentState, DeploymentEvent>>();
        var head = (await streams.Read(CorrelationId.Parse(id), Stop))!;
        await Table.DeleteEntityAsync(Shard(id), $"{id}~event-{head.Sequence:D10}", cancellationToken: Stop);
        var before = (await streams.ReadEvents(head.Id, 1, (int)head.Sequence - 1, Stop)).ToList();
        DeploymentState? state = null;
        foreach (var each in before)
        {
            state = new DeploymentCodec().Evolve(state, new(each.Sequence, each.Timestamp, each.Actor, new DeploymentCodec().ReadEvent(each.EventType, each.Data)));
        }

        await Edit(id, "head", row => (row["Sequence"], row["Hash"], row["D0"]) = (head.Sequence - 1, before[^1].Hash.ToString(), new DeploymentCodec().WriteState(state!)));
        var found = await Verify(id);

        Assert.Equal((false, head.Sequence), (found["valid"]!.GetValue<bool>(), found["first_bad_sequence"]!.GetValue<long>()));
        Assert.Contains("covers the log up to event", Text(found["flaws"]![0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_log_that_was_dropped_is_found_by_its_id_and_without_it()
    {
        var id = await Active();
        await Anchor(id);
        var before = await FailuresOfARound();
        await foreach (var row in Table.QueryAsync(TableClient.RowsBetween(Shard(id), id, id + "\u007f"), cancellationToken: Stop))
        {
            await Table.DeleteEntityAsync(row.PartitionKey, row.RowKey, cancellationToken: Stop);
        }

        var found = await Verify(id);
        Assert.Equal((false, 1), (found["valid"]!.GetValue<bool>(), found["first_bad_sequence"]!.GetValue<int>()));
        Assert.Equal("The whole log is gone.", Text(found["flaws"]![0]));

        await DropNotes(id);
        Assert.Equal(before + 1, await FailuresOfARound());
    }

    [Fact]
    public async Task An_overwritten_record_of_a_pack_is_found()
    {
        var id = await Active(evidence => evidence with { Findings = (0, 0, 7, 0) });
        var pack = Text((await world.Deployment(id))["evidence_pack_id"]);
        var blob = world.Stack.Services.GetRequiredService<StorageLayout>().Evidence.GetBlobClient($"packs/{pack}.json");
        var record = (await blob.DownloadContentAsync(Stop)).Value.Content.ToString();
        Assert.Contains("\"medium\":7", record, StringComparison.Ordinal);
        await blob.UploadAsync(BinaryData.FromString(record.Replace("\"medium\":7", "\"medium\":0", StringComparison.Ordinal)), overwrite: true, Stop);

        var found = await Verify(id);

        Assert.False(found["evidence_valid"]!.GetValue<bool>());
        Assert.Contains("says other things", Text(found["flaws"]![0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_overwritten_anchor_is_found()
    {
        var (id, other) = (await Active(), await Active());
        await Anchor(id);
        await Anchor(other);
        var number = (await Verify(id))["anchor"]!["number"]!.GetValue<long>();
        var blob = world.Stack.Services.GetRequiredService<StorageLayout>().Audit.GetBlobClient(AnchorLog.NameOf(number));
        var whole = (await blob.DownloadContentAsync(Stop)).Value.Content;
        var before = await FailuresOfARound();
        await blob.UploadAsync(BinaryData.FromString(whole.ToString().Replace("\"created_total\":", "\"created_total\":1", StringComparison.Ordinal)), overwrite: true, Stop);
        try
        {
            var found = await Verify(id);
            Assert.False(found["valid"]!.GetValue<bool>());
            Assert.False(found["anchor"]!["valid"]!.GetValue<bool>());
            Assert.True(await FailuresOfARound() > before);
        }
        finally
        {
            // The class shares its world, and nothing may be built on a broken anchor.
            await blob.UploadAsync(whole, overwrite: true, Stop);
        }
    }

    private async Task<string> Active(Func<EvidenceBuilder, EvidenceBuilder>? evidence = null)
    {
        var app = world.NextApp();
        var stored = await world.Store(app, evidence);
        var id = Text((await world.Submit(app, stored.PackId)).Ok()["correlation_id"]);
        await world.Until(id, "ACTIVE");
        return id;
    }

    private async Task Anchor(string id) => await Eventually.Holds(async () =>
    {
        await world.Stack.Services.GetRequiredService<AnchorAuditLog>().Step(null, Stop);
        var found = await Verify(id);
        return found["anchor"] is not null && NotAnchored(found).Length == 0;
    });

    private async Task<int> FailuresOfARound()
    {
        var sweep = world.Stack.Services.GetRequiredService<VerifyAuditLog>();
        var (failed, cursor) = (0, (string?)null);
        do
        {
            var step = await sweep.Step(cursor, Stop);
            (failed, cursor) = (failed + step.Failed, step.Next);
        }
        while (cursor is not null);

        return failed;
    }

    // Everything that the tables hold is made to fit another beginning.
    private async Task Rewrite(string id)
    {
        var streams = world.Stack.Services.GetRequiredService<EventStreams<DeploymentState, DeploymentEvent>>();
        var head = (await streams.Read(CorrelationId.Parse(id), Stop))!;
        var (previous, forged) = (Digest.Zero, Actor.User(new(world.NextId())));
        foreach (var each in await streams.ReadEvents(head.Id, 1, (int)head.Sequence, Stop))
        {
            var actor = each.Sequence == 1 ? forged : each.Actor;
            var hash = EventHash.Of(each.StreamId, each.Sequence, each.EventType, each.Timestamp, actor, each.Data, previous);
            await Edit(id, $"event-{each.Sequence:D10}", row => (row["Actor"], row["Previous"], row["Hash"]) = (actor.ToString(), previous.ToString(), hash.ToString()));
            previous = hash;
        }

        await Edit(id, "head", row => row["Hash"] = previous.ToString());
    }

    private async Task DropNotes(string id)
    {
        var table = world.Stack.Services.GetRequiredService<StorageLayout>().Anchors;
        var key = Digest.Of(Encoding.UTF8.GetBytes($"d{id}")).ToString();
        await table.DeleteEntityAsync($"stream-{key[..2]}", key, cancellationToken: Stop);
    }

    private async Task<JsonObject> Verify(string id) => (await world.Publisher.Get($"events/verify/{id}/")).Ok();

    private async Task Edit(string id, string row, Action<TableEntity> change)
    {
        var entity = await Row(id, row);
        change(entity);
        await Put(id, row, entity);
    }

    private async Task<TableEntity> Row(string id, string row) => (await Table.GetEntityIfExistsAsync(Shard(id), $"{id}~{row}", cancellationToken: Stop))!;

    private async Task Put(string id, string row, TableEntity values)
    {
        var entity = new TableEntity(Shard(id), $"{id}~{row}");
        foreach (var (name, value) in values)
        {
            entity.Add(name, value);
        }

        await Table.UpsertEntityAsync(entity, TableUpdateMode.Replace, Stop);
    }

    private static string Shard(string id) => Digest.Of(Encoding.ASCII.GetBytes(id)).ToString()[..2];

    private static byte[] Flipped(byte[] bytes)
    {
        bytes[bytes.Length / 2] ^= 1;
        return bytes;
    }

    private static string Flipped(string text) => text[..^1] + (text[^1] == '0' ? '1' : '0');

    private static long Sequence(JsonObject verified) => verified["anchor"]!["sequence"]!.GetValue<long>();

    private static long[] NotAnchored(JsonObject verified) => [.. verified["anchor"]!["not_anchored"]!.AsArray().Select(each => each!.GetValue<long>())];
}

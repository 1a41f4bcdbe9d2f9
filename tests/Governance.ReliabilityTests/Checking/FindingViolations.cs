using Google.Protobuf;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Durable.Hub;
using Governance.Durable.Hub.Rows;
using Governance.LoadTests.Faults.Checking;
using Governance.Storage.Hub;
using Governance.Storage.Outbox;
using Governance.Storage.Streams;
using Governance.Storage.Tables;
using Governance.Storage.Views;

namespace Governance.ReliabilityTests.Checking;

/// <summary>The checker is believed because it finds what was spoiled on purpose, and nothing where nothing was.</summary>
public sealed class FindingViolations(CheckedInstallation installation) : IClassFixture<CheckedInstallation>
{
    private static readonly Invariant[] OnlyLog = [Invariant.Log];

    private TableClient Table => installation.Store.Layout.Deployments;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_installation_that_nobody_touched_has_none() => Assert.Empty(await installation.Check());

    [Fact]
    public async Task A_gap_in_a_log()
    {
        await using var spoiled = await Spoil(StreamRows.EventKey(installation.Completed, 2), null);

        Assert.Equal($"Stream {installation.Completed}: Event 2 is missing.", Assert.Single(await Found(OnlyLog)).Sentence);
    }

    [Fact]
    public async Task An_altered_event()
    {
        await using var spoiled = await Spoil(StreamRows.EventKey(installation.Completed, 2), row => row["At"] = "2020-01-01T00:00:00.0000000Z");

        Assert.StartsWith($"Stream {installation.Completed}: Event 2 ", Assert.Single(await Found(OnlyLog)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_that_is_ahead_of_its_log()
    {
        await using var spoiled = await Spoil(StreamRows.HeadKey(installation.Completed), row => row["Sequence"] = row.GetInt64("Sequence")!.Value + 1);

        Assert.Contains("is missing", Assert.Single(await Found(OnlyLog)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_that_is_not_the_fold_of_its_log()
    {
        var other = (await installation.Store.Deployments.Read(installation.Completed, Stop))!.State with { Reason = "Nobody said so." };
        await using var spoiled = await Spoil(
            StreamRows.HeadKey(installation.Completed), row => BinaryChunks.Write(row, new DeploymentCodec().WriteState(other)));

        Assert.Equal($"Stream {installation.Completed}: The head holds another state than the events lead to.", Assert.Single(await Found([Invariant.State])).Sentence);
    }

    [Theory]
    [InlineData("recent")]
    [InlineData("live")]
    [InlineData("cab-standard")]
    public async Task A_list_that_lost_its_entries(string list)
    {
        await using var spoiled = await Mended.Row(installation.Store.Layout.Views, list, PageCache.DirectoryKey, _ => null);

        var found = await Found([Invariant.Views]);

        Assert.Contains(found, each => each.Sentence.Contains($"does not show deployment {installation.Awaiting}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_list_that_shows_what_never_was()
    {
        var head = (await installation.Store.Deployments.Read(installation.Awaiting, Stop))!;
        var never = DeploymentSummary.Of(null, head.State with { Status = DeploymentStatus.Pending }, head.Sequence + 5, head.At, Actor.System, []);
        await using var spoiled = await Mended.All(installation.Store.Layout.Views);
        await CheckedStore.Lists(installation.Store.Layout.Views).Deployments.Apply([never], Stop);

        var found = await Found([Invariant.Views]);

        Assert.Contains(found, each => each.Sentence == $"The list of recent deployments shows deployment {installation.Awaiting} at event {head.Sequence + 5}, which the logs do not.");
        Assert.Contains(found, each => each.Sentence == $"The list of recent deployments does not show deployment {installation.Awaiting} at event {head.Sequence}, which the logs do.");
    }

    [Fact]
    public async Task An_intent_whose_pack_nobody_would_look_for()
    {
        var pack = (await installation.Store.Deployments.Read(installation.Waiting, Stop))!.State.Request.EvidencePackId;
        var notes = new WaitingIntents(installation.Store.Layout.Waiting);
        await notes.Remove(pack, installation.Waiting, Stop);

        var found = await Found([Invariant.Views]);

        await notes.Note(pack, installation.Waiting, Stop);
        Assert.Equal($"Deployment {installation.Waiting} waits for pack {pack}, and no note says so.", Assert.Single(found).Sentence);
    }

    [Fact]
    public async Task A_second_app_of_a_deployment()
    {
        var twin = installation.Apps[0] with { Id = "twin" };

        var found = await installation.Check([.. installation.Apps, twin]);

        Assert.Contains(found, each => each.Broken == Invariant.Plane && each.Sentence == $"Deployment {installation.Completed} has 2 apps: {installation.Apps[0].Id}, twin.");
    }

    [Fact]
    public async Task A_doubled_a_missing_and_a_strange_assignment()
    {
        var (app, assigned) = (installation.Apps[0], installation.Apps[0].Assignments[0]);
        async Task<string> With(params TenantAssignment[] assignments) => Assert.Single(await installation.Check([app with { Assignments = assignments }])).Sentence;

        Assert.Equal($"Deployment {installation.Completed} has 2 assignments of group {assigned.Group}.", await With(assigned, assigned));
        Assert.Equal($"Deployment {installation.Completed} has no assignment of group {assigned.Group}.", await With());
        Assert.Equal($"Deployment {installation.Completed} has an assignment of group elsewhere, which none of its rings has.", await With(assigned, assigned with { Group = "elsewhere" }));
    }

    [Fact]
    public async Task An_app_of_nobody_and_one_of_a_deployment_that_is_not_on_devices()
    {
        var app = installation.Apps[0];
        var found = await installation.Check([app, new("stray", "Made by hand.", []), app with { Id = "early", Notes = $"[gov|cid={installation.Awaiting}|" }]);

        Assert.Equal(
            ["App stray carries no mark of a deployment.", $"Deployment {installation.Awaiting} is AWAITING_CAB, and group {app.Assignments[0].Group} gets its app as required."],
            found.Select(each => each.Sentence));
    }

    [Fact]
    public async Task A_published_app_that_is_gone()
    {
        var found = await installation.Check([]);

        Assert.Contains(found, each => each.Sentence == $"Deployment {installation.Completed} is published as app {installation.Apps[0].Id}, which the tenant has not.");
    }

    [Fact]
    public async Task Follow_up_work_that_is_left()
    {
        var row = OutboxRows.Write(installation.Completed, 1, [], null);
        await Table.AddEntityAsync(row, Stop);

        var found = await Found([Invariant.Outbox]);

        await Table.DeleteEntityAsync(row.PartitionKey, row.RowKey, cancellationToken: Stop);
        Assert.Equal($"The follow-up work of event 1 of stream {installation.Completed} is left in its row.", Assert.Single(found).Sentence);
    }

    [Fact]
    public async Task A_deployment_whose_wait_was_lost()
    {
        var instance = $"{installation.Awaiting}-1-cab-1";
        await using var spoiled = await Mended.Row(installation.Store.HubTable, TaskHubEntities.PartitionKey(HubKeys.ShardOf(instance)), HubKeys.RunningRow(instance), _ => null);

        var found = await Found([Invariant.Orchestrations]);

        Assert.Equal(
            [
                $"Orchestration {installation.Awaiting}-1 waits for {instance}, which has ended without telling it, or never began.",
                $"Deployment {installation.Awaiting} is AWAITING_CAB, and no orchestration lives for its wait for the CAB.",
            ],
            found.Select(each => each.Sentence));
    }

    [Fact]
    public async Task An_orchestration_of_a_deployment_that_has_ended()
    {
        // The row of the one that waits for its pack, under the completed one's name: what a lost end would leave.
        var (from, to) = ($"{installation.Waiting}-1", $"{installation.Completed}-1");
        var row = await installation.Store.Hub.FindAsync(HubKeys.ShardOf(from), HubKeys.RunningRow(from), Stop);
        var instance = InstanceRow.Parser.ParseFrom(StoredBody.Parser.ParseFrom(row!.Body.Span).Inline);
        instance.State.InstanceId = to;
        var body = new StoredBody { Inline = instance.ToByteString() }.ToByteArray();
        await using var spoiled = await Mended.All(installation.Store.HubTable);
        var entity = TaskHubEntities.Row(HubKeys.ShardOf(to), new TaskHubWrite.Put(HubKeys.RunningRow(to), row.Hint, body)).Entity;
        await installation.Store.HubTable.UpsertEntityAsync(entity, TableUpdateMode.Replace, Stop);

        var found = await Found([Invariant.Orchestrations]);

        Assert.Equal(
            [
                $"Orchestration {to} lives on, though deployment {installation.Completed} is COMPLETED and needs it no more.",
                $"Orchestration {to} waits for nothing that can come: deployment {installation.Completed} is COMPLETED and nothing holds it.",
            ],
            found.Select(each => each.Sentence));
    }

    [Fact]
    public async Task A_promise_that_is_not_in_the_log_and_an_end_that_was_not_to_be()
    {
        var found = await installation.Check(told: new(
            [new(installation.Completed, "DEPLOYMENT_CREATED"), new(installation.Completed, "CAB_REJECTED")],
            [new(installation.Completed, [DeploymentStatus.Completed]), new(installation.Awaiting, [DeploymentStatus.Completed])]));

        Assert.Equal(
            [
                new(Invariant.Promises, $"A client was told of CAB_REJECTED of deployment {installation.Completed}, and the log has it 0 times."),
                new Violation(Invariant.Ends, $"Deployment {installation.Awaiting} is AWAITING_CAB and not COMPLETED."),
            ],
            found);
    }

    private async Task<IReadOnlyList<Violation>> Found(IReadOnlyCollection<Invariant> broken)
    {
        var found = await installation.Check();
        Assert.All(found, each => Assert.Contains(each.Broken, broken));
        return found;
    }

    private Task<Mended> Spoil(string key, Action<TableEntity>? edit) => Mended.Row(Table, StreamRows.Shard(installation.Completed), key, row =>
    {
        edit?.Invoke(row);
        return edit is null ? null : row;
    });
}

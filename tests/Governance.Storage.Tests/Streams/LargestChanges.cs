using System.Text.Json;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Storage.Outbox;
using Governance.Storage.Streams;
using Governance.Storage.Tables;
using Governance.Testing;
using Governance.Testing.Cab;
using Governance.Testing.Deployments;

namespace Governance.Storage.Tests.Streams;

public sealed class LargestChanges(AzuriteFixture azurite) : StreamFixture(azurite)
{
    // Three bytes each in UTF-8, six where JSON escapes it.
    private const char Wide = '\u4e2d';

    [Fact]
    public async Task The_largest_exception_that_may_be_asked_for_fits_its_rows_and_comes_back()
    {
        var asked = (ExceptionRequested)ExceptionStories.Asked().Log[0].Event;
        var largest = asked with
        {
            Request = asked.Request with
            {
                AppName = Text(200),
                Version = Text(100),
                Reason = Text(4000),
                FindingIds = [.. Enumerable.Range(0, 100).Select(_ => Text(100))],
                CompensatingControls = [.. Enumerable.Range(0, 20).Select(_ => Text(500))],
            },
        };
        var streams = new EventStreams<ExceptionState, ExceptionEvent>(Table, new ExceptionCodec(), Clock, [this]);

        var created = await streams.Create(Id, Alice, [largest], Stop);

        Assert.IsType<CreateResult<ExceptionState>.Created>(created);
        Assert.Equal(largest.Request, (await streams.Read(Id, Stop))!.State.Request);
        await FollowUpWorkIsBelow(256 * 1024);
    }

    [Fact]
    public async Task The_largest_intent_that_may_be_submitted_fits_its_rows_and_comes_back()
    {
        var created = (DeploymentCreated)DeploymentStories.Pending().Log[0].Event;
        var groups = Enumerable.Range(0, 100).Select(_ => Seeded.NextGuid()).Order().ToList();
        var largest = created with
        {
            Id = Id,
            Request = created.Request with
            {
                AppName = Text(200),
                Version = Text(100),
                Justification = Text(4000),
                Scope = created.Request.Scope with
                {
                    Rings = [.. Rings.All.Select(ring => created.Request.Scope.Rings[0] with { Ring = ring, GroupIds = [.. groups], ExcludedGroupIds = [.. groups] })],
                },
            },
        };
        var streams = new EventStreams<DeploymentState, DeploymentEvent>(Table, new DeploymentCodec(), Clock, [this]);

        Assert.IsType<CreateResult<DeploymentState>.Created>(await streams.Create(Id, Alice, [largest], Stop));

        Assert.Equal(largest.Request, (await streams.Read(Id, Stop))!.State.Request);
        await FollowUpWorkIsBelow(64 * 1024);
    }

    private static string Text(int length) => new(Wide, length);

    private async Task FollowUpWorkIsBelow(int bytes)
    {
        var row = Assert.Single(await Table.QueryAsync(TableClient.RowsBetween(StreamRows.Shard(Id), StreamRows.OutboxStart, StreamRows.OutboxEnd), cancellationToken: Stop).ToListAsync(Stop));
        var messages = OutboxRows.Read(Table.Name, row).Messages;
        Assert.InRange(messages.Sum(message => message.Payload.Length), 1, bytes);
        Assert.All(messages, message => JsonDocument.Parse(message.Payload).Dispose());
        Assert.InRange(bytes, 1, BinaryChunks.Limit);
    }
}

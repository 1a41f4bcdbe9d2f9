using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Storage.Hosting;
using Governance.Storage.Views;
using Governance.Testing;
using Governance.Testing.Cab;
using Governance.Testing.Deployments;

namespace Governance.Storage.Tests.Views;

public sealed class TellingViewsInAnyOrder(AzuriteFixture azurite) : ViewFixture(azurite)
{
    private static readonly DeploymentStatus[] Statuses = Enum.GetValues<DeploymentStatus>();

    private readonly AzuriteFixture _azurite = azurite;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Late_repeated_and_mixed_up_messages_show_what_messages_in_order_show(int seed)
    {
        var seeded = new Seeded(seed);
        var logs = Enumerable.Range(0, 12).Select(n => Log(seeded, n)).ToList();
        using var clients = new StorageClients(new StorageOptions { ConnectionString = _azurite.ConnectionString, Prefix = _azurite.NextPrefix() });
        var layout = new StorageLayout(clients);
        await layout.Prepare(Stop);
        var expected = new DeploymentViews(layout.Views, Clock);
        foreach (var batch in logs.SelectMany(log => log).OrderBy(change => change.UpdatedAt).Chunk(5))
        {
            await expected.Apply(batch, Stop);
        }

        DeploymentViews[] processes = [Views, Fresh(), Fresh()];
        var messages = Shuffled(seeded, [.. logs.SelectMany(log => log), .. logs.SelectMany(log => log).Where(_ => seeded.Next(0, 3) == 0)]);
        for (var told = 0; told < messages.Count;)
        {
            var batch = messages.Skip(told).Take(seeded.Next(1, 9)).ToList();
            told += batch.Count;
            await processes[seeded.Next(0, processes.Length)].Apply(batch, Stop);
            Clock.Advance(TimeSpan.FromMilliseconds(seeded.Next(0, 700)));
        }

        Clock.Advance(TimeSpan.FromSeconds(1));
        var asOf = FakeClock.Noon.AddHours(30);
        (await ShownViews.Of(Views, asOf, Stop)).ShowWhat(await ShownViews.Of(expected, asOf, Stop));
    }

    [Fact]
    public async Task Processes_that_are_told_of_one_deployment_at_once_agree_on_how_it_stands()
    {
        for (var round = 0; round < 10; round++)
        {
            var created = Created(round);
            var asked = Then(created, DeploymentStatus.AwaitingCab, Cab(60 + round));
            var rejected = Then(asked, DeploymentStatus.Rejected);

            await Task.WhenAll(
                Task.Run(() => Fresh().Apply([created, asked], Stop), Stop),
                Task.Run(() => Fresh().Apply([rejected], Stop), Stop),
                Task.Run(() => Fresh().Apply([asked], Stop), Stop));
        }

        Assert.All(await Recent(), each => Assert.Equal(DeploymentStatus.Rejected, each.Status));
        Assert.Equal(10, (await Recent()).Count);
        Assert.Empty(await Live());
        Assert.Empty(await Pending());
    }

    [Fact]
    public async Task What_is_remembered_of_a_list_is_no_reason_to_leave_it_as_it_is()
    {
        var other = Fresh();
        var asked = Then(Created(0), DeploymentStatus.AwaitingCab, Cab(60));
        await Views.Apply([Created(0)], Stop);
        Assert.Empty((await other.PendingCab(10, null, Stop)).Items);
        await other.Apply([Created(0)], Stop);
        await Views.Apply([asked], Stop);

        await other.Apply([Then(asked, DeploymentStatus.Cancelled)], Stop);
        Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(await Pending());
        Assert.Empty(await Live());
    }

    [Fact]
    public async Task A_request_that_was_asked_again_before_its_end_was_told_of_stands_once()
    {
        var first = Then(Created(0), DeploymentStatus.AwaitingCab, Cab(60));
        var relinked = Then(first, DeploymentStatus.Pending);
        var second = Then(relinked, DeploymentStatus.AwaitingCab, Cab(90) with { Revision = 2 });
        await Views.Apply([Created(0), first], Stop);
        await Views.Apply([second], Stop);

        await Fresh().Apply([relinked], Stop);
        Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(2, Assert.Single(await Pending()).Cab!.Revision);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Exceptions_in_any_order_stand_where_the_latest_message_puts_them(int seed)
    {
        var seeded = new Seeded(seed);
        var asked = ExceptionStories.Asked().Summary();
        ExceptionStatus[] ends = [ExceptionStatus.Pending, ExceptionStatus.Approved, ExceptionStatus.Denied, ExceptionStatus.Expired];
        var logs = Enumerable.Range(0, 20).Select(n =>
        {
            var first = asked with { Id = seeded.NextGuid(), RequestedAt = FakeClock.Noon.AddMinutes(n), AppName = n % 2 == 0 ? "7-Zip" : "Other" };
            var last = ends[n % ends.Length];
            return last == ExceptionStatus.Pending ? [first]
                : last == ExceptionStatus.Expired ? [first, first with { Sequence = 2, Status = ExceptionStatus.Approved }, first with { Sequence = 3, Status = last }]
                : new[] { first, first with { Sequence = 2, Status = last } };
        }).ToList();

        foreach (var batch in Shuffled(seeded, [.. logs.SelectMany(log => log), .. logs.SelectMany(log => log)]).Chunk(3))
        {
            await Exceptions.Apply(batch, Stop);
        }

        var final = logs.ConvertAll(log => log[^1]);
        Assert.Equal(final.Where(each => each.Status == ExceptionStatus.Pending), await ReadAll((count, cursor) => Exceptions.Pending(count, cursor, Stop)));
        Assert.Equal(final.Where(each => each.Status == ExceptionStatus.Approved), await ReadAll((count, cursor) => Exceptions.Approved(count, cursor, Stop)));
        Assert.Equal(final.Where(each => each.AppName == "Other").Reverse(), await Exceptions.Of("Other", Stop));
    }

    // One deployment's changes, whether a decider would let them happen or not: views believe whatever the log says.
    private static List<DeploymentSummary> Log(Seeded seeded, int n)
    {
        var created = Created(n, $"App {seeded.Next(0, 3)}", $"{seeded.Next(1, 3)}.0") with
        {
            SubmittedBy = seeded.Next(0, 2) == 0 ? People.Bob : People.Carol,
            Urgency = seeded.Next(0, 2) == 0 ? Urgency.Standard : Urgency.Urgent,
            CreatedAt = FakeClock.Noon.AddSeconds(seeded.Next(0, 6)),
        };
        created = created with { UpdatedAt = created.CreatedAt.AddTicks(n) };
        var log = new List<DeploymentSummary> { created };
        for (var change = seeded.Next(0, 7); change > 0; change--)
        {
            var before = log[^1];
            var cab = (before.Cab, seeded.Next(0, 4)) switch
            {
                (null, < 2) => Cab(seeded.Next(1, 6) * 100) with { Revision = log.Count },
                ({ Escalated: false } open, 0) => open with { Escalated = true },
                ({ } open, 1) => open with { Votes = open.Votes + 1 },
                _ => null,
            };
            var next = Then(before, Statuses[seeded.Next(0, Statuses.Length)], cab);
            var events = seeded.Next(1, 3);
            log.Add(next with
            {
                Sequence = before.Sequence + events,
                EventTypes = [.. Enumerable.Range(0, events).Select(each => $"EVENT_{each}")],
                UpdatedAt = before.UpdatedAt.AddMinutes(seeded.Next(1, 90)).AddTicks(n),
                Incidents = new(before.Incidents.Minor + seeded.Next(0, 2), 0, 0, 0),
                Actor = Actor.System,
            });
        }

        // History forgets nobody once counted, so what has counted goes on counting.
        var counted = log.FindIndex(AppHistories.Counts);
        return counted < 0 ? log : [.. log.Take(counted), .. log.Skip(counted).Select(each => each with { Incidents = each.Incidents with { Major = 1 } })];
    }

    private static List<T> Shuffled<T>(Seeded seeded, List<T> items)
    {
        for (var index = items.Count - 1; index > 0; index--)
        {
            var other = seeded.Next(0, index + 1);
            (items[index], items[other]) = (items[other], items[index]);
        }

        return items;
    }
}

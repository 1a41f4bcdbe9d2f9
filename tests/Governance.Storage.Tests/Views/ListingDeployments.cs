using Governance.Core.Deployments;
using Governance.Storage.Hosting;
using Governance.Storage.Views;
using Governance.Testing;
using Governance.Testing.Deployments;

namespace Governance.Storage.Tests.Views;

public sealed class ListingDeployments(AzuriteFixture azurite) : ViewFixture(azurite)
{
    [Fact]
    public async Task An_empty_list_is_empty()
    {
        Assert.Empty(await Recent());
        Assert.Empty(await Live());
        Assert.Empty(await Pending());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(200)]
    public async Task All_come_newest_first_whatever_the_size_of_a_page(int limit)
    {
        await Fill(250);

        Assert.Equal(Enumerable.Range(0, 250).Reverse().Select(IdOf), Ids(await Recent(limit: limit)));
    }

    [Fact]
    public async Task A_hundred_cost_the_same_few_reads_and_no_query_with_a_hundred_or_with_two_thousand_behind_them()
    {
        await Fill(100);
        var few = await CostOfAHundred();

        await Fill(2000, from: 100);

        Assert.Equal((0, 0), (few.Queries, few.Writes));
        var many = await CostOfAHundred();
        Assert.Equal((0, 0), (many.Queries, many.Writes));
        Assert.InRange(many.Reads, 1, 3);
        Assert.InRange(few.Reads, 1, 3);
    }

    [Fact]
    public async Task Within_a_second_a_list_is_read_from_memory_and_after_it_what_others_wrote_shows()
    {
        await Fill(3);
        var other = Fresh();
        Assert.Equal(3, (await Recent(other)).Count);
        await Views.Apply([Created(3)], Stop);
        using (var trips = RoundTrips.Count())
        {
            Clock.Advance(TimeSpan.FromMilliseconds(999));
            Assert.Equal(3, (await Recent(other)).Count);
            Assert.Equal(0, trips.Reads);
        }

        Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(4, (await Recent(other)).Count);
    }

    [Fact]
    public async Task A_repeat_changes_nothing_with_and_without_what_was_remembered()
    {
        var batch = Enumerable.Range(0, 150).Select(n => Created(n)).ToList();
        var changes = batch.ConvertAll(each => Then(each, DeploymentStatus.Blocked));
        await Views.Apply(batch, Stop);
        await Views.Apply(changes, Stop);
        var before = await Recent();

        await Views.Apply(batch, Stop);
        await Fresh().Apply(changes, Stop);
        await Fresh().Apply(batch[100..], Stop);
        Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(before, await Recent());
        Assert.All(before, each => Assert.Equal(DeploymentStatus.Blocked, each.Status));
        Assert.Equal(150, (await Live()).Count);
    }

    [Fact]
    public async Task An_old_entry_is_found_again_after_a_restart()
    {
        await Fill(450);

        await Fresh().Apply([Then(Created(7), DeploymentStatus.Cancelled), Then(Created(222), DeploymentStatus.Blocked)], Stop);
        Clock.Advance(TimeSpan.FromSeconds(1));

        var all = await Recent();
        Assert.Equal(Enumerable.Range(0, 450).Reverse().Select(IdOf), Ids(all));
        Assert.Equal(DeploymentStatus.Cancelled, all[449 - 7].Status);
        Assert.Equal(DeploymentStatus.Blocked, all[449 - 222].Status);
        Assert.Equal(449, (await Live()).Count);
        Assert.DoesNotContain(IdOf(7), Ids(await Live()));
    }

    [Fact]
    public async Task A_change_that_comes_late_puts_nothing_back()
    {
        var created = Created(1);
        var asked = Then(created, DeploymentStatus.AwaitingCab, Cab(60));
        var rejected = Then(asked, DeploymentStatus.Rejected);

        await Views.Apply([created], Stop);
        await Views.Apply([rejected], Stop);
        await Views.Apply([asked], Stop);
        await Fresh().Apply([created], Stop);
        Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(DeploymentStatus.Rejected, Assert.Single(await Recent()).Status);
        Assert.Empty(await Live());
        Assert.Empty(await Pending());
    }

    [Fact]
    public async Task A_removal_that_comes_late_still_takes_out_what_is_not_there_any_more()
    {
        var asked = Then(Created(1), DeploymentStatus.AwaitingCab, Cab(60));
        var approved = Then(asked, DeploymentStatus.Approved);
        var active = Then(approved, DeploymentStatus.Active);
        await Views.Apply([Created(1)], Stop);
        await Views.Apply([asked], Stop);
        await Views.Apply([active], Stop);

        await Views.Apply([approved], Stop);

        Assert.Empty(await Pending());
        Assert.Equal(DeploymentStatus.Active, Assert.Single(await Live()).Status);
    }

    [Fact]
    public async Task What_has_ended_is_live_no_more_and_what_is_completed_still_is()
    {
        await Fill(4);

        await Views.Apply(
            [
                Then(Created(0), DeploymentStatus.Completed), Then(Created(1), DeploymentStatus.Failed),
                Then(Created(2), DeploymentStatus.Active), Then(Created(3), DeploymentStatus.RolledBack),
            ],
            Stop);

        Assert.Equal([IdOf(0), IdOf(2)], Ids(await Live()));
    }

    [Fact]
    public async Task Filters_narrow_a_list_and_a_short_page_goes_on()
    {
        await Views.Apply([.. Enumerable.Range(0, 300).Select(n => n % 50 == 0 ? Then(Created(n, "Rare"), DeploymentStatus.Blocked) : Created(n))], Stop);

        Assert.Equal([IdOf(250), IdOf(200), IdOf(150), IdOf(100), IdOf(50), IdOf(0)], Ids(await Recent(app: "Rare")));
        Assert.Equal(6, (await Recent(status: DeploymentStatus.Blocked, limit: 4)).Count);
        Assert.Empty(await Recent(status: DeploymentStatus.Expired));
        Assert.Equal(300, (await ReadAll((count, cursor) => Views.Recent(null, Created(0).TargetRing, null, count, cursor, Stop))).Count);
    }

    [Fact]
    public async Task Everybody_has_a_list_of_their_own()
    {
        await Views.Apply([.. Enumerable.Range(0, 30).Select(n => Created(n) with { SubmittedBy = n % 3 == 0 ? People.Bob : People.Carol })], Stop);

        Assert.Equal(10, (await Views.ByRequester(People.Bob, 100, null, Stop)).Items.Count);
        Assert.Equal(20, (await Views.ByRequester(People.Carol, 100, null, Stop)).Items.Count);
        Assert.Equal(IdOf(27), (await Views.ByRequester(People.Bob, 1, null, Stop)).Items[0].CorrelationId);
        Assert.Empty((await Views.ByRequester(People.Dave, 100, null, Stop)).Items);
    }

    [Fact]
    public async Task Two_processes_that_write_at_once_lose_nothing_of_each_other()
    {
        var other = Fresh();

        await Task.WhenAll(
            Task.Run(async () =>
            {
                for (var n = 0; n < 20; n += 2)
                {
                    await Views.Apply([Created(n)], Stop);
                }
            }),
            Task.Run(async () =>
            {
                for (var n = 1; n < 20; n += 2)
                {
                    await other.Apply([Created(n)], Stop);
                }
            }));
        Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Enumerable.Range(0, 20).Select(IdOf).Order(Comparer), Ids(await Recent()).Order(Comparer));
        Assert.Equal(20, (await Live()).Count);
        Assert.Equal(20, (await ReadAll((count, cursor) => Views.Events(FakeClock.Noon, _ => true, count, cursor, Stop))).Count);
    }

    [Fact]
    public async Task A_batch_that_touches_many_pages_is_written_in_parts()
    {
        await Fill(2500);

        await Fresh().Apply([.. Enumerable.Range(0, 25).Select(page => Then(Created(page * 100), DeploymentStatus.Blocked))], Stop);
        Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(25, (await Recent(status: DeploymentStatus.Blocked)).Count);
        Assert.Equal(2500, (await Recent()).Count);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("1.x")]
    [InlineData("-1.-1")]
    [InlineData("99999999999999999999.0")]
    [InlineData("77~")]
    [InlineData("~")]
    public async Task A_place_that_somebody_made_up_does_no_harm(string cursor)
    {
        await Fill(3);

        var page = await Views.Recent(null, null, null, 10, cursor, Stop);

        Assert.True(page.Items.Count is 0 or 3);
        Assert.Null(page.Cursor);
    }

    [Fact]
    public async Task Whoever_was_never_listed_stands_where_its_time_is_and_pages_stay_in_bounds()
    {
        await Fill(300);
        var between = Enumerable.Range(0, 250).Select(n => Created(1000 + n) with { CreatedAt = FakeClock.Noon.AddSeconds(50).AddMilliseconds(n) }).ToList();

        foreach (var batch in between.Chunk(30).Reverse())
        {
            await Fresh().Apply(batch, Stop);
        }

        Clock.Advance(TimeSpan.FromSeconds(1));
        var expected = Enumerable.Range(0, 51).Select(IdOf).Concat(between.Select(each => each.CorrelationId)).Concat(Enumerable.Range(51, 249).Select(IdOf));

        // The first of those between was created at the very instant of another: there the key decides.
        Assert.Equal(expected, Ids(await Live()));
        Assert.Equal(550, (await Recent(limit: 7)).Count);
    }

    [Fact]
    public async Task Where_everything_has_gone_the_list_is_empty_and_takes_new_entries()
    {
        await Fill(250);
        await Views.Apply([.. Enumerable.Range(0, 250).Select(n => Then(Created(n), DeploymentStatus.Cancelled))], Stop);
        Assert.Empty(await Live());

        await Fresh().Apply([Created(300), Created(299)], Stop);
        Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([IdOf(299), IdOf(300)], Ids(await Live()));
        var rows = await Layout.Views.QueryAsync("PartitionKey eq 'live'", cancellationToken: Stop).ToListAsync(Stop);
        Assert.Equal(2, rows.Count);
    }

    [Fact]
    public async Task A_page_whose_row_was_lost_hides_the_others_from_nobody_and_is_filled_again()
    {
        await Fill(300);
        await Layout.Views.DeleteEntityAsync("recent", PageCache.PageKey(2), Azure.ETag.All, Stop);
        var views = Fresh();
        Assert.Equal(200, (await Recent(views)).Count);

        await views.Apply([.. Enumerable.Range(100, 100).Select(n => Created(n))], Stop);
        Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Enumerable.Range(0, 300).Reverse().Select(IdOf), Ids(await Recent(views)));
    }

    private static readonly Comparer<Governance.Core.CorrelationId> Comparer =
        Comparer<Governance.Core.CorrelationId>.Create((one, other) => one.Value.CompareTo(other.Value));

    private async Task Fill(int count, int from = 0)
    {
        foreach (var batch in Enumerable.Range(from, count).Chunk(100))
        {
            await Views.Apply([.. batch.Select(n => Created(n))], Stop);
        }
    }

    private async Task<(int Reads, int Queries, int Writes)> CostOfAHundred()
    {
        using var trips = RoundTrips.Count();
        Assert.Equal(100, (await Fresh().Recent(null, null, null, 100, null, Stop)).Items.Count);
        return (trips.Reads, trips.Queries, trips.Writes);
    }
}

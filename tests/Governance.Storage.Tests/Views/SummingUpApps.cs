using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Storage.Views;
using Governance.Testing;
using Governance.Testing.Cab;

namespace Governance.Storage.Tests.Views;

public sealed class SummingUpApps(AzuriteFixture azurite) : ViewFixture(azurite)
{
    private static readonly IncidentCounts None = new(0, 0, 0, 0);

    [Fact]
    public async Task Deployments_are_grouped_by_app_and_version()
    {
        await Views.Apply([Created(0), Created(1, version: "25.00"), Created(2), Created(3, "Notepad++", "8.6")], Stop);
        await Views.Apply([Then(Created(1, version: "25.00"), DeploymentStatus.Active)], Stop);

        var apps = (await Views.Applications(10, null, Stop)).Items;

        Assert.Equal(["Notepad++", "7-Zip"], apps.Select(app => app.AppName));
        Assert.Equal(["25.00", "24.09"], apps[1].Versions.Select(version => version.Version));
        Assert.Equal(DeploymentStatus.Active, Assert.Single(apps[1].Versions[0].Deployments).Status);
        Assert.Equal([IdOf(2), IdOf(0)], apps[1].Versions[1].Deployments.Select(each => each.CorrelationId));
    }

    [Fact]
    public async Task A_change_older_than_the_last_one_of_the_app_shows_too()
    {
        await Views.Apply([Created(0), Created(100)], Stop);

        await Views.Apply([Then(Created(0), DeploymentStatus.Blocked) with { UpdatedAt = FakeClock.Noon.AddSeconds(1) }], Stop);

        var versions = (await Views.Applications(10, null, Stop)).Items[0].Versions;
        Assert.Contains(versions[0].Deployments, each => each.CorrelationId == IdOf(0) && each.Status == DeploymentStatus.Blocked);
    }

    [Fact]
    public async Task Apps_with_many_versions_and_long_names_stay_within_a_row()
    {
        for (var app = 0; app < 3; app++)
        {
            var name = new string((char)('a' + app), 200);
            await Views.Apply([.. Enumerable.Range(0, 300).Select(n => Created((app * 300) + n, name, $"{n % 60:D3}{new string('9', 97)}"))], Stop);
        }

        var apps = (await Views.Applications(10, null, Stop)).Items;
        Assert.Equal(3, apps.Count);
        Assert.All(apps, app => Assert.Equal(20, app.Versions.Count));
        Assert.All(apps, app => Assert.All(app.Versions, version => Assert.Equal(5, version.Deployments.Count)));
    }

    [Fact]
    public async Task An_apps_history_counts_each_deployment_once_however_often_it_is_told()
    {
        var (one, two) = (Then(Created(0), DeploymentStatus.Completed), Then(Created(1), DeploymentStatus.Failed) with { Incidents = new(1, 0, 2, 0) });
        await Views.Apply([Created(0), Created(1), Created(2)], Stop);

        await Views.Apply([one, two], Stop);
        await Fresh().Apply([two, one], Stop);
        await Views.Apply([Then(one, DeploymentStatus.Completed) with { Incidents = new(0, 0, 0, 1) }], Stop);

        Assert.Equal(new AppHistory(1, 1, new(1, 0, 2, 1), FakeClock.Noon), await Views.History("7-Zip", FakeClock.Noon, Stop));
        Assert.Equal(AppHistory.None(FakeClock.Noon), await Views.History("Other", FakeClock.Noon, Stop));
    }

    [Fact]
    public void Old_shares_of_a_history_are_summed_and_still_count()
    {
        HistoryRow? row = null;
        for (var n = 0; n < AppHistories.MostShares + 100; n++)
        {
            row = AppHistories.With(row, [Then(Created(n), DeploymentStatus.Completed) with { Incidents = n % 2 == 0 ? new(1, 0, 0, 0) : None }]);
        }

        Assert.Equal(new AppHistory(2100, 0, new(1050, 0, 0, 0), FakeClock.Noon), AppHistories.Sum(row, FakeClock.Noon));
        Assert.Equal(AppHistories.MostShares, row!.Shares.Count);
        Assert.Null(AppHistories.With(row, [Then(Created(7), DeploymentStatus.Completed)]));
    }

    [Fact]
    public async Task An_app_stands_where_its_first_deployment_was_whenever_that_is_told_of()
    {
        await Views.Apply([Created(5, "Early"), Created(6, "Other")], Stop);

        await Views.Apply([Created(9, "Early")], Stop);
        await Views.Apply([Created(3, "Other")], Stop);
        await Views.Apply([Created(1, "Other")], Stop);

        Assert.Equal(["Early", "Other"], (await Views.Applications(10, null, Stop)).Items.Select(app => app.AppName));
        Assert.Equal([IdOf(9), IdOf(5)], await Views.DeploymentsOf("Early", null, Stop));
    }

    [Fact]
    public async Task Events_lie_by_hour_newest_first_and_once()
    {
        var created = Created(0);
        var two = Then(created, DeploymentStatus.AwaitingCab, Cab(100)) with { Sequence = 3, EventTypes = ["POLICY_CHECK_COMPLETED", "CAB_SUBMISSION_PREPARED"] };
        await Views.Apply([created], Stop);
        await Views.Apply([two], Stop);
        await Views.Apply([two, created], Stop);

        var noon = await Views.Events(FakeClock.Noon, _ => true, 10, null, Stop);
        var later = await Views.Events(two.UpdatedAt, _ => true, 10, null, Stop);
        var checks = await Views.Events(two.UpdatedAt, each => each.EventType == "POLICY_CHECK_COMPLETED", 10, null, Stop);

        Assert.Equal([new ListedEvent(IdOf(0), 1, "DEPLOYMENT_CREATED", created.UpdatedAt)], noon.Items);
        Assert.Equal([(3L, "CAB_SUBMISSION_PREPARED"), (2L, "POLICY_CHECK_COMPLETED")], later.Items.Select(each => (each.EventSequence, each.EventType)));
        Assert.Single(checks.Items);
        Assert.Empty((await Views.Events(FakeClock.Noon.AddHours(-1), _ => true, 10, null, Stop)).Items);
    }

    [Fact]
    public async Task The_last_results_of_a_ring_are_kept_and_tell_whose_they_are()
    {
        var measured = new RingMeasurement(FakeClock.Noon, Connectivity.Online, new RingResults(100, 97, 1, 2, 0));
        var devices = new RingDeviceResults(100, 97, 1, 2, 0, 0, FakeClock.Noon);

        await Views.SaveRingResults("7-Zip", "24.09", Ring.Canary, IdOf(0), measured, devices, Stop);

        Assert.Equal(measured, await Views.RingResults("7-Zip", "24.09", Ring.Canary, Stop));
        Assert.Equal(devices, await Views.DevicesOf("7-Zip", "24.09", Ring.Canary, IdOf(0), Stop));
        Assert.Null(await Views.DevicesOf("7-Zip", "24.09", Ring.Canary, IdOf(1), Stop));
        Assert.Null(await Views.RingResults("7-Zip", "24.09", Ring.Pilot, Stop));
    }

    [Fact]
    public async Task Exceptions_are_pending_then_approved_and_always_their_apps()
    {
        var asked = ExceptionStories.Asked().Summary();
        var approved = asked with { Sequence = asked.Sequence + 1, Status = ExceptionStatus.Approved };
        await Exceptions.Apply([asked], Stop);
        Assert.Equal([asked.Id], (await Exceptions.Pending(10, null, Stop)).Items.Select(each => each.Id));

        await Exceptions.Apply([approved], Stop);
        await Exceptions.Apply([asked], Stop);

        Assert.Empty((await Exceptions.Pending(10, null, Stop)).Items);
        Assert.Equal([approved], (await Exceptions.Approved(10, null, Stop)).Items);
        Assert.Equal([approved], await Exceptions.Of(asked.AppName, Stop));
        Assert.Empty(await Exceptions.Of("Other", Stop));

        await Exceptions.Apply([approved with { Sequence = approved.Sequence + 1, Status = ExceptionStatus.Expired }], Stop);
        Assert.Empty((await Exceptions.Approved(10, null, Stop)).Items);
    }

    [Fact]
    public async Task Exceptions_with_long_texts_spread_over_more_pages()
    {
        var seeded = new Seeded(9);
        var asked = ExceptionStories.Asked().Summary();
        var many = Enumerable.Range(0, 150).Select(_ => asked with
        {
            Id = seeded.NextGuid(),
            Reason = Convert.ToBase64String(seeded.NextBytes(3000)),
            CompensatingControls = [.. Enumerable.Range(0, 5).Select(_ => Convert.ToBase64String(seeded.NextBytes(3000)))],
        }).ToList();

        await Exceptions.Apply(many, Stop);

        Assert.Equal(150, (await ReadAll((count, cursor) => Exceptions.Pending(count, cursor, Stop))).Count);
    }
}

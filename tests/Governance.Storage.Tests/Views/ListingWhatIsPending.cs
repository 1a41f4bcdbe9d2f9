using Governance.Core.Deployments;
using Governance.Testing;

namespace Governance.Storage.Tests.Views;

public sealed class ListingWhatIsPending(AzuriteFixture azurite) : ViewFixture(azurite)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public async Task Escalated_requests_come_first_and_then_all_others_by_deadline(int limit)
    {
        await Ask(0, Cab(2880));
        await Ask(1, Cab(1440), Urgency.Urgent);
        await Ask(2, Cab(2890));
        await Ask(3, Cab(2885), Urgency.Urgent);
        await Ask(4, Cab(-10, escalated: true));
        await Ask(5, Cab(3000), Urgency.Urgent);

        Assert.Equal([IdOf(4), IdOf(1), IdOf(0), IdOf(3), IdOf(2), IdOf(5)], Ids(await Pending(limit)));
    }

    [Fact]
    public async Task What_is_decided_goes_and_what_is_escalated_moves_up()
    {
        var first = await Ask(0, Cab(100));
        var second = await Ask(1, Cab(200));
        await Ask(2, Cab(300));

        await Views.Apply([Then(first, DeploymentStatus.Approved), Then(second, DeploymentStatus.AwaitingCab, Cab(200, escalated: true))], Stop);

        Assert.Equal([IdOf(1), IdOf(2)], Ids(await Pending()));
    }

    [Fact]
    public async Task A_request_that_was_asked_and_decided_within_one_batch_never_shows()
    {
        var asked = Then(Created(0), DeploymentStatus.AwaitingCab, Cab(100));

        await Views.Apply([Created(0), asked, Then(asked, DeploymentStatus.Rejected)], Stop);

        Assert.Empty(await Pending());
    }

    [Fact]
    public async Task A_second_revision_takes_the_place_of_the_first()
    {
        var asked = await Ask(0, Cab(100));
        await Ask(1, Cab(150));
        var again = Then(asked, DeploymentStatus.AwaitingCab, Cab(400) with { Revision = 2 });

        await Views.Apply([again], Stop);

        Assert.Equal([1, 2], (await Pending()).Select(each => each.Cab!.Revision));
    }

    [Fact]
    public async Task Hundreds_of_decided_ones_leave_the_rest_in_order()
    {
        var asked = new List<DeploymentSummary>();
        foreach (var batch in Enumerable.Range(0, 500).Chunk(100))
        {
            await Views.Apply([.. batch.Select(n => Created(n))], Stop);
            asked.AddRange(batch.Select(n => Then(Created(n), DeploymentStatus.AwaitingCab, Cab(1000 + n))));
            await Views.Apply(asked[^100..], Stop);
        }

        foreach (var batch in asked.Where((_, n) => n % 10 != 0).Chunk(100))
        {
            await Views.Apply([.. batch.Select(each => Then(each, DeploymentStatus.Approved))], Stop);
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(n => IdOf(n * 10)), Ids(await Pending(limit: 7)));
    }

    private async Task<DeploymentSummary> Ask(int n, OpenCabRequest cab, Urgency urgency = Urgency.Standard)
    {
        var created = Created(n) with { Urgency = urgency };
        var asked = Then(created, DeploymentStatus.AwaitingCab, cab);
        await Views.Apply([created], Stop);
        await Views.Apply([asked], Stop);
        return asked;
    }
}

using Governance.Core.Rollout;
using Governance.Intune.Tests.Support;

namespace Governance.Intune.Tests.Publishing;

public sealed class PublishingAnApp
{
    [Fact]
    public async Task A_new_app_is_made_uploaded_activated_and_assigned_in_Intunes_order()
    {
        await using var tenant = await Tenant.Start();
        var fence = new MemoryFence();

        var outcome = await tenant.Plane().Publish(Given.Request(await Given.Package()), fence, default);

        var published = Assert.IsType<PublishOutcome.Published>(outcome);
        var app = tenant.App(Given.Id(1));
        Assert.Equal(new PlaneIds(app.Id, "1", app.Versions[0].Files[0].Id), published.Ids);
        Assert.Equal(published.Ids, fence.Stored);
        Assert.Equal(app.Id, published.ExternalId);
        Assert.Equal(
            [
                "GET mobileApps",
                "POST mobileApps",
                "POST mobileApps/*/contentVersions",
                "POST mobileApps/*/contentVersions/*/files",
                "GET mobileApps/*/contentVersions/*/files/*",
                "PUT blob/*/*/*?block",
                "PUT blob/*/*/*?blocklist",
                "POST mobileApps/*/contentVersions/*/files/*/commit",
                "GET mobileApps/*/contentVersions/*/files/*",
                "PATCH mobileApps/*",
                "GET mobileApps/*",
                "GET mobileApps/*/assignments",
                "POST mobileApps/*/assign",
            ],
            tenant.Asked());
        Assert.Equal(["checkpoint - - -", "checkpoint app - -", "checkpoint app 1 -", "checkpoint app 1 file", "assigning"], fence.Questions);
        Assert.Equal("published", app.PublishingState);
        Assert.Equal([(Tenant.Lab.ToString(), "required")], app.Assignments.Select(a => (a.GroupId!, a.Intent)));
    }
}

using Governance.Core.Rollout;
using Governance.Intune.Tests.Support;
using Governance.Local.Intune;

namespace Governance.Intune.Tests.Publishing;

/// <summary>Uploads, commits and activations that don't go through at once.</summary>
public sealed class WhenContentIsRefused
{
    [Theory]
    [InlineData("commitFileFailed", "/commit$")]
    [InlineData("azureStorageUriRequestFailed", "/files$")]
    [InlineData("azureStorageUriRequestTimedOut", "/files$")]
    public async Task A_dead_file_costs_a_new_app_once(string end, string path)
    {
        await using var tenant = await Tenant.Start();
        tenant.Misbehave("POST", path, new() { End = end });

        var outcome = await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default);

        Assert.IsType<PublishOutcome.Published>(outcome);
        Assert.Equal("published", tenant.App(Given.Id(1)).PublishingState);
        Assert.Equal(2, tenant.Asked().Count(call => call == "POST mobileApps"));
        Assert.Equal(1, tenant.Asked().Count(call => call == "DELETE mobileApps/*"));
    }

    [Fact]
    public async Task Content_that_fails_in_a_new_app_too_ends_the_attempt()
    {
        await using var tenant = await Tenant.Start();
        tenant.Misbehave("POST", "/commit$", new() { End = "commitFileFailed" }, count: 9);

        var failed = Assert.IsType<PublishOutcome.Failed>(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));

        Assert.Equal((ErrorClass.Transient, "CONTENT_REFUSED"), (failed.Failure.Class, failed.Failure.Code));
        Assert.Single(tenant.Apps(Given.Id(1)));
    }

    [Fact]
    public async Task A_dead_file_of_a_published_app_costs_a_new_version_and_no_app()
    {
        await using var tenant = await Tenant.Start();
        var request = Given.Request(await Given.Package());
        var known = Given.Of(await tenant.Plane().Publish(request, new MemoryFence(), default)).Ids;
        tenant.Misbehave("POST", "/commit$", new() { End = "commitFileFailed" });
        var app = tenant.App(Given.Id(1));
        app.Versions.Add(new() { Id = "2" });
        app.Committed = "2";

        var outcome = await tenant.Plane().Publish(request with { Known = known }, new MemoryFence(), default);

        Assert.Equal("4", Assert.IsType<PublishOutcome.Published>(outcome).Ids.ContentVersion);
        Assert.Same(app, tenant.App(Given.Id(1)));
    }

    [Fact]
    public async Task An_app_that_can_not_be_repaired_and_has_lost_its_mark_is_not_deleted()
    {
        await using var tenant = await Tenant.Start();
        tenant.Misbehave("POST", "/commit$", new() { End = "commitFileFailed" });
        var fence = new Watching(question =>
        {
            if (question is "checkpoint app 1 file")
            {
                tenant.Simulator.EditNotes(tenant.Simulator.Tenant.Apps.Single(), "mine now");
            }
        });

        var failed = Assert.IsType<PublishOutcome.Failed>(await tenant.Plane().Publish(Given.Request(await Given.Package()), fence, default));

        Assert.Equal((ErrorClass.Permanent, "CONTENT_STUCK"), (failed.Failure.Class, failed.Failure.Code));
        Assert.Single(tenant.Simulator.Tenant.Apps);
    }

    [Fact]
    public async Task A_commit_that_times_out_is_asked_for_again_at_most_three_times()
    {
        await using var twice = await Tenant.Start();
        twice.Misbehave("POST", "/commit$", new() { End = "commitFileTimedOut" }, count: 2);
        Assert.IsType<PublishOutcome.Published>(await twice.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));
        Assert.Single(twice.Asked(), call => call == "POST mobileApps");

        await using var always = await Tenant.Start();
        always.Misbehave("POST", "/commit$", new() { End = "commitFileTimedOut" }, count: 9);
        var failed = Assert.IsType<PublishOutcome.Failed>(await always.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));
        Assert.Equal("COMMIT_TIMED_OUT", failed.Failure.Code);
        Assert.Equal(3, always.Asked().Count(call => call.EndsWith("/commit", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("POST", "/files$", "UPLOAD_ADDRESS_LATE", 2)]
    [InlineData("POST", "/commit$", "COMMIT_LATE", 6)]
    [InlineData("PATCH", ".", "PUBLISH_LATE", 10)]
    public async Task A_state_that_never_comes_about_ends_at_its_deadline(string method, string path, string code, int minutes)
    {
        await using var tenant = await Tenant.Start();
        tenant.Misbehave(method, path, new() { End = "pending" }, count: 9);
        var from = tenant.Clock.GetUtcNow();

        var failed = Assert.IsType<PublishOutcome.Failed>(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));

        Assert.Equal((ErrorClass.Transient, code), (failed.Failure.Class, failed.Failure.Code));
        Assert.InRange((tenant.Clock.GetUtcNow() - from).TotalMinutes, minutes - 0.2, minutes + 1);
        Assert.NotNull(failed.Ids.AppId);
    }

    [Fact]
    public async Task States_that_take_their_time_are_waited_for_and_the_claim_hears_from_us()
    {
        await using var tenant = await Tenant.Start(o => o with
        {
            AddressDelay = TimeSpan.FromSeconds(40),
            CommitDelay = TimeSpan.FromSeconds(100),
            PublishDelay = TimeSpan.FromSeconds(200),
            PendingLooks = 2,
        });
        var fence = new MemoryFence();

        var outcome = await tenant.Plane().Publish(Given.Request(await Given.Package()), fence, default);

        Assert.IsType<PublishOutcome.Published>(outcome);
        Assert.InRange(fence.Questions.Count(question => question == "checkpoint app 1 file"), 8, 14);
    }

    [Fact]
    public async Task Assigning_waits_until_replicas_agree()
    {
        await using var tenant = await Tenant.Start(o => o with { NotSettledFor = TimeSpan.FromSeconds(45) });
        Assert.IsType<PublishOutcome.Published>(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));

        await using var never = await Tenant.Start(o => o with { NotSettledFor = TimeSpan.FromHours(1) });
        var failed = Assert.IsType<PublishOutcome.Failed>(await never.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));
        Assert.Equal((ErrorClass.Permanent, "GRAPH_CONFLICT", 412), (failed.Failure.Class, failed.Failure.Code, failed.Failure.Status));
    }

    [Fact]
    public async Task A_block_that_was_altered_on_its_way_is_found_by_Intune_and_uploaded_anew()
    {
        await using var tenant = await Tenant.Start();
        tenant.Misbehave("PUT", "comp=block$", new() { Corrupt = true });

        Assert.IsType<PublishOutcome.Published>(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));
    }

    private sealed class Watching(Action<string> watch) : IPublishFence
    {
        private readonly MemoryFence _inner = new();

        public async Task<bool> Checkpoint(PlaneIds ids, CancellationToken cancellation)
        {
            var held = await _inner.Checkpoint(ids, cancellation);
            watch(_inner.Questions[^1]);
            return held;
        }

        public Task<bool> EnterAssigning(CancellationToken cancellation) => _inner.EnterAssigning(cancellation);
    }
}

using Governance.Core.Rollout;
using Governance.Intune.Publishing;
using Governance.Intune.Tests.Support;
using Governance.Local.Intune;

namespace Governance.Intune.Tests.Publishing;

public sealed class UploadingContent
{
    [Fact]
    public async Task Many_blocks_are_put_in_order_and_none_carries_a_token()
    {
        await using var tenant = await Tenant.Start();

        var outcome = await tenant.Plane(o => o with { BlockBytes = 64 << 10 }).Publish(
            Given.Request(await Given.Package(bytes: 300_000)), new MemoryFence(), default);

        Assert.IsType<PublishOutcome.Published>(outcome);
        Assert.Equal(5, tenant.Simulator.Journal.Entries.Count(entry => entry.Kind == "block"));
        Assert.Single(tenant.Simulator.Journal.Entries, entry => entry.Kind == "blocklist");
        Assert.DoesNotContain(tenant.Simulator.Journal.Entries, entry => entry.HasToken);
        Assert.Empty(tenant.Simulator.Tenant.Blobs);
    }

    [Fact]
    public async Task An_address_that_Storage_does_not_know_yet_is_tried_again()
    {
        await using var tenant = await Tenant.Start(o => o with { AddressUnknownFor = TimeSpan.FromSeconds(20) });

        Assert.IsType<PublishOutcome.Published>(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));
        Assert.DoesNotContain(tenant.Asked(), call => call.EndsWith("renewUpload", StringComparison.Ordinal));
        Assert.Equal(4, tenant.Simulator.Journal.Entries.Count(entry => entry is { Kind: "block", Status: 403 }));
    }

    [Fact]
    public async Task An_address_about_to_expire_is_renewed_before_it_does_and_staged_blocks_stay()
    {
        await using var tenant = await Tenant.Start(o => o with { AddressLife = TimeSpan.FromMinutes(5) });
        tenant.Misbehave("PUT", "comp=block$", new() { DelayAfter = TimeSpan.FromSeconds(100) }, count: 5);

        var outcome = await tenant.Plane(o => o with { BlockBytes = 64 << 10 }).Publish(
            Given.Request(await Given.Package(bytes: 300_000)), new MemoryFence(), default);

        Assert.IsType<PublishOutcome.Published>(outcome);
        Assert.Contains("POST mobileApps/*/contentVersions/*/files/*/renewUpload", tenant.Asked());
        Assert.DoesNotContain(tenant.Simulator.Journal.Entries, entry => entry.Status == 403);
    }

    [Fact]
    public async Task An_address_that_stays_refused_is_renewed_three_times_at_most()
    {
        await using var tenant = await Tenant.Start();
        tenant.Misbehave("PUT", "^/blob/", new() { Answer = new(403) }, count: 6);
        Assert.IsType<PublishOutcome.Published>(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));
        Assert.Single(tenant.Asked(), call => call.EndsWith("renewUpload", StringComparison.Ordinal));

        tenant.Misbehave("PUT", "^/blob/", new() { Answer = new(403) }, count: 1000);
        var failed = Assert.IsType<PublishOutcome.Failed>(
            await tenant.Plane().Publish(Given.Request(await Given.Package(), Given.Id(2)), new MemoryFence(), default));
        Assert.Equal((ErrorClass.Transient, "UPLOAD_REFUSED"), (failed.Failure.Class, failed.Failure.Code));
        Assert.Equal(4, tenant.Asked().Count(call => call.EndsWith("renewUpload", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(500, 4)]
    [InlineData(503, 4)]
    [InlineData(400, 1)]
    public async Task Storage_trouble_is_tried_again_and_a_refusal_is_not(int status, int tries)
    {
        await using var tenant = await Tenant.Start();
        tenant.Misbehave("PUT", "comp=block$", new() { Answer = new(status) }, count: 1000);

        var failed = Assert.IsType<PublishOutcome.Failed>(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));

        Assert.Equal("UPLOAD_FAILED", failed.Failure.Code);
        Assert.Equal(tries, tenant.Simulator.Journal.Entries.Count(entry => entry.Kind == "block"));
    }

    [Theory]
    [InlineData("https://acct.blob.core.windows.net/c/b?sv=1&sig=x", true)]
    [InlineData("http://acct.blob.core.windows.net/c/b?sv=1&sig=x", false)]
    [InlineData("https://blob.core.windows.net.evil.example/c/b?sig=x", false)]
    [InlineData("https://evil.example/c/b?sig=x", false)]
    [InlineData("https://graph.microsoft.com/c/b", true)]
    [InlineData("not an address", false)]
    [InlineData(null, false)]
    public void Content_goes_to_known_hosts_only(string? address, bool allowed) =>
        Assert.Equal(allowed, UploadAddress.Of(address, null, new IntuneOptions()) is not null);

    [Fact]
    public void An_address_is_never_printed_and_takes_further_parts()
    {
        var address = UploadAddress.Of("https://a.blob.core.windows.net/c/b?sig=a%2Bb", null, new())!;

        Assert.DoesNotContain("sig", address.ToString(), StringComparison.Ordinal);
        Assert.Equal("https://a.blob.core.windows.net/c/b?sig=a%2Bb&comp=block&blockid=MDAwMDAx", address.Block(BlockUpload.BlockId(1)).AbsoluteUri);
        Assert.Equal("https://graph.microsoft.com/b?comp=blocklist", UploadAddress.Of("https://graph.microsoft.com/b", null, new())!.BlockList().AbsoluteUri);
        Assert.True(address.IsSame(UploadAddress.Of("https://a.blob.core.windows.net/c/b?sig=a%2Bb", null, new())));
        Assert.False(address.IsSame(null));
    }

    [Fact]
    public void Block_ids_have_one_length() => Assert.Equal(BlockUpload.BlockId(0).Length, BlockUpload.BlockId(49_999).Length);
}

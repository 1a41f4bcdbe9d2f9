using Governance.Core;
using Governance.Core.Rollout;
using Governance.Intune.Tests.Support;
using Governance.Local.Intune;

namespace Governance.Intune.Tests.Publishing;

/// <summary>Lost claims, changed subjects, broken packages: nothing is written after it is known.</summary>
public sealed class StoppingInTime
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(5, 7)]
    public async Task After_the_claim_is_lost_nothing_is_written(int lostFrom, int writes)
    {
        await using var tenant = await Tenant.Start();

        var outcome = await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence { LostFrom = lostFrom }, default);

        Assert.IsType<PublishOutcome.ClaimLost>(outcome);
        Assert.Equal(writes, tenant.Simulator.Journal.Entries.Count(entry => entry.Method != "GET"));
        Assert.Empty(tenant.Simulator.Tenant.Apps.SelectMany(app => app.Assignments));
    }

    [Fact]
    public async Task Other_bytes_than_approved_are_not_even_announced()
    {
        await using var tenant = await Tenant.Start();
        var (approved, swapped) = (await Given.Package(1), await Given.Package(2));
        var request = Given.Request(approved);
        foreach (var bytes in (byte[][])[swapped, [.. approved, 0], approved[..^1]])
        {
            var outcome = await tenant.Plane().Publish(
                request with { Artifact = request.Artifact with { Open = _ => Task.FromResult<Stream>(new MemoryStream(bytes)) } }, new MemoryFence(), default);

            Assert.IsType<PublishOutcome.SubjectChanged>(outcome);
        }

        Assert.Empty(tenant.Simulator.Tenant.Apps);
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(2, 1, 0)]
    [InlineData(3, 1, 1)]
    public async Task The_subject_is_asked_about_before_the_app_before_the_upload_and_before_the_assignment(int changesAt, int apps, int uploads)
    {
        await using var tenant = await Tenant.Start();
        var asked = new List<(Digest Sha, AssignmentSet Groups)>();
        var package = await Given.Package();
        var request = Given.Request(package) with
        {
            SubjectHolds = (sha, groups) =>
            {
                asked.Add((sha, groups));
                return asked.Count < changesAt;
            },
        };

        Assert.IsType<PublishOutcome.SubjectChanged>(await tenant.Plane().Publish(request, new MemoryFence(), default));

        Assert.All(asked, question => Assert.Equal((Digest.Of(package), request.Assignments), question));
        Assert.Equal(apps, tenant.Simulator.Tenant.Apps.Count);
        Assert.Equal(uploads, tenant.Simulator.Journal.Entries.Count(entry => entry.Kind == "blocklist"));
        Assert.Empty(tenant.Simulator.Tenant.Apps.SelectMany(app => app.Assignments));
    }

    [Fact]
    public async Task Before_a_later_ring_is_assigned_the_apps_own_record_of_its_package_is_shown()
    {
        await using var tenant = await Tenant.Start();
        var package = await Given.Package();
        var request = Given.Request(package);
        var known = Given.Of(await tenant.Plane().Publish(request, new MemoryFence(), default)).Ids;
        Digest? shown = null;

        var outcome = await tenant.Plane().Publish(
            request with { Known = known, SubjectHolds = (sha, _) => { shown = sha; return false; } }, new MemoryFence(), default);

        Assert.IsType<PublishOutcome.SubjectChanged>(outcome);
        Assert.Equal(Digest.Of(package), shown);
    }

    [Fact]
    public async Task A_broken_package_is_named_and_nothing_is_made()
    {
        await using var tenant = await Tenant.Start();
        var broken = await Given.Package();
        broken[200] ^= 1;

        var failed = Assert.IsType<PublishOutcome.Failed>(await tenant.Plane().Publish(Given.Request(broken), new MemoryFence(), default));

        Assert.Equal((ErrorClass.Permanent, "PACKAGE_INVALID"), (failed.Failure.Class, failed.Failure.Code));
        Assert.Contains("Mac", failed.Failure.Message);
        Assert.Empty(tenant.Simulator.Tenant.Apps);
        Assert.Equal("PACKAGE_INVALID", Assert.IsType<PublishOutcome.Failed>(
            await tenant.Plane().Publish(Given.Request([1, 2, 3]), new MemoryFence(), default)).Failure.Code);
    }

    [Fact]
    public async Task No_secret_is_ever_logged_or_reported()
    {
        await using var tenant = await Tenant.Start();
        var secrets = new List<string>();
        foreach (var (path, effect) in ((string, FaultEffect)[])[
            ("comp=block$", new() { DropAfter = true }), ("comp=blocklist$", new() { Answer = new(403) }), ("commit$", new() { DropAfter = true }),
            ("renewUpload$", new() { Answer = new(503) }), ("assign$", new() { Answer = new(400, "BadRequest", "No.") })])
        {
            tenant.Misbehave(null, path, effect, count: 3);
        }

        PublishOutcome? outcome = null;
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            outcome = await tenant.Plane(seed: attempt).Publish(Given.Request(await Given.Package()), new MemoryFence(), default);
            secrets.AddRange(tenant.Simulator.Tenant.Blobs.Values.SelectMany(blob => (string[])[blob.Signature, blob.Policy, blob.Path]));
        }

        Assert.IsType<PublishOutcome.Published>(outcome);
        var package = IntuneWin.PackingAndUnpacking.Wait(Given.Package());
        Governance.Intune.IntuneWin.IntuneWinPackage.Open(new MemoryStream(package), new(), out var opened);
        secrets.AddRange([Convert.ToBase64String(opened!.Manifest.Keys.EncryptionKey), Convert.ToBase64String(opened.Manifest.Keys.MacKey)]);
        opened.Dispose();
        Assert.NotEmpty(tenant.Logs.Entries);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, tenant.Logs.All));
        Assert.DoesNotContain("sig=", tenant.Logs.All);
    }
}

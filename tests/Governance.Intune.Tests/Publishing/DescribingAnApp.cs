using Governance.Core;
using Governance.Core.Evidence;
using Governance.Core.Rollout;
using Governance.Intune.IntuneWin;
using Governance.Intune.Publishing;
using Governance.Intune.Tests.Support;
using Microsoft.Graph.Models;
using Microsoft.Kiota.Serialization.Json;

namespace Governance.Intune.Tests.Publishing;

public sealed class DescribingAnApp
{
    [Fact]
    public async Task The_same_request_gives_the_same_bytes()
    {
        var request = Given.Request(await Given.Package());

        Assert.Equal(Json(request), Json(request));
        Assert.Contains("\"displayName\":\"Tool O\\u0027Matic 1.2.3\"", Json(request));
    }

    [Fact]
    public async Task Everything_that_is_missing_is_named_together()
    {
        var request = Given.Request(await Given.Package()) with
        {
            AppName = " ",
            Install = new(),
            Assignments = AssignmentSet.Of([Guid.Empty], []),
        };

        Assert.Null(AppBody.Of(request, new(), out var problems));
        Assert.Equal(
            [
                "The app's name is missing.", "install.command is missing.", "install.uninstall_command is missing.",
                "install.detection is missing: Intune must know how to recognise the app.", "A group id is empty.",
            ],
            problems);
        Assert.Null(AppBody.Of(request with { Assignments = AssignmentSet.Empty }, new(), out problems));
        Assert.Contains("No group is to get the app.", problems);
    }

    [Theory]
    [InlineData(DetectionType.File, @"C:\Tool", "tool.exe", null, null, true)]
    [InlineData(DetectionType.File, @"C:\Tool", "tool.exe", "greaterThanOrEqual", "1.2", true)]
    [InlineData(DetectionType.File, @"C:\Tool", null, null, null, false)]
    [InlineData(DetectionType.File, @"C:\Tool", "tool.exe", "equal", null, false)]
    [InlineData(DetectionType.File, @"C:\Tool", "tool.exe", "about", "1.2", false)]
    [InlineData(DetectionType.Registry, @"HKEY_LOCAL_MACHINE\X", "v", "equal", "1.2", true)]
    [InlineData(DetectionType.Registry, @"HKEY_LOCAL_MACHINE\X", null, null, null, true)]
    [InlineData(DetectionType.Registry, @"HKEY_LOCAL_MACHINE\X", "v", "lessThan", "5", true)]
    [InlineData(DetectionType.Registry, @"HKEY_LOCAL_MACHINE\X", "v", "equal", "text", true)]
    [InlineData(DetectionType.Registry, @"HKEY_LOCAL_MACHINE\X", "v", "lessThan", "text", false)]
    [InlineData(DetectionType.Registry, null, "v", null, null, false)]
    [InlineData(DetectionType.Msi, "23170f69-40c1-2702-2409-000001000000", null, "equal", "1.2", true)]
    [InlineData(DetectionType.Msi, "not a product code", null, null, null, false)]
    [InlineData(DetectionType.Script, null, null, null, "V3JpdGUtSG9zdA==", true)]
    [InlineData(DetectionType.Script, null, null, null, "no base64!", false)]
    [InlineData(DetectionType.Script, null, null, null, null, false)]
    public async Task A_detection_rule_that_Intune_takes_is_published_and_no_other(
        DetectionType type, string? path, string? name, string? compare, string? value, bool taken)
    {
        await using var tenant = await Tenant.Start();
        var request = Given.Request(await Given.Package()) with
        {
            Install = Given.Install with { Detection = [new(type, path, name, compare, value)] },
        };

        var outcome = await tenant.Plane().Publish(request, new MemoryFence(), default);

        Assert.Equal(taken, outcome is PublishOutcome.Published);
        Assert.Equal(taken ? 1 : 0, tenant.Simulator.Tenant.Apps.Count);
        Assert.True(taken || outcome is PublishOutcome.Failed { Failure: { Class: ErrorClass.Permanent, Code: "APP_FACTS_INVALID" } });
    }

    [Fact]
    public void Rules_that_exclude_each_other_are_refused()
    {
        var problems = new List<string>();
        _ = DetectionRules.Of(
            [new(DetectionType.Script, null, null, null, "AAAA"), .. Given.Install.Detection, .. Given.Install.Detection], problems);

        Assert.Equal(["install.detection: a script rule excludes every other rule.", "install.detection: an app has at most one msi rule."], problems);
    }

    [Fact]
    public async Task User_context_forced_restart_and_msi_facts_reach_Intune()
    {
        await using var tenant = await Tenant.Start();
        var msi = new MsiFacts("{23170F69-40C1-2702-2409-000001000000}", "24.09", null, "User", false, "Igor");
        var request = Given.Request(await Given.Package(msi: msi)) with
        {
            Install = Given.Install with { Context = InstallContext.User, Reboot = RebootKind.Forced },
            Description = "An archiver.",
            Publisher = null,
        };

        Assert.IsType<PublishOutcome.Published>(await tenant.Plane().Publish(request, new MemoryFence(), default));

        var app = tenant.App(Given.Id(1));
        Assert.Equal("user", app.Properties["installExperience"].GetProperty("runAsAccount").GetString());
        Assert.Equal("force", app.Properties["installExperience"].GetProperty("deviceRestartBehavior").GetString());
        Assert.Equal("perUser", app.Properties["msiInformation"].GetProperty("packageType").GetString());
        Assert.Equal(("An archiver.", "Unknown publisher"), (app.Text("description"), app.Text("publisher")));
    }

    [Fact]
    public void The_marker_comes_back_out_of_the_notes_and_other_peoples_words_stay()
    {
        var marker = new NotesMarker(Given.Id(1), "1.0 |]$1 ö", Digest.Of([1]), "0123456789abcdef");
        var other = marker with { Artifact = Digest.Of([2]) };

        Assert.Equal(marker, NotesMarker.Find(marker.ToString()));
        Assert.Equal(marker, NotesMarker.Find(marker.PutInto("Ask Ada first.")));
        Assert.StartsWith("Ask Ada first. [gov|", marker.PutInto("Ask Ada first."), StringComparison.Ordinal);
        Assert.Equal(other.PutInto("Ask Ada first."), other.PutInto(marker.PutInto("Ask Ada first.")));
        Assert.Equal(marker.ToString(), marker.PutInto(null));
        Assert.True((marker with { Version = new string('ö', 300) }).ToString().Length < 1000);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("[gov|cid=1|ver=1|ih=2|mh=3]")]
    [InlineData("[gov|cid=00000000-0000-0000-0000-000000000000|ver=1|ih=0000000000000000000000000000000000000000000000000000000000000000|mh=0123456789abcdef]")]
    public void Notes_without_a_whole_marker_have_none(string? notes) => Assert.Null(NotesMarker.Find(notes));

    private static string Json(PublishRequest request)
    {
        var body = AppBody.Of(request, new(), out _)!;
        using var writer = new JsonSerializationWriter();
        Win32LobApp app = body.Create(new("tool.msi", "tool.msi", 10, new()
        {
            EncryptionKey = [],
            MacKey = [],
            InitializationVector = [],
            Mac = [],
            FileDigest = [],
        }, null));
        writer.WriteObjectValue(null, app);
        using var reader = new StreamReader(writer.GetSerializedContent());
        return reader.ReadToEnd();
    }
}

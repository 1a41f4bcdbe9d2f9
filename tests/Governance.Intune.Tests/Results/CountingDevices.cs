using FsCheck;
using FsCheck.Fluent;
using Governance.Core.Rollout;
using Governance.Intune.Results;
using Governance.Intune.Tests.Support;

namespace Governance.Intune.Tests.Results;

public sealed class CountingDevices
{
    private static readonly DateTimeOffset Now = new(2026, 3, 3, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_state_counts_as_what_it_means() => Assert.Equal(
        new RingDeviceResults(9, 1, 1, 5, 1, 1, Now),
        Count([1, 2, 3, 4, 5, 99, -1, 42], devices: 9));

    [Fact]
    public void For_an_uninstall_gone_is_success_and_stuck_is_failure() => Assert.Equal(
        new RingDeviceResults(6, 1, 1, 3, 1, 0, Now),
        Count([1, 2, 3, 4, 5, -1], devices: 6, uninstall: true));

    [Fact]
    public void Without_rows_everybody_is_unreported_and_nobody_succeeded() =>
        Assert.Equal(new RingDeviceResults(3, 0, 0, 0, 0, 3, Now), Count([], devices: 3));

    [Fact]
    public void The_newest_row_of_a_device_counts_and_rows_from_before_do_not()
    {
        InstallRow[] rows =
        [
            Row(0, InstallRow.Failed, Now.AddHours(-1)), Row(0, InstallRow.Installed, Now), Row(0, InstallRow.Failed, Now.AddHours(-2)),
            Row(1, InstallRow.Installed, Now.AddDays(-9)), Row(2, InstallRow.Installed, null),
        ];

        var counted = RingCount.Of(rows, Members(3), Request() with { IgnoreBefore = Now.AddDays(-1) }, Now);

        Assert.Equal(new RingDeviceResults(3, 2, 0, 0, 0, 1, Now), counted);
    }

    [Fact]
    public void Rows_of_other_rings_devices_are_left_out()
    {
        InstallRow[] rows = [Row(0, InstallRow.Installed, Now), Row(7, InstallRow.Failed, Now)];

        Assert.Equal(new RingDeviceResults(1, 1, 0, 0, 0, 0, Now), RingCount.Of(rows, Members(1), Request(), Now));
    }

    [Fact]
    public void Two_devices_of_one_name_are_two_devices()
    {
        var members = new RingMembers([new("a", "", "PC"), new("b", "", "pc"), new("c", "", "PC")], []);
        InstallRow[] rows = [new("i1", "PC", "", 1, 0, Now), new("i2", "PC", "", 2, 0, Now)];

        Assert.Equal(new RingDeviceResults(3, 1, 1, 0, 0, 1, Now), RingCount.Of(rows, members, Request(), Now));
    }

    [Fact]
    public void Users_are_reached_through_their_devices()
    {
        var members = new RingMembers([], [new("u1", "ada@x"), new("u2", "bob@x")]);
        InstallRow[] rows = [new("i1", "NB1", "ADA@x", 1, 0, Now), new("i2", "NB2", "ada@x", 5, 0, Now), new("i3", "NB3", "eve@x", 1, 0, Now)];

        Assert.Equal(new RingDeviceResults(3, 1, 0, 1, 0, 1, Now), RingCount.Of(rows, members, Request(), Now));
    }

    [Fact]
    public void For_a_per_user_app_each_user_of_a_device_counts()
    {
        InstallRow[] rows = [Row(0, 1, Now) with { UserPrincipalName = "ada@x" }, Row(0, 2, Now) with { UserPrincipalName = "bob@x" }];

        Assert.Equal(2, RingCount.Of(rows, Members(1), Request() with { PerUser = true }, Now).Targeted);
        Assert.Equal(1, RingCount.Of(rows, Members(1), Request(), Now).Targeted);
    }

    [Fact]
    public void Order_and_repeats_never_change_the_count_and_the_parts_always_make_the_whole() => Prop.ForAll<(byte, byte, byte)[], int>((generated, seed) =>
    {
        int[] states = [-1, 1, 2, 3, 4, 5, 99];
        var rows = generated.Select(g => Row(g.Item1 % 12, states[g.Item2 % 7], Now.AddMinutes(g.Item3))).ToArray();
        var shuffled = rows.Concat(rows).ToArray();
        new Random(seed).Shuffle(shuffled);

        var counted = RingCount.Of(rows, Members(10), Request(), Now);

        Assert.Equal(counted, RingCount.Of(shuffled, Members(10), Request(), Now));
        Assert.Equal(10, counted.Targeted);
        Assert.Equal(counted.Targeted, counted.Succeeded + counted.Failed + counted.Pending + counted.NotApplicable + counted.Unreported);
        Assert.Equal(10 - rows.Select(r => r.DeviceId).Where(id => id.Length == 2).Distinct().Count(), counted.Unreported);
    }).Check(Config.QuickThrowOnFailure.WithReplay(11, 13));

    [Theory]
    [InlineData("2026-03-03T12:00:00", true)]
    [InlineData("2026-03-03T12:00:00.0000000Z", true)]
    [InlineData("1772539200", true)]
    [InlineData("1772539200000", true)]
    [InlineData("999999999999999999", false)]
    [InlineData("yesterday", false)]
    [InlineData("", false)]
    public void Times_are_read_as_text_and_as_numbers(string text, bool readable) => Assert.Equal(readable ? Now : null, RowValues.Time(text));

    [Fact]
    public void Cells_are_found_by_name_whatever_their_order()
    {
        var read = new RowValues(["InstallState", "x", "deviceid"]);

        Assert.True(read.CanCount);
        Assert.Equal(new InstallRow("d1", "", "", 2, 0, null), read.Read(["2", "?", "d1"]));
        Assert.Equal(InstallRow.Unknown, read.Read(["odd", "?", "d1"])!.State);
        Assert.Null(read.Read(["2"]));
        Assert.False(new RowValues(["InstallState"]).CanCount);
    }

    [Fact]
    public void Quoted_cells_hold_commas_quotes_and_line_ends() => Assert.Equal(
        [["a", "b"], ["1,2", "say \"hi\"\r\nagain"], ["", "x"], ["last"]],
        Csv.Read(new StringReader("a,b\r\n\"1,2\",\"say \"\"hi\"\"\r\nagain\"\n\n,x\r\nlast")));

    private static RingDeviceResults Count(int[] states, int devices, bool uninstall = false) => RingCount.Of(
        states.Select((state, i) => Row(i, state, Now)), Members(devices), Request() with { Uninstall = uninstall }, Now);

    private static InstallRow Row(int device, int state, DateTimeOffset? at) => new($"d{device}", $"PC-{device}", "", state, 0, at);

    private static RingMembers Members(int devices) => new([.. Enumerable.Range(0, devices).Select(i => new MemberDevice($"o{i}", $"d{i}", $"PC-{i}"))], []);

    private static RingResultsRequest Request() => new() { App = new(Given.Id(1), PlaneIds.None), Groups = AssignmentSet.Empty };
}

using System.Globalization;
using Governance.Core.Deployments;
using Governance.Core.Policy;
using static Governance.Core.Policy.RuleOutcome;

namespace Governance.Core.Tests.Policy;

public sealed class FreezeWindows
{
    private const string Holidays = """{ "time_zone": "Europe/Berlin", "ranges": [{ "from": "2026-12-19T00:00", "to": "2027-01-04T06:00" }] }""";
    private const string Weekends = """{ "time_zone": "Europe/Berlin", "ranges": [{ "from": "FRI 16:00", "to": "MON 06:00" }] }""";

    [Theory]
    [InlineData("2026-12-18T22:59:59.9999999Z", null)]
    [InlineData("2026-12-18T23:00:00Z", "2027-01-04T05:00:00Z")]
    [InlineData("2026-12-18T23:00:00.0000001Z", "2027-01-04T05:00:00Z")]
    [InlineData("2027-01-04T04:59:59.9999999Z", "2027-01-04T05:00:00Z")]
    [InlineData("2027-01-04T05:00:00Z", null)]
    public void A_freeze_holds_from_its_first_instant_to_its_end_in_local_time(string now, string? until) =>
        Assert.Equal(until is null ? null : At(until), Frozen(Holidays, now)?.Until);

    [Theory]
    [InlineData("2026-03-06T14:59:59Z", null)]
    [InlineData("2026-03-06T15:00:00Z", "2026-03-09T05:00:00Z")]
    [InlineData("2026-03-08T12:00:00Z", "2026-03-09T05:00:00Z")]
    [InlineData("2026-03-09T04:59:59Z", "2026-03-09T05:00:00Z")]
    [InlineData("2026-03-09T05:00:00Z", null)]
    [InlineData("2026-03-11T12:00:00Z", null)]
    [InlineData("2026-03-28T12:00:00Z", "2026-03-30T04:00:00Z")]
    [InlineData("2026-10-24T12:00:00Z", "2026-10-26T05:00:00Z")]
    public void A_weekly_freeze_follows_the_clock_changes(string now, string? until) =>
        Assert.Equal(until is null ? null : At(until), Frozen(Weekends, now)?.Until);

    [Theory]
    [InlineData("2026-10-25T00:29:59Z", null)]
    [InlineData("2026-10-25T00:30:00Z", "2026-10-25T01:45:00Z")]
    [InlineData("2026-10-25T01:44:59Z", "2026-10-25T01:45:00Z")]
    public void Where_a_local_time_happens_twice_a_freeze_begins_early_and_ends_late(string now, string? until) => Assert.Equal(
        until is null ? null : At(until),
        Frozen("""{ "time_zone": "Europe/Berlin", "ranges": [{ "from": "2026-10-25T02:30", "to": "2026-10-25T02:45" }] }""", now)?.Until);

    [Fact]
    public void Freezes_that_touch_or_overlap_are_one()
    {
        var set = Sets.Of(
            Sets.Rule("freeze_window", Holidays, "WARN", id: "holidays"),
            Sets.Rule("freeze_window", """{ "time_zone": "UTC", "ranges": [{ "from": "2027-01-04T05:00", "to": "2027-01-05T00:00" }] }""", "WARN", id: "inventory"));

        Assert.Equal(new Freeze("inventory", "The rule", At("2027-01-05T00:00:00Z")), set.FreezeAt(Ring.Lab, Urgency.Standard, At("2026-12-24T12:00:00Z")));
    }

    [Fact]
    public void A_freeze_concerns_its_rings_and_lets_its_urgency_pass()
    {
        var set = Sets.With("freeze_window", """{ "time_zone": "UTC", "ranges": [{ "from": "2026-01-01T00:00", "to": "2027-01-01T00:00" }], "rings": ["DEPARTMENT", "GLOBAL"], "passes": ["urgent"] }""", "WARN");

        Assert.Null(set.FreezeAt(Ring.Pilot, Urgency.Standard, Pack.Noon));
        Assert.NotNull(set.FreezeAt(Ring.Department, Urgency.Standard, Pack.Noon));
        Assert.Null(set.FreezeAt(Ring.Department, Urgency.Urgent, Pack.Noon));
    }

    [Fact]
    public void A_freeze_holds_from_its_rules_ring_on()
    {
        var set = Sets.With("freeze_window", """{ "time_zone": "UTC", "ranges": [{ "from": "2026-01-01T00:00", "to": "2027-01-01T00:00" }] }""", "WARN", fromRing: "PILOT");

        Assert.Null(set.FreezeAt(Ring.Canary, Urgency.Standard, Pack.Noon));
        Assert.NotNull(set.FreezeAt(Ring.Pilot, Urgency.Standard, Pack.Noon));
    }

    [Fact]
    public void At_the_check_a_freeze_only_warns_and_names_its_end()
    {
        var set = Sets.With("freeze_window", """{ "time_zone": "Europe/Berlin", "ranges": [{ "from": "2026-03-03T00:00", "to": "2026-03-04T00:00" }] }""", "WARN");

        var check = PolicyCheck.Run(Pack.Request(Pack.Harmless), RiskModel.V1, set);

        Assert.Equal(new RuleResult("r", "The rule", "freeze_window", RuleEffect.Warn, Fail, "frozen until 2026-03-03T23:00:00Z", "deployment.target_ring", []), Assert.Single(check.Rules));
        Assert.Equal(PolicyVerdict.Allowed, check.Verdict);
    }

    [Theory]
    [InlineData(Ring.Lab, Urgency.Standard, Pass, "no freeze now")]
    [InlineData(Ring.Pilot, Urgency.Standard, NotApplicable, "does not concern this ring or urgency")]
    [InlineData(Ring.Lab, Urgency.Urgent, NotApplicable, "does not concern this ring or urgency")]
    public void At_the_check_other_rings_and_urgencies_are_not_concerned(Ring ring, Urgency urgency, RuleOutcome result, string reason) => Assert.Equal(
        (result, reason),
        Sets.With("freeze_window", """{ "time_zone": "UTC", "ranges": [{ "from": "2027-01-01T00:00", "to": "2027-01-02T00:00" }], "rings": ["LAB"], "passes": ["urgent"] }""", "WARN")
            .Say(Pack.Request(Pack.Harmless, ring) with { Urgency = urgency }));

    [Fact]
    public void Without_a_freeze_rule_nothing_is_frozen() => Assert.Null(PolicySet.V1.FreezeAt(Ring.Global, Urgency.Standard, Pack.Noon));

    [Fact]
    public void A_calendar_that_never_thaws_ends_somewhere() => Assert.NotNull(Sets.Of(
            Sets.Rule("freeze_window", """{ "time_zone": "UTC", "ranges": [{ "from": "MON 00:00", "to": "THU 00:00" }] }""", "WARN", id: "a"),
            Sets.Rule("freeze_window", """{ "time_zone": "UTC", "ranges": [{ "from": "THU 00:00", "to": "MON 00:00" }] }""", "WARN", id: "b"))
        .FreezeAt(Ring.Lab, Urgency.Standard, Pack.Noon));

    private static Freeze? Frozen(string parameters, string now) =>
        Sets.With("freeze_window", parameters, "WARN").FreezeAt(Ring.Lab, Urgency.Standard, At(now));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}

using System.Text;
using Governance.Core.Deployments;
using Governance.Core.Rollout;
using Governance.Core.Tests.Policy;

namespace Governance.Core.Tests.Rollout;

public sealed class LooksAndBreaches
{
    [Theory]
    [InlineData(24, 0, 2 * 60)]
    [InlineData(168, 0, 14 * 60)]
    [InlineData(2, 0, 15)]
    [InlineData(3, 0, 15)]
    [InlineData(4, 0, 20)]
    [InlineData(24, 22 * 60, 24 * 60)]
    [InlineData(24, (22 * 60) + 1, 24 * 60)]
    [InlineData(24, (24 * 60) - 1, 24 * 60)]
    [InlineData(24, 24 * 60, 26 * 60)]
    [InlineData(24, 25 * 60, 27 * 60)]
    public void Looks_happen_every_twelfth_of_the_observation_and_at_its_end(int observationHours, int nowMinutes, int nextMinutes)
    {
        var start = Gate.Noon;

        Assert.Equal(start.AddMinutes(nextMinutes), Gate.V1.NextLook(start, TimeSpan.FromHours(observationHours), start.AddMinutes(nowMinutes)));
    }

    [Fact]
    public void Without_a_start_looks_happen_at_their_interval() =>
        Assert.Equal(Gate.Noon.AddHours(2), Gate.V1.NextLook(null, TimeSpan.FromHours(24), Gate.Noon));

    [Fact]
    public void A_verdict_says_when_to_look_next() => Assert.Equal(
        Gate.Noon.AddHours(1), Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(), TimeSpan.FromHours(23)) }).LookAgainAt);

    [Fact]
    public void The_CAB_is_asked_once_after_the_third_look_past_the_period_that_did_not_pass()
    {
        var bad = Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(50, 50)) });

        Assert.Equal([false, false, true, false, false], Asked(bad, bad, bad, bad, bad));
    }

    [Fact]
    public void Looks_that_pass_or_come_before_the_end_or_meet_silence_or_a_freeze_do_not_count()
    {
        var bad = Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(50, 50)) });
        var early = Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(50, 50), TimeSpan.FromHours(1)) });
        var silent = Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(null) });
        var frozen = Gate.Judge(Gate.Leaving(Ring.Lab) with { Freeze = new("f", "Holidays", Gate.Noon.AddDays(1)) });
        var notBefore = Gate.Judge(Gate.Leaving(Ring.Lab) with { Conditions = [Gate.NotBefore(Gate.Noon.AddDays(1))] });
        var good = Gate.Judge(Gate.Leaving(Ring.Lab));

        Assert.Equal([false, false, false, false, false, false, false, true], Asked(bad, early, silent, frozen, notBefore, good, bad, bad));
    }

    [Fact]
    public void A_bad_rate_counts_even_while_frozen()
    {
        var bad = Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(50, 50)), Freeze = new("f", "Holidays", Gate.Noon.AddDays(1)) });

        Assert.Equal([false, false, true], Asked(bad, bad, bad));
    }

    [Fact]
    public void For_a_first_ring_the_CAB_is_asked_at_the_first_look_without_results_below()
    {
        var none = Gate.Judge(Gate.First(Ring.Pilot));

        Assert.Equal([true, false], Asked(none, none));
    }

    [Fact]
    public void The_CAB_is_not_asked_for_what_an_override_cannot_lift_or_has_lifted()
    {
        var incident = Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(50, 50)), Incidents = new(0, 0, 0, 1) });
        var lifted = Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(50, 50)), OverrideId = Pack.Exception1 });
        var revoked = Gate.Judge(Gate.First(Ring.Pilot) with { ApprovalStands = false });

        Assert.DoesNotContain(true, Asked(incident, incident, incident, incident));
        Assert.DoesNotContain(true, Asked(lifted, lifted, lifted, lifted));
        Assert.DoesNotContain(true, Asked(revoked, revoked));
    }

    [Theory]
    [InlineData(Ring.Lab, 92, 8, true, "92 of 100 devices succeeded in LAB, rolled back below 93 %")]
    [InlineData(Ring.Lab, 93, 7, false, "93 of 100 devices succeeded in LAB, rolled back below 93 %")]
    [InlineData(Ring.Lab, 94, 6, false, "94 of 100 devices succeeded in LAB, rolled back below 93 %")]
    [InlineData(Ring.Canary, 91, 9, true, "91 of 100 devices succeeded in CANARY, rolled back below 92 %")]
    [InlineData(Ring.Canary, 92, 8, false, "92 of 100 devices succeeded in CANARY, rolled back below 92 %")]
    [InlineData(Ring.Global, 93, 7, true, "93 of 100 devices succeeded in GLOBAL, rolled back below 94 %")]
    [InlineData(Ring.Global, 94, 6, false, "94 of 100 devices succeeded in GLOBAL, rolled back below 94 %")]
    [InlineData(Ring.Lab, 0, 9, false, "9 devices count in the success rate, 10 needed to judge")]
    [InlineData(Ring.Lab, 0, 10, true, "0 of 10 devices succeeded in LAB, rolled back below 93 %")]
    [InlineData(Ring.Lab, 1, 10, true, "1 of 11 devices succeeded in LAB, rolled back below 93 %")]
    public void A_ring_rolls_back_more_than_five_points_below_its_gate(Ring ring, long succeeded, long failed, bool rollBack, string reason) => Assert.Equal(
        new Breach(rollBack, reason), Breach.Judge(Gate.V1, ring, Gate.Measured(Gate.Results(succeeded, failed), TimeSpan.FromHours(1)), Gate.Noon));

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void A_breach_counts_pending_devices_after_the_compliance_time(int ticks, bool rollBack) => Assert.Equal(
        rollBack, Breach.Judge(Gate.V1, Ring.Lab, Gate.Measured(Gate.Results(50, pending: 50), TimeSpan.FromHours(24) + TimeSpan.FromTicks(ticks)), Gate.Noon).RollBack);

    [Fact]
    public void Without_results_nothing_rolls_back()
    {
        var none = new Breach(false, "there are no results to judge");

        Assert.Equal(none, Breach.Judge(Gate.V1, Ring.Lab, null, Gate.Noon));
        Assert.Equal(none, Breach.Judge(Gate.V1, Ring.Lab, Gate.Measured(null), Gate.Noon));
        Assert.Equal(none, Breach.Judge(Gate.V1, Ring.Lab, Gate.Measured(new(9, -9, 99, 0, 0)), Gate.Noon));
    }

    [Fact]
    public void Gates_run_faster_for_a_demonstration_and_say_so()
    {
        var fast = PromotionGates.V1.SpedUp(3600);

        var judged = GateEvaluator.Judge(fast, Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(), TimeSpan.FromSeconds(23.5)) });

        Assert.Equal((GateResult.Inconclusive, "observed for 23 s, 24 s needed", 3600), (judged.Verdict, judged.Reason, judged.Speed));
        Assert.Equal(Gate.Noon.AddSeconds(0.5), judged.LookAgainAt);
        Assert.Equal(TimeSpan.FromSeconds(1), fast.AlertAfter);
        Assert.Equal(TimeSpan.FromSeconds(100), fast.ObservationPeriod(Ring.Lab, Connectivity.Online, [Gate.Observe(100)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => PromotionGates.V1.SpedUp(0));
    }

    [Fact]
    public void Every_problem_of_the_gates_file_is_listed()
    {
        var file = Encoding.UTF8.GetString(PromotionGates.V1.Source.Span)
            .Replace("\"leaving\": \"PILOT\"", "\"leaving\": \"CANARY\"", StringComparison.Ordinal)
            .Replace("\"success_percent\": 98", "\"success_percent\": 98.5", StringComparison.Ordinal)
            .Replace("\"air_gapped\"", "\"offline\"", StringComparison.Ordinal)
            .Replace("\"security\"", "\"grave\"", StringComparison.Ordinal)
            .Replace("\"min_devices\": 10", "\"min_devices\": 0", StringComparison.Ordinal);

        Assert.Equal(
            string.Join(
                '\n',
                "$.rows[0].success_percent: must be an integer from 1 to 100.",
                "$.rows[2]: CANARY stands here twice.",
                "$: the row for leaving PILOT is missing.",
                "$.compliance_hours.offline: is not known here.",
                "$.compliance_hours.air_gapped: is missing.",
                "$.failing_incidents[0]: 'grave' is none of minor, moderate, major, security.",
                "$.breach.min_devices: must be an integer from 1 to 1000000."),
            string.Join('\n', Assert.IsType<Loaded<PromotionGates>.Refused>(PromotionGates.Load(Encoding.UTF8.GetBytes(file))).Problems));
    }

    [Fact]
    public void A_gates_file_may_fail_on_other_incidents_too()
    {
        var file = Encoding.UTF8.GetString(PromotionGates.V1.Source.Span)
            .Replace("[\"security\"]", "[\"minor\", \"moderate\", \"major\", \"security\"]", StringComparison.Ordinal);
        var gates = PromotionGates.Load(Encoding.UTF8.GetBytes(file)).OrThrow("the test's gates");

        var judged = GateEvaluator.Judge(gates, Gate.Leaving(Ring.Lab) with { Incidents = new(2, 0, 1, 0) });

        Assert.Equal((GateResult.Fail, "minor incidents: 2, no moderate incident, major incidents: 1, no security incident"), (judged.Verdict, judged.Reason));
    }

    [Fact]
    public void Results_are_taken_as_a_plane_reads_them() => Assert.Equal(
        new RingResults(21, 1, 2, 3, 4), RingResults.Of(new RingDeviceResults(21, 1, 2, 3, 4, 11, Gate.Noon)));

    private static List<bool> Asked(params GateVerdict[] verdicts)
    {
        var (looks, asked) = (GateLooks.None, new List<bool>());
        foreach (var verdict in verdicts)
        {
            (looks, var ask) = looks.After(verdict, Gate.V1);
            asked.Add(ask);
        }

        return asked;
    }
}

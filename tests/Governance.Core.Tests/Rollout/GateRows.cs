using Governance.Core.Deployments;
using Governance.Core.Rollout;
using Governance.Core.Tests.Policy;
using Governance.Testing;
using static Governance.Core.Rollout.GateResult;

namespace Governance.Core.Tests.Rollout;

public sealed class GateRows
{
    [Theory]
    [InlineData(Ring.Lab, 9799, Fail, "9799 of 10000 devices succeeded, 9800 needed for 98 %")]
    [InlineData(Ring.Lab, 9800, Pass, "9800 of 10000 devices succeeded, 9800 needed for 98 %")]
    [InlineData(Ring.Lab, 9801, Pass, "9801 of 10000 devices succeeded, 9800 needed for 98 %")]
    [InlineData(Ring.Canary, 9699, Fail, "9699 of 10000 devices succeeded, 9700 needed for 97 %")]
    [InlineData(Ring.Canary, 9700, Pass, "9700 of 10000 devices succeeded, 9700 needed for 97 %")]
    [InlineData(Ring.Canary, 9701, Pass, "9701 of 10000 devices succeeded, 9700 needed for 97 %")]
    [InlineData(Ring.Pilot, 9899, Fail, "9899 of 10000 devices succeeded, 9900 needed for 99 %")]
    [InlineData(Ring.Pilot, 9900, Pass, "9900 of 10000 devices succeeded, 9900 needed for 99 %")]
    [InlineData(Ring.Pilot, 9901, Pass, "9901 of 10000 devices succeeded, 9900 needed for 99 %")]
    [InlineData(Ring.Department, 9899, Fail, "9899 of 10000 devices succeeded, 9900 needed for 99 %")]
    [InlineData(Ring.Department, 9900, Pass, "9900 of 10000 devices succeeded, 9900 needed for 99 %")]
    [InlineData(Ring.Department, 9901, Pass, "9901 of 10000 devices succeeded, 9900 needed for 99 %")]
    public void A_ring_is_left_at_its_success_rate(Ring ring, int succeeded, GateResult verdict, string arithmetic)
    {
        var judged = Gate.Judge(Gate.Leaving(ring) with { Measured = Gate.Measured(Gate.Results(succeeded, 10_000 - succeeded)) });

        Assert.Equal((verdict, verdict == Pass), (judged.Verdict, judged.Promotes));
        Assert.StartsWith(arithmetic, judged.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Ring.Global, 9899, Fail)]
    [InlineData(Ring.Global, 9900, Pass)]
    [InlineData(Ring.Global, 9901, Pass)]
    [InlineData(Ring.Lab, 9799, Fail)]
    [InlineData(Ring.Lab, 9800, Pass)]
    [InlineData(Ring.Canary, 9700, Pass)]
    public void A_ring_completes_at_its_row(Ring ring, int succeeded, GateResult verdict) => Assert.Equal(
        verdict, Gate.Judge(Gate.Completing(ring) with { Measured = Gate.Measured(Gate.Results(succeeded, 10_000 - succeeded)) }).Verdict);

    [Theory]
    [InlineData(Ring.Lab, 24)]
    [InlineData(Ring.Canary, 48)]
    [InlineData(Ring.Pilot, 72)]
    [InlineData(Ring.Department, 168)]
    public void A_ring_is_observed_for_its_period(Ring ring, int hours)
    {
        GateResult After(TimeSpan observed) => Gate.Judge(Gate.Leaving(ring) with { Measured = Gate.Measured(Gate.Results(), observed) }).Verdict;

        Assert.Equal(Inconclusive, After(TimeSpan.FromHours(hours) - TimeSpan.FromTicks(1)));
        Assert.Equal(Pass, After(TimeSpan.FromHours(hours)));
        Assert.Equal(Pass, After(TimeSpan.FromHours(hours) + TimeSpan.FromTicks(1)));
    }

    [Theory]
    [InlineData(Ring.Lab, Connectivity.Online, 24)]
    [InlineData(Ring.Lab, Connectivity.Intermittent, 72)]
    [InlineData(Ring.Lab, Connectivity.AirGapped, 168)]
    [InlineData(Ring.Canary, Connectivity.Online, 48)]
    [InlineData(Ring.Pilot, Connectivity.Intermittent, 72)]
    [InlineData(Ring.Global, Connectivity.Online, 168)]
    [InlineData(Ring.Global, Connectivity.AirGapped, 168)]
    public void The_observation_is_the_larger_of_the_rows_and_the_compliance_time(Ring ring, Connectivity connectivity, int hours) =>
        Assert.Equal(TimeSpan.FromHours(hours), Gate.V1.ObservationPeriod(ring, connectivity, []));

    [Fact]
    public void Too_early_is_inconclusive_however_good_or_bad_the_rate_is()
    {
        var good = Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(100), TimeSpan.FromHours(23.5)) });
        var bad = Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(50, 50), TimeSpan.FromHours(23.5)) });

        Assert.Equal((Inconclusive, "observed for 23 h 30 min, 24 h needed"), (good.Verdict, good.Reason));
        Assert.Equal((Inconclusive, "observed for 23 h 30 min, 24 h needed; 50 of 100 devices succeeded, 98 needed for 98 %"), (bad.Verdict, bad.Reason));
        Assert.False(good.Promotes || bad.Promotes || good.PastPeriod || bad.PastPeriod);
    }

    [Theory]
    [InlineData(-1, 94, Pass)]
    [InlineData(0, 96, Fail)]
    [InlineData(1, 96, Fail)]
    public void Pending_devices_count_once_the_compliance_time_is_over(int ticks, long counted, GateResult rate)
    {
        // 94 succeeded and 2 are pending: 94 of 94 before, 94 of 96 after, of which 95 are needed for 98 %.
        var observed = TimeSpan.FromHours(24) + TimeSpan.FromTicks(ticks);
        var judged = Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(94, pending: 2), observed) });

        Assert.Equal(rate, judged.Checks.Single(check => check.Condition == GateCondition.SuccessRate).Result);
        Assert.Equal(counted, judged.Figures?.Counted);
    }

    [Theory]
    [InlineData(79, 21, Inconclusive, "79 of 100 devices reported, 80 needed for 80 %")]
    [InlineData(80, 20, Pass, null)]
    [InlineData(81, 19, Pass, null)]
    [InlineData(7, 3, Inconclusive, "7 of 10 devices reported, 8 needed for 80 %")]
    [InlineData(8, 2, Pass, null)]
    [InlineData(8, 1, Inconclusive, "8 of 9 devices reported, all needed where fewer than 10 are targeted")]
    [InlineData(9, 0, Pass, null)]
    [InlineData(1, 0, Pass, null)]
    [InlineData(80, 21, Inconclusive, "80 of 101 devices reported, 81 needed for 80 %")]
    public void Enough_devices_must_have_reported(int succeeded, int unreported, GateResult verdict, string? reason)
    {
        var judged = Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(succeeded, unreported: unreported)) });

        Assert.Equal(verdict, judged.Verdict);
        Assert.Equal(reason is null ? [] : [reason], judged.Missing);
    }

    [Fact]
    public void Not_applicable_devices_report_and_stay_outside_the_rate()
    {
        var judged = Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(9, notApplicable: 91)) });

        Assert.Equal(Pass, judged.Verdict);
        Assert.Equal("9 of 9 devices succeeded, 9 needed for 98 %; 100 of 100 devices reported, 80 needed for 80 %; observed for 720 h, 24 h needed", judged.Reason);
        Assert.Equal(new GateFigures(GateSource.Rollout, new(100, 9, 0, 0, 91), 9, 9, 9800, 100, 80, 30 * 86_400, 86_400), judged.Figures);
        Assert.Null(judged.LookAgainAt);
        Assert.Equal(PromotionGates.V1.Identity, judged.Gates);
    }

    [Fact]
    public void A_denominator_of_nothing_is_inconclusive()
    {
        var judged = Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(0, notApplicable: 100)) });

        Assert.Equal((Inconclusive, "no device counts in the success rate"), (judged.Verdict, judged.Reason));
    }

    [Fact]
    public void Nobody_targeted_is_inconclusive()
    {
        var judged = Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(0)) });

        Assert.Equal((Inconclusive, "no device is targeted; no device counts in the success rate"), (judged.Verdict, judged.Reason));
    }

    [Fact]
    public void Without_any_data_nothing_promotes()
    {
        foreach (var ring in Rings.All)
        {
            var steps = new[] { GateStep.Completion(ring) }
                .Concat(ring == Ring.Global ? [] : [GateStep.Promotion(ring)])
                .Concat(ring == Ring.Lab ? [] : [GateStep.First(ring)]);
            foreach (var step in steps)
            {
                var judged = Gate.Judge(new() { Now = Gate.Noon, Step = step, ApprovalStands = false, RollbackPlanValidated = false });

                Assert.NotEqual(Pass, judged.Verdict);
                Assert.False(judged.Promotes);
                Assert.NotNull(judged.LookAgainAt);
            }
        }
    }

    [Fact]
    public void What_was_never_published_has_no_results()
    {
        var judged = Gate.Judge(Gate.Leaving(Ring.Canary) with { Measured = null });

        Assert.Equal((Inconclusive, "nothing was published to CANARY yet"), (judged.Verdict, judged.Reason));
    }

    [Fact]
    public void A_plane_that_does_not_answer_makes_the_gate_unavailable_and_it_is_asked_again_soon()
    {
        var judged = Gate.Judge(Gate.Leaving(Ring.Canary) with { Measured = new(Gate.Noon.AddDays(-30), Connectivity.Online, null, "Graph timed out") });

        Assert.Equal((Unavailable, "the results could not be had: Graph timed out"), (judged.Verdict, judged.Reason));
        Assert.Equal(Gate.Noon.AddMinutes(5), judged.LookAgainAt);
        Assert.False(judged.Promotes);
        Assert.Equal(TimeSpan.FromHours(1), PromotionGates.V1.AlertAfter);
    }

    [Fact]
    public void A_planes_own_words_are_shown_short_and_harmless()
    {
        var judged = Gate.Judge(Gate.Leaving(Ring.Canary) with { Measured = new(Gate.Noon, Connectivity.Online, null, "bad\u001b[31m" + new string('x', 1000)) });

        Assert.Equal($"the results could not be had: bad\\u001b[31m{new string('x', 292)}…", judged.Reason);
    }

    [Theory]
    [InlineData(-1, 0, 0, 0, 0)]
    [InlineData(1, -1, 0, 0, 0)]
    [InlineData(1, 0, -1, 0, 0)]
    [InlineData(1, 0, 0, -1, 0)]
    [InlineData(1, 0, 0, 0, -1)]
    public void Results_that_cannot_be_are_as_none(long targeted, long succeeded, long failed, long pending, long notApplicable) => Assert.Equal(
        Unavailable, Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(new(targeted, succeeded, failed, pending, notApplicable)) }).Verdict);

    [Fact]
    public void Counts_beyond_all_bounds_do_not_overflow()
    {
        var most = long.MaxValue;

        Assert.Equal(Fail, Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(new(most, most, most, most, most)) }).Verdict);
    }

    [Fact]
    public void A_clock_before_the_publish_counts_as_no_observation()
    {
        var judged = Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(), TimeSpan.FromHours(-3)) });

        Assert.Equal((Inconclusive, "observed for 0 ms, 24 h needed"), (judged.Verdict, judged.Reason));
    }

    [Fact]
    public void Every_verdict_is_the_plain_calculation()
    {
        var s = new Seeded(20260303);
        for (var i = 0; i < 5000; i++)
        {
            var results = Gate.Results(s.Next(0, 400), s.Next(0, 6), s.Next(0, 4), s.Next(0, 4), s.Next(0, 60));
            var hours = s.Pick([0, 1, 23, 24, 47, 48, 71, 72, 167, 168, 400]);
            var (ring, connectivity) = (s.Pick(Rings.All), s.Pick(Enum.GetValues<Connectivity>()));

            var judged = Gate.Judge(Gate.Completing(ring) with { Measured = Gate.Measured(results, TimeSpan.FromHours(hours), connectivity) });

            Assert.Equal((i, Plain(results, hours, ring, connectivity)), (i, judged.Verdict));
        }
    }

    // The table of the policy, in decimals and words.
    private static GateResult Plain(RingResults r, int hours, Ring ring, Connectivity connectivity)
    {
        var (rate, period) = ring switch { Ring.Lab => (0.98m, 24), Ring.Canary => (0.97m, 48), Ring.Pilot => (0.99m, 72), _ => (0.99m, 168) };
        var compliance = connectivity switch { Connectivity.Online => 24, Connectivity.Intermittent => 72, _ => 168 };
        decimal counted = r.Succeeded + r.Failed + (hours >= compliance ? r.Pending : 0);
        decimal reported = r.Succeeded + r.Failed + r.Pending + r.NotApplicable;
        var covered = r.Targeted > 0 && (r.Targeted < 10 ? reported == r.Targeted : reported / r.Targeted >= 0.8m);
        return hours < Math.Max(period, compliance) || !covered || counted == 0 ? Inconclusive : r.Succeeded / counted >= rate ? Pass : Fail;
    }
}

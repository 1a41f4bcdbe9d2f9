using Governance.Core.Deployments;
using Governance.Functions.Remediation;

namespace Governance.Functions.Tests.Remediation;

public sealed class TakingTurns
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void In_the_first_round_everything_is_due() =>
        Assert.Equal([DriftLane.Critical, DriftLane.High, DriftLane.Standard, DriftLane.Low, DriftLane.Compliance], DriftLanes.Begin(null, Noon, 1).Passes.Keys);

    [Theory]
    [InlineData(0, "")]
    [InlineData(15, "Critical")]
    [InlineData(30, "Critical High")]
    [InlineData(60, "Critical High Standard")]
    [InlineData(4 * 60, "Critical High Standard Low")]
    [InlineData(12 * 60, "Critical High Standard Low Compliance")]
    public void Later_what_its_criticality_asks_for(int minutes, string lanes) =>
        Assert.Equal(lanes, string.Join(' ', DriftLanes.Begin(Noon, Noon.AddMinutes(minutes), 1).Passes.Keys));

    [Fact]
    public void A_round_that_begins_late_puts_nothing_off() =>
        Assert.Contains(DriftLane.Standard, DriftLanes.Begin(Noon.AddMinutes(59), Noon.AddMinutes(61), 1).Passes.Keys);

    [Fact]
    public void The_most_critical_goes_first_and_each_goes_on_where_it_stopped()
    {
        var lanes = DriftLanes.Begin(null, Noon, 1);
        Assert.Equal(DriftLane.Critical, lanes.Turn);

        lanes = lanes.Further(DriftLane.Critical, "3.0");
        Assert.Equal(DriftLane.Critical, lanes.Turn);
        Assert.Equal("3.0", DriftLanes.Parse(lanes.ToString()).Passes[DriftLane.Critical].Place);

        lanes = DriftLanes.Parse(lanes.Further(DriftLane.Critical, null).ToString());
        Assert.Equal(DriftLane.High, lanes.Turn);
    }

    [Fact]
    public void What_is_critical_does_not_wait_for_a_long_pass_over_what_is_not()
    {
        var lanes = DriftLanes.Begin(null, Noon, 1).Further(DriftLane.Critical, null).Further(DriftLane.High, null).Further(DriftLane.Standard, "1.0");

        Assert.Equal(DriftLane.Standard, lanes.At(Noon.AddMinutes(14), 1).Turn);
        Assert.Equal(DriftLane.Critical, lanes.At(Noon.AddMinutes(15), 1).Turn);
        Assert.Equal("1.0", lanes.At(Noon.AddMinutes(15), 1).Passes[DriftLane.Standard].Place);
    }

    [Fact]
    public void A_round_is_over_when_every_lane_is()
    {
        var lanes = Enum.GetValues<DriftLane>().Aggregate(DriftLanes.Begin(null, Noon, 1), (now, lane) => now.Further(lane, null));

        Assert.Null(lanes.Turn);
        Assert.Null(lanes.At(Noon.AddDays(1), 1).Turn);
        Assert.Equal(lanes.ToString(), DriftLanes.Parse(lanes.ToString()).ToString());
    }

    [Theory]
    [InlineData(DriftLane.Critical, Criticality.Critical)]
    [InlineData(DriftLane.High, Criticality.High)]
    [InlineData(DriftLane.Standard, Criticality.Standard)]
    [InlineData(DriftLane.Low, Criticality.Low)]
    public void A_lane_looks_at_its_own_and_what_devices_report_is_looked_at_in_all(object lane, Criticality own)
    {
        Assert.Equal([own], Enum.GetValues<Criticality>().Where(each => DriftLanes.Includes((DriftLane)lane, each)));
        Assert.True(DriftLanes.Includes(DriftLane.Compliance, own));
    }
}

using System.Globalization;
using Governance.Durable.Engine;
using static Governance.Durable.Tests.Replay.Events;

namespace Governance.Durable.Tests.Replay;

public sealed class DeterministicIds
{
    [Theory]
    [InlineData("abc123", "2030-01-01T00:00:00.0000000Z", 0, "beab1153-4c21-56fd-87a8-d55a63bff654")]
    [InlineData("abc123", "2030-01-01T00:00:00.0000000Z", 1, "d3feeac8-23ef-5e2b-988e-c8e9d51ddb3b")]
    [InlineData("abc123", "2030-01-01T00:00:00.0000000Z", 2, "3edee13c-c030-5f4a-8e12-0bb237eb5ef5")]
    [InlineData("abc123", "2030-01-01T00:00:01.2345678Z", 0, "fef6da55-ee49-5fb9-bcf9-1ce68f4c01a2")]
    [InlineData("abc123", "2030-01-01T00:00:01.2345678Z", 1, "649dd816-3164-5660-bf17-d90114e51f37")]
    [InlineData("parent1", "2030-01-01T00:00:00.0000000Z", 0, "30e22ca6-3850-56c0-a033-130963900b3c")]
    public void An_id_is_made_of_instance_time_and_counter(string instanceId, string now, int counter, string expected) => Assert.Equal(
        new Guid(expected),
        DeterministicGuid.Create(instanceId, DateTime.Parse(now, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind), counter));

    [Fact]
    public void Ids_count_on_within_a_run_and_repeat_on_replay()
    {
        var made = new List<Guid>();
        var host = ReplayHost.For<object?>(
            async context =>
            {
                made.AddRange([context.NewGuid(), context.NewGuid()]);
                await context.CallActivityAsync("A");
                made.Add(context.NewGuid());
                return null;
            },
            "abc123");

        host.Turn(0, ES());
        var first = made.ToList();
        made.Clear();
        host.Turn(1.2345678, TC(0, null));

        Assert.Equal([new Guid("beab1153-4c21-56fd-87a8-d55a63bff654"), new Guid("d3feeac8-23ef-5e2b-988e-c8e9d51ddb3b")], first);
        Assert.Equal(first, made[..2]);
        Assert.Equal(DeterministicGuid.Create("abc123", T.AddSeconds(1.2345678), 2), made[2]);
    }
}

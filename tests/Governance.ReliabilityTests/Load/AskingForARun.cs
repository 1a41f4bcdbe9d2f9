using Governance.LoadTests.Load;

namespace Governance.ReliabilityTests.Load;

/// <summary>The arguments of a load run.</summary>
public sealed class AskingForARun
{
    [Fact]
    public void Everything_can_be_said()
    {
        var (options, wrong) = LoadOptions.Parse(
            ["3", "--seconds", "5", "--warm-up", "2", "--users", "7", "--seed", "9", "--report", "out", "--url", "https://app.test", "--publisher-token", "p", "--approver-token", "a"], _ => null);
        Assert.Null(wrong);
        Assert.Equal([3], options!.Scenarios);
        Assert.Equal(
            (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2), 7, 9, "out", new Uri("https://app.test"), "p", "a"),
            (options.Time, options.WarmUp, options.Users!.Value, options.Seed, options.Report!, options.Url!, options.PublisherToken!, options.ApproverToken!));
    }

    [Fact]
    public void A_full_run_takes_five_minutes_a_scenario()
    {
        var (options, _) = LoadOptions.Parse(["all", "--full"], _ => null);
        Assert.Equal([1, 2, 3, 4], options!.Scenarios);
        Assert.Equal(TimeSpan.FromMinutes(5), options.Time);
    }

    [Fact]
    public void Tokens_may_come_from_the_environment()
    {
        var (options, _) = LoadOptions.Parse(["1", "--url", "https://app.test"], name => name);
        Assert.Equal((LoadOptions.PublisherVariable, LoadOptions.ApproverVariable), (options!.PublisherToken!, options.ApproverToken!));
    }

    [Theory]
    [InlineData]
    [InlineData("5")]
    [InlineData("1", "--seconds")]
    [InlineData("1", "--seconds", "0")]
    [InlineData("1", "--seconds", "many")]
    [InlineData("1", "--users", "10001")]
    [InlineData("1", "--url", "app")]
    [InlineData("1", "--url", "ftp://app.test")]
    [InlineData("1", "--speed", "2")]
    [InlineData("1", "--url", "https://app.test", "--publisher-token", "p")]
    public async Task Anything_else_is_wrong_use(params string[] arguments)
    {
        var (options, wrong) = LoadOptions.Parse(arguments, _ => null);
        Assert.Null(options);
        Assert.NotNull(wrong);
        if (arguments is [])
        {
            Assert.Equal(2, await LoadCommand.Run(arguments));
        }
    }
}

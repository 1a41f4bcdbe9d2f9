namespace Governance.Durable.Tests.Authoring;

public sealed class FailureDetails
{
    [Theory]
    [InlineData("System.ArgumentNullException", typeof(ArgumentNullException), true)]
    [InlineData("System.ArgumentNullException", typeof(ArgumentException), true)]
    [InlineData("System.ArgumentException", typeof(ArgumentNullException), false)]
    [InlineData("Governance.Durable.Tests.Authoring.FailureDetails+Own", typeof(Own), true)]
    [InlineData("Nowhere.Loaded", typeof(Exception), false)]
    [InlineData("(unknown)", typeof(Exception), false)]
    public void A_failure_knows_the_exceptions_it_is_caused_by(string type, Type asked, bool expected) =>
        Assert.Equal(expected, new TaskFailureDetails(type, "m").IsCausedBy(asked));

    [Fact]
    public void The_exceptions_type_may_be_of_any_assembly_that_is_loaded() =>
        Assert.True(new TaskFailureDetails(typeof(System.Text.Json.JsonException).ToString(), "m").IsCausedBy<Exception>());

    [Fact]
    public void Only_exceptions_can_be_causes()
    {
        Assert.True(new TaskFailureDetails("System.FormatException", "m").IsCausedBy<FormatException>());
        Assert.Throws<ArgumentException>(() => new TaskFailureDetails("T", "m").IsCausedBy(typeof(string)));
    }

    [Fact]
    public void A_failure_reads_as_type_and_message() => Assert.Equal("T: m", new TaskFailureDetails("T", "m").ToString());

    [Fact]
    public void A_name_compares_ignoring_case_and_converts_to_text()
    {
        TaskName name = "Greet";

        Assert.Equal(new TaskName("GREET"), name);
        Assert.Equal(new TaskName("greet").GetHashCode(), name.GetHashCode());
        Assert.Equal("Greet", (string)name);
        Assert.Equal((0, ""), (default(TaskName).GetHashCode(), default(TaskName).ToString()));
    }

    private sealed class Own : Exception;
}

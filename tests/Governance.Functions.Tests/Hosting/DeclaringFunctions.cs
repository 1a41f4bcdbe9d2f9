using Governance.Durable;
using Governance.Functions.Hosting;
using Governance.Functions.SignIn;
using Governance.Functions.Tests.Testing;

namespace Governance.Functions.Tests.Hosting;

public sealed class DeclaringFunctions
{
    private static readonly HttpDocs Docs = new("A sample.");

    [Fact]
    public void The_declared_functions_make_a_catalog() => Assert.NotEmpty(new FunctionCatalog(FunctionCatalog.Declared).Functions);

    [Fact]
    public void Routes_are_under_the_base_unless_they_begin_with_a_slash()
    {
        Assert.Equal("api/v1/a/{id}", ((HttpTrigger)Get("A", "a/{id}").Trigger).FullRoute);
        Assert.Equal("health/live", ((HttpTrigger)Get("A", "/health/live").Trigger).FullRoute);
    }

    [Fact]
    public void Everything_that_contradicts_itself_is_in_one_message()
    {
        var fault = Assert.Throws<ArgumentException>(() => new FunctionCatalog(
        [
            Get("Same", "a/{id}"),
            Get("same", "b"),
            Get("Other", "a/{name}"),
            Get("Slash", "c/"),
            Get("9", "d"),
            Function.Get("Nobody", "e", Access.To(Roles.None), _ => Samples.Text(""), Docs),
            Function.Timer("Never", "0 0 * * *", _ => Task.FromResult("")),
        ]));
        foreach (var said in new[] { "'Same' is declared twice", "Other and Same", "'Slash' ends with a slash", "'9' is no function name", "'Nobody' is declared for no role", "'0 0 * * *' of 'Never'" })
        {
            Assert.Contains(said, fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void One_route_may_have_two_methods() => Assert.Equal(2, new FunctionCatalog(
        [Get("A", "a"), Function.Post("B", "a", Access.AnyRole, _ => 0, (_, _) => Samples.Text(""), Docs)]).Functions.Count);

    [Fact]
    public void Orchestrations_and_activities_are_told_to_the_engine_under_their_types_names()
    {
        var registry = new DurableTaskRegistry();
        new FunctionCatalog([Function.Orchestration<Counting>(), Function.Activity<Adding>(), Function.Queue("Work", "work", _ => Task.CompletedTask)]).Register(registry);
        Assert.Equal("Counting", Assert.Single(registry.Orchestrators).Name);
        Assert.Equal("Adding", Assert.Single(registry.Activities).Name);
    }

    private static Function Get(string name, string route) => Function.Get(name, route, Access.AnyRole, _ => Samples.Text(""), Docs);

    private sealed class Counting : TaskOrchestrator<int, int>
    {
        public override Task<int> RunAsync(TaskOrchestrationContext context, int input) => Task.FromResult(input);
    }

    private sealed class Adding : TaskActivity<int, int>
    {
        public override Task<int> RunAsync(TaskActivityContext context, int input) => Task.FromResult(input + 1);
    }
}

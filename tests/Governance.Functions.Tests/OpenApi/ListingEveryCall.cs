using Governance.Functions.Hosting;
using Governance.Functions.SignIn;
using Governance.Testing;

namespace Governance.Functions.Tests.OpenApi;

/// <summary>governance.http holds every call of the app, so that nobody has to look for one.</summary>
public sealed class ListingEveryCall
{
    [Fact]
    public void The_file_of_calls_has_each_route_once_at_least()
    {
        var calls = File.ReadLines(Repository.Of("governance.http"))
            .Where(line => line.StartsWith("GET ", StringComparison.Ordinal) || line.StartsWith("POST ", StringComparison.Ordinal))
            .Select(line => line.Replace("{{host}}", string.Empty, StringComparison.Ordinal).Replace("{{api}}", "/api/v1", StringComparison.Ordinal))
            .Select(line => line.Split(' '))
            .ToList();
        foreach (var (name, trigger) in new FunctionCatalog([.. FunctionCatalog.Declared, .. DevelopmentFunctions.All]).On<HttpTrigger>()
            .Where(function => !function.Trigger.ForBrowsers))
        {
            var wanted = $"/{trigger.FullRoute}".Split('/');
            Assert.True(calls.Any(call => call[0] == trigger.Method && Matches(wanted, call[1].Split('/'))), name);
        }
    }

    private static bool Matches(string[] wanted, string[] call) => wanted.Length == call.Length
        && wanted.Zip(call).All(pair => pair.First == pair.Second || (pair.First.StartsWith('{') && (pair.Second.StartsWith("{{", StringComparison.Ordinal) || pair.Second == "INTUNE")));
}

using System.Globalization;
using System.Text.Json.Nodes;
using Governance.Functions.FunctionsHost;
using Governance.Functions.Hosting;

namespace Governance.HostContract.Tests;

/// <summary>The folder that is deployed.</summary>
public sealed class PublishingTheApp(PublishedApp published)
{
    private static readonly FunctionCatalog Catalog = new(FunctionCatalog.Declared);

    [Fact]
    public void The_folder_holds_the_executable_host_json_and_one_folder_a_function_and_nothing_else()
    {
        Assert.Equal(["Governance.Functions", "host.json"], Directory.GetFiles(published.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(FunctionFolders.Of(Catalog).Select(folder => folder.Name), Directory.GetDirectories(published.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(Directory.GetDirectories(published.Folder), folder => Assert.Equal(["function.json"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName)));
        Assert.True(OperatingSystem.IsLinux() && File.GetUnixFileMode(published.Executable).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public void Each_function_json_is_the_one_that_the_catalog_gives() => Assert.All(
        FunctionFolders.Of(Catalog), folder => Assert.Equal(folder.Json, File.ReadAllText(Path.Combine(published.Folder, folder.Name, "function.json"))));

    [Fact]
    public void Every_function_of_the_catalog_is_in_exactly_one_folder()
    {
        var folders = FunctionFolders.Of(Catalog).Select(folder => (folder.Name, Bindings: JsonNode.Parse(folder.Json)!["bindings"]!.AsArray())).ToList();
        Assert.Equal(folders.Count, folders.Select(folder => folder.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(folders, folder => Assert.Single(folder.Bindings, binding => Text(binding, "type").EndsWith("Trigger", StringComparison.Ordinal)));
        foreach (var function in Catalog.Functions)
        {
            var expected = function.Trigger switch
            {
                HttpTrigger http => folders.Where(folder => Route(folder.Bindings) == http.FullRoute),
                _ => folders.Where(folder => folder.Name == function.Name && Route(folder.Bindings) is null),
            };
            var found = Assert.Single(expected);
            switch (function.Trigger)
            {
                case TimerTrigger timer:
                    Assert.Equal(timer.Schedule, Text(found.Bindings[0], "schedule"));
                    break;
                case QueueTrigger queue:
                    Assert.Equal($"%Storage:Prefix%{queue.Queue}", Text(found.Bindings[0], "queueName"));
                    break;
            }
        }
    }

    [Fact]
    public void Routes_are_the_hosts_to_forward_without_a_prefix_a_method_or_a_second_binding()
    {
        var http = FunctionFolders.Of(Catalog).Select(folder => JsonNode.Parse(folder.Json)!["bindings"]!.AsArray()).Where(bindings => Route(bindings) is not null).ToList();
        Assert.Equal(http.Count, http.Select(Route).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(http, bindings =>
        {
            Assert.Equal(["httpTrigger", "http"], bindings.Select(binding => Text(binding, "type")));
            Assert.Equal("anonymous", Text(bindings[0], "authLevel"));
            Assert.False(bindings[0]!.AsObject().ContainsKey("methods"));
            Assert.DoesNotContain(Catalog.Functions, function => function.Trigger is not HttpTrigger && function.Name.Equals(Route(bindings), StringComparison.OrdinalIgnoreCase));
        });
        Assert.Contains(http, bindings => Route(bindings) == "api/v1/{*path}");
    }

    [Fact]
    public void Host_json_is_what_the_handler_expects()
    {
        var host = JsonNode.Parse(File.ReadAllText(Path.Combine(published.Folder, "host.json")))!;
        Assert.Equal("Governance.Functions", Text(host["customHandler"]!["description"], "defaultExecutablePath"));
        Assert.True(host["customHandler"]!["enableForwardingHttpRequest"]!.GetValue<bool>());
        Assert.True(host["customHandler"]!["enableProxyingHttpRequest"]!.GetValue<bool>());
        Assert.Equal(string.Empty, Text(host["extensions"]!["http"], "routePrefix"));
        Assert.Equal("base64", Text(host["extensions"]!["queues"], "messageEncoding"));
        Assert.False(host["extensions"]!["durableTask"]!["extendedSessionsEnabled"]!.GetValue<bool>());
        Assert.True(TimeSpan.Parse(Text(host, "functionTimeout"), CultureInfo.InvariantCulture) > HostCalls.Longest);
    }

    private static string? Route(JsonArray bindings) => bindings[0]!["route"]?.GetValue<string>();

    private static string Text(JsonNode? node, string name) => node![name]!.GetValue<string>();
}

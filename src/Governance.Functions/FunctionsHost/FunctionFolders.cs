using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Governance.Functions.Hosting;

namespace Governance.Functions.FunctionsHost;

/// <summary>The folders by which the Functions host knows the app's functions: each one's <c>function.json</c>, from the catalog.</summary>
internal static class FunctionFolders
{
    /// <summary>The binding that brings a turn of an orchestration.</summary>
    public const string TurnBinding = "context";

    /// <summary>The binding that brings an activity's input.</summary>
    public const string InputBinding = "input";

    /// <summary>The binding that brings a queue message.</summary>
    public const string MessageBinding = "item";

    /// <summary>The binding that says where the task hub is.</summary>
    public const string ClientBinding = "client";

    /// <summary>The folder whose route takes every call under the API that no other route takes, so that its 404 is the app's own.</summary>
    public const string Remainder = "UnknownRoute";

    /// <summary>The file's name.</summary>
    public const string FileName = "function.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>All folders of a catalog, by name.</summary>
    /// <remarks>
    /// The host knows one function a route, whatever its method, so routes that several functions share have one folder, under the first one's name;
    /// the app itself tells methods apart, and answers 405.
    /// </remarks>
    public static IReadOnlyList<FunctionFolder> Of(FunctionCatalog catalog) =>
    [
        .. catalog.Functions.Select(Invoked).OfType<FunctionFolder>()
            .Concat(catalog.On<HttpTrigger>().GroupBy(http => http.Trigger.FullRoute, StringComparer.OrdinalIgnoreCase).Select(route => Http(route.First().Name, route.Key)))
            .Append(Http(Remainder, $"{FunctionCatalog.ApiBase}/{{*path}}"))
            .OrderBy(folder => folder.Name, StringComparer.Ordinal),
    ];

    /// <summary>Writes all folders of the declared functions, and deletes those of functions that are no more.</summary>
    /// <param name="root">The published app, where host.json is.</param>
    public static void Write(string root)
    {
        var folders = Of(new FunctionCatalog(FunctionCatalog.Declared));
        foreach (var stale in Directory.EnumerateDirectories(root).Where(folder => File.Exists(Path.Combine(folder, FileName))))
        {
            Directory.Delete(stale, recursive: true);
        }

        foreach (var folder in folders)
        {
            Directory.CreateDirectory(Path.Combine(root, folder.Name));
            File.WriteAllText(Path.Combine(root, folder.Name, FileName), folder.Json, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
    }

    // No access level and no methods: tokens and 405 are the app's own business.
    private static FunctionFolder Http(string name, string route) => Folder(
        name,
        new JsonObject { ["type"] = "httpTrigger", ["direction"] = "in", ["name"] = "req", ["authLevel"] = "anonymous", ["route"] = route },
        new JsonObject { ["type"] = "http", ["direction"] = "out", ["name"] = "res" });

    private static FunctionFolder? Invoked(Function function) => function.Trigger switch
    {
        // Timers may start and wake orchestrations, so each is told where the task hub is. A start of the host is no reason to run one: there may be many.
        TimerTrigger timer => Folder(
            function.Name,
            new JsonObject { ["type"] = "timerTrigger", ["direction"] = "in", ["name"] = "timer", ["schedule"] = timer.Schedule, ["runOnStartup"] = false, ["useMonitor"] = true },
            Client()),
        QueueTrigger queue => Folder(
            function.Name,
            new JsonObject { ["type"] = "queueTrigger", ["direction"] = "in", ["name"] = MessageBinding, ["queueName"] = $"%Storage:Prefix%{queue.Queue}", ["connection"] = "AzureWebJobsStorage" },
            Client()),
        OrchestrationTrigger => Folder(
            function.Name, new JsonObject { ["type"] = "orchestrationTrigger", ["direction"] = "in", ["name"] = TurnBinding, ["durableRequiresGrpc"] = true }),
        ActivityTrigger => Folder(
            function.Name, new JsonObject { ["type"] = "activityTrigger", ["direction"] = "in", ["name"] = InputBinding, ["durableRequiresGrpc"] = true }),
        _ => null,
    };

    private static JsonObject Client() => new() { ["type"] = "durableClient", ["direction"] = "in", ["name"] = ClientBinding, ["durableRequiresGrpc"] = true };

    private static FunctionFolder Folder(string name, params JsonObject[] bindings) =>
        new(name, new JsonObject { ["bindings"] = new JsonArray([.. bindings]) }.ToJsonString(Indented) + "\n");
}

/// <summary>One function as the Functions host finds it.</summary>
/// <param name="Name">The folder's name, and the function's.</param>
/// <param name="Json">What its function.json holds.</param>
internal sealed record FunctionFolder(string Name, string Json);

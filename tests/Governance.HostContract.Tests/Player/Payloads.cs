using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Governance.HostContract.Tests.Player;

/// <summary>Invocations as the Functions host writes them: objects nested, everything else as a JSON string that holds JSON text.</summary>
internal static class Payloads
{
    internal static JsonObject Turn(string base64) => Invocation("context", Text(base64));

    /// <param name="inputJson">The scheduled input; null for none.</param>
    internal static JsonObject Activity(string? inputJson, string instanceId)
    {
        var invocation = Invocation("input", Text(inputJson));
        var metadata = invocation["Metadata"]!.AsObject();
        metadata["instanceId"] = Text(instanceId);
        metadata["input"] = Text(inputJson);

        // The host copies the members of an object input into the metadata, over its own ones of the same name.
        if (inputJson is not null && JsonNode.Parse(inputJson) is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                metadata[name] = value is JsonObject ? value.DeepClone() : JsonValue.Create(value?.ToJsonString() ?? "null");
            }
        }

        return invocation;
    }

    internal static JsonObject Timer(DateTimeOffset now, string client)
    {
        var at = now.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
        var invocation = Invocation("timer", new JsonObject
        {
            ["Schedule"] = new JsonObject { ["AdjustForDST"] = true },
            ["ScheduleStatus"] = new JsonObject { ["Last"] = at, ["LastUpdated"] = at, ["Next"] = at },
            ["IsPastDue"] = false,
        });
        invocation["Data"]!["client"] = Text(client);
        return invocation;
    }

    internal static JsonObject Queue(string message, long dequeueCount, string client)
    {
        var invocation = Invocation("item", Text(message));
        invocation["Data"]!["client"] = Text(client);
        var metadata = invocation["Metadata"]!.AsObject();
        metadata["DequeueCount"] = dequeueCount.ToString(CultureInfo.InvariantCulture);
        metadata["Id"] = Text("6f3c7f0e-0000-4000-8000-000000000001");
        metadata["PopReceipt"] = Text("AgAAAAMAAAAAAAAA");
        metadata["InsertionTime"] = "2026-01-02T03:04:05+00:00";
        return invocation;
    }

    /// <summary>A text as the host writes it: twice encoded; null as the text "null".</summary>
    internal static JsonNode Text(string? text) => JsonValue.Create(JsonSerializer.Serialize(text));

    private static JsonObject Invocation(string binding, JsonNode value) => new()
    {
        ["Data"] = new JsonObject { [binding] = value },
        ["Metadata"] = new JsonObject
        {
            ["sys"] = new JsonObject { ["MethodName"] = "Function", ["UtcNow"] = "2026-01-02T03:04:06.1Z", ["RandGuid"] = "0f8fad5b-d9cb-469f-a165-70867728950e" },
        },
    };
}

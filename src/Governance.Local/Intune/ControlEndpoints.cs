using System.Text.Json;
using System.Text.Json.Serialization;

namespace Governance.Local.Intune;

/// <summary><c>/_sim</c>: looks into the tenant and moves it, for people and for tests in other processes.</summary>
internal sealed class ControlEndpoints(IntuneSimulator simulator)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public SimulatedReply Route(SimulatedCall call, string[] command)
    {
        switch (call.Method, command)
        {
            case ("GET", ["journal"]):
                return Json(simulator.Journal.Entries);
            case ("DELETE", ["journal"]):
                simulator.Journal.Clear();
                return SimulatedReply.NoContent;
            case ("GET", ["apps"]):
                return Json(simulator.Tenant.Apps.OrderBy(app => app.CreatedAt).Select(Summary));
            case ("POST", ["advance"]) when call.Json() is { } body && body.TryGetProperty("seconds", out var seconds) && seconds.TryGetDouble(out var by):
                simulator.Clock.Advance(TimeSpan.FromSeconds(by));
                return SimulatedReply.NoContent;
            case ("POST", ["faults"]) when Rule(call) is { } rule:
                simulator.Faults.Add(rule);
                return SimulatedReply.NoContent;
            case ("DELETE", ["faults"]):
                simulator.Faults.Clear();
                return SimulatedReply.NoContent;
            case ("GET", ["approvals"]):
                return Json(simulator.Approvals.Requests);
            case ("POST", ["approvals", var code, "approve" or "reject"]) when Guid.TryParse(code, out var id):
                return simulator.Approvals.Decide(id, command[2] == "approve") ? SimulatedReply.NoContent : NotFound(call);
            case ("DELETE", ["apps", var app]):
                return simulator.Tenant.Remove(app) ? SimulatedReply.NoContent : NotFound(call);
            case ("PUT", ["apps", var edited, "notes"]) when call.Json() is { } notes && simulator.Tenant.Find(edited) is { } found:
                simulator.EditNotes(found, AppRules.Text(notes, "notes") ?? string.Empty);
                return SimulatedReply.NoContent;
            default:
                return NotFound(call);
        }
    }

    private static object Summary(SimulatedApp app)
    {
        lock (app.Gate)
        {
            return new
            {
                app.Id,
                DisplayName = app.Text("displayName"),
                Notes = app.Text("notes"),
                app.PublishingState,
                app.Committed,
                ContentVersions = app.Versions.Count,
                Assignments = app.Assignments.Select(a => new { a.Intent, a.TargetType, a.GroupId }).ToArray(),
            };
        }
    }

    private static FaultRule? Rule(SimulatedCall call)
    {
        try
        {
            return JsonSerializer.Deserialize<FaultRule>(call.Body, Options);
        }
        catch (JsonException)
        {
            // Answered as not found: there is no such rule.
            return null;
        }
    }

    private static SimulatedReply Json(object value) => new(200, JsonSerializer.SerializeToUtf8Bytes(value, Options), "application/json");

    private SimulatedReply NotFound(SimulatedCall call) =>
        SimulatedReply.Error(call, 404, "NotFound", "The simulator has no such command, or not with that body.", simulator.Clock.Now);
}

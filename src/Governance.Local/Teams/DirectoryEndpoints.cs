using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Governance.Local.Teams;

/// <summary>The little of Graph that says who is an approver.</summary>
internal static class DirectoryEndpoints
{
    internal static void Map(WebApplication app, TeamsSimulator simulator)
    {
        app.MapGet("/graph/v1.0/users/{id}", (string id) => Find(simulator, id) is { } person
            ? ConnectorEndpoints.Json(new JsonObject
            {
                ["id"] = person.ObjectId.ToString(),
                ["displayName"] = person.Name,
                ["accountEnabled"] = person.Enabled,
                ["userType"] = person.Guest ? "Guest" : "Member",
            })
            : Missing);
        app.MapGet("/graph/v1.0/users/{id}/appRoleAssignments", (string id) => Find(simulator, id) is { } person
            ? ConnectorEndpoints.Json(new JsonObject
            {
                ["value"] = person.Approver
                    ? new JsonArray(new JsonObject { ["resourceId"] = simulator.Options.ResourceId.ToString(), ["appRoleId"] = simulator.Options.RoleId.ToString() })
                    : [],
            })
            : Missing);
    }

    private static IResult Missing =>
        ConnectorEndpoints.Json(new JsonObject { ["error"] = new JsonObject { ["code"] = "Request_ResourceNotFound", ["message"] = "Resource does not exist." } }, 404);

    private static SimulatedPerson? Find(TeamsSimulator simulator, string id) => Guid.TryParse(id, out var oid) ? simulator.Person(oid) : null;
}

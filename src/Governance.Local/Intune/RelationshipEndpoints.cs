using System.Text.Json;

namespace Governance.Local.Intune;

/// <summary>Supersedence and dependencies: readable on v1.0, writable on beta only, and always as a whole set.</summary>
internal sealed class RelationshipEndpoints(SimulatedTenant tenant)
{
    private const int MostNodes = 10;

    public SimulatedReply All(SimulatedCall call) => Write(call, tenant.Apps.SelectMany(app => Own(app)));

    public static SimulatedReply Of(SimulatedCall call, SimulatedApp app) => Write(call, Own(app));

    public SimulatedReply Replace(SimulatedCall call, SimulatedApp app)
    {
        if (call.Json() is not { } body || !body.TryGetProperty("relationships", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            return Refuse(call, "The relationships are missing.");
        }

        var relations = list.EnumerateArray().ToArray();
        if (relations.Length >= MostNodes)
        {
            return Refuse(call, $"A relationship graph has at most {MostNodes} apps.");
        }

        foreach (var relation in relations)
        {
            var target = AppRules.Text(relation, "targetId");
            if (target is null || target == app.Id || tenant.Find(target) is not { } other)
            {
                return Refuse(call, "A relationship's target does not exist.");
            }

            if (AppRules.Text(relation, "targetType") == "parent" || other.Relationships.Exists(back => AppRules.Text(back, "targetId") == app.Id))
            {
                return Refuse(call, "A circular dependency was created while adding app relationships.");
            }
        }

        app.Relationships.Clear();
        app.Relationships.AddRange(relations.Select(relation => relation.Clone()));
        return SimulatedReply.NoContent;
    }

    private static JsonElement[] Own(SimulatedApp app) => [.. app.Relationships];

    private SimulatedReply Refuse(SimulatedCall call, string sentence) => SimulatedReply.IntuneError(call, 400, "BadRequest", sentence, tenant.Now);

    private static SimulatedReply Write(SimulatedCall call, IEnumerable<JsonElement> relations) => SimulatedReply.Json(200, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("@odata.context", $"{call.BaseAddress}/{call.Segments[0]}/$metadata#relationships");
        writer.WriteStartArray("value");
        foreach (var relation in relations)
        {
            relation.WriteTo(writer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}

using System.Text.Json;

namespace Governance.Local.Intune;

/// <summary><c>.../mobileApps/{id}/assign</c> and <c>/assignments</c>.</summary>
internal sealed class AssignmentEndpoints(SimulatedTenant tenant)
{
    public static SimulatedReply List(SimulatedCall call, SimulatedApp app) => SimulatedReply.Json(200, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("@odata.context", $"{call.BaseAddress}/v1.0/$metadata#deviceAppManagement/mobileApps('{app.Id}')/assignments");
        writer.WriteStartArray("value");
        app.Assignments.ForEach(assignment => Write(writer, assignment));
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary>Replaces the whole set.</summary>
    public SimulatedReply Replace(SimulatedCall call, SimulatedApp app)
    {
        if (Closed(call, app) is { } closed)
        {
            return closed;
        }

        if (call.Json() is not { } body || !body.TryGetProperty("mobileAppAssignments", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            return Refuse(call, 400, "BadRequest", "The mobileAppAssignments are missing.");
        }

        var assignments = new List<SimulatedAssignment>();
        foreach (var item in list.EnumerateArray())
        {
            var (assignment, refusal) = Read(call, item, app);
            if (assignment is null)
            {
                return refusal!;
            }

            if (!assignments.Exists(other => other.Key == assignment.Key))
            {
                assignments.Add(assignment);
            }
        }

        Set(app, assignments);
        return SimulatedReply.NoContent;
    }

    public SimulatedReply Add(SimulatedCall call, SimulatedApp app)
    {
        if (Closed(call, app) is { } closed)
        {
            return closed;
        }

        var (assignment, refusal) = call.Json() is { } body ? Read(call, body, app) : (null, Refuse(call, 400, "BadRequest", "No body."));
        if (assignment is null)
        {
            return refusal!;
        }

        if (!app.Assignments.Exists(other => other.Key == assignment.Key))
        {
            Set(app, [.. app.Assignments, assignment]);
        }

        return SimulatedReply.Json(201, writer => Write(writer, assignment));
    }

    public SimulatedReply Change(SimulatedCall call, SimulatedApp app, string id)
    {
        if (app.Assignments.Find(a => a.Id == id) is not { } present)
        {
            return Refuse(call, 404, "ResourceNotFound", "Resource does not exist.");
        }

        if (call.Method == "DELETE")
        {
            Set(app, [.. app.Assignments.Where(a => a.Id != id)]);
            return SimulatedReply.NoContent;
        }

        var (changed, refusal) = call.Json() is { } body ? Read(call, body, app) : (null, Refuse(call, 400, "BadRequest", "No body."));
        if (changed is null)
        {
            return refusal!;
        }

        Set(app, [.. app.Assignments.Select(a => a == present ? changed with { Id = id } : a)]);
        return SimulatedReply.Json(200, writer => Write(writer, changed with { Id = id }));
    }

    public static void Write(Utf8JsonWriter writer, SimulatedAssignment assignment)
    {
        writer.WriteStartObject();
        writer.WriteString("@odata.type", "#microsoft.graph.mobileAppAssignment");
        writer.WriteString("id", assignment.Id);
        writer.WriteString("intent", assignment.Intent);
        writer.WriteStartObject("target");
        writer.WriteString("@odata.type", $"#microsoft.graph.{assignment.TargetType}");
        if (assignment.GroupId is not null)
        {
            writer.WriteString("groupId", assignment.GroupId);
        }

        writer.WriteEndObject();
        writer.WritePropertyName("settings");
        if (assignment.Settings is { } settings)
        {
            settings.WriteTo(writer);
        }
        else
        {
            writer.WriteNullValue();
        }

        writer.WriteEndObject();
    }

    /// <summary>Assignments that stay keep their beginning: devices that took them are not asked again.</summary>
    private void Set(SimulatedApp app, List<SimulatedAssignment> now)
    {
        foreach (var gone in app.Assignments.Where(old => !now.Exists(a => a.Key == old.Key && a.Intent == old.Intent)))
        {
            app.Former.Add((gone, tenant.Now));
        }

        var kept = now.Select(a => app.Assignments.Find(old => old.Key == a.Key && old.Intent == a.Intent) is { } old ? a with { Since = old.Since } : a).ToArray();
        app.Assignments.Clear();
        app.Assignments.AddRange(kept);
        app.ModifiedAt = tenant.Now;
    }

    private SimulatedReply? Closed(SimulatedCall call, SimulatedApp app)
    {
        app.Look(tenant.Now);
        return app.PublishingState != "published" ? Refuse(call, 400, "BadRequest", AppEndpoints.NotPublished)
            : app.PublishedAt + tenant.Options.NotSettledFor > tenant.Now ? Refuse(call, 412, "ConditionNotMet", "The condition is not met.")
            : null;
    }

    private (SimulatedAssignment? Assignment, SimulatedReply? Refusal) Read(SimulatedCall call, JsonElement item, SimulatedApp app)
    {
        var intent = AppRules.Text(item, "intent");
        if (intent is not ("available" or "required" or "uninstall" or "availableWithoutEnrollment"))
        {
            // The real service has no better answer to a word that it does not know.
            return (null, SimulatedReply.Error(call, 500, "InternalServerError", "An internal server error has occurred.", tenant.Now));
        }

        if (!item.TryGetProperty("target", out var target) || target.ValueKind != JsonValueKind.Object)
        {
            return (null, Refuse(call, 400, "BadRequest", "The assignment's target is missing."));
        }

        var type = AppRules.Text(target, "@odata.type")?.Split('.')[^1];
        var grouped = type is "groupAssignmentTarget" or "exclusionGroupAssignmentTarget";
        var group = AppRules.Text(target, "groupId");
        var known = Guid.TryParse(group, out var id) && (!tenant.Options.GroupsMustExist || tenant.Groups.ContainsKey(id));
        if ((grouped && !known) || (!grouped && type is not ("allDevicesAssignmentTarget" or "allLicensedUsersAssignmentTarget")))
        {
            return (null, Refuse(call, 400, "BadRequest", "The assignment's target is not valid."));
        }

        var settings = item.TryGetProperty("settings", out var given) && given.ValueKind == JsonValueKind.Object ? given : (JsonElement?)null;
        if (settings is not null && type == "exclusionGroupAssignmentTarget")
        {
            return (null, Refuse(call, 400, "BadRequest", "Settings are not allowed on an exclusion."));
        }

        var exclusion = type == "exclusionGroupAssignmentTarget" ? 1 : 0;
        return (new($"{(grouped ? id : Guid.Parse(app.Id))}_{exclusion}_0", intent, type!, grouped ? id.ToString() : null, settings, tenant.Now), null);
    }

    private SimulatedReply Refuse(SimulatedCall call, int status, string code, string sentence) =>
        SimulatedReply.IntuneError(call, status, code, sentence, tenant.Now);
}

using System.Globalization;
using System.Text.Json;

namespace Governance.Local.Intune;

/// <summary><c>/deviceAppManagement/mobileApps</c> and one app below it.</summary>
internal sealed class AppEndpoints(SimulatedTenant tenant)
{
    internal const string NotPublished = "Invalid operation: app's PublishingState is not 'Published'.";

    private static readonly string[] Listed =
    [
        "id", "displayName", "description", "publisher", "largeIcon", "createdDateTime", "lastModifiedDateTime", "isFeatured",
        "privacyInformationUrl", "informationUrl", "owner", "developer", "notes", "publishingState",
    ];

    public SimulatedReply List(SimulatedCall call)
    {
        ODataFilter? filter = null;
        if (call.Query("$filter") is { } text)
        {
            filter = ODataFilter.Parse(text);
            if (filter is null || (filter.NotesNeedles.Count > 0 && tenant.Options.NotesFilterRefused))
            {
                return Refuse(call, "Invalid filter clause.");
            }
        }

        var select = call.Query("$select")?.Split(',');
        if (select?.FirstOrDefault(name => !Listed.Contains(name)) is { } unknown)
        {
            return Refuse(call, $"Could not find a property named '{unknown}' on type 'microsoft.graph.mobileApp'.");
        }

        var top = 100;
        if (call.Query("$top") is { } wanted && (!int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out top) || top is < 1 or > 999))
        {
            return Refuse(call, "The limit of '$top' is 1 to 999.");
        }

        var found = tenant.Candidates(filter)
            .Where(app => app.VisibleAt <= tenant.Now && filter?.Matches(app) != false)
            .OrderBy(app => call.Query("$orderby") is { } ? app.Text("displayName") : string.Empty, StringComparer.OrdinalIgnoreCase)
            .ThenBy(app => app.CreatedAt)
            .ThenBy(app => app.Id, StringComparer.Ordinal)
            .ToArray();
        var skip = Pages.Skip(call);
        return SimulatedReply.Json(200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("@odata.context", $"{call.BaseAddress}/v1.0/$metadata#deviceAppManagement/mobileApps");
            if (call.Query("$count") == "true")
            {
                writer.WriteNumber("@odata.count", found.Length);
            }

            if (skip + top < found.Length)
            {
                writer.WriteString("@odata.nextLink", Pages.Next(call, skip + top, tenant.Dice));
            }

            writer.WriteStartArray("value");
            foreach (var app in found.Skip(skip).Take(top))
            {
                Write(writer, app, select, withAssignments: call.Query("$expand") == "assignments");
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    public SimulatedReply Create(SimulatedCall call)
    {
        if (call.Json() is not { } body)
        {
            return Refuse(call, "The request body is not a JSON object.");
        }

        if (tenant.Options.Strict && AppRules.Create(body) is { } problem)
        {
            return Refuse(call, problem);
        }

        var now = tenant.Now;
        var app = new SimulatedApp
        {
            Id = tenant.Dice.Id().ToString(),
            Properties = Settable(body),
            CreatedAt = now,
            ModifiedAt = now,
            VisibleAt = now + tenant.Options.NewAppHiddenFor,
        };
        tenant.Add(app);
        return One(call, 201, app);
    }

    public SimulatedReply Get(SimulatedCall call, SimulatedApp app)
    {
        lock (app.Gate)
        {
            app.Look(tenant.Now);
            return One(call, 200, app);
        }
    }

    public SimulatedReply Patch(SimulatedCall call, SimulatedApp app)
    {
        if (call.Json() is not { } body)
        {
            return Refuse(call, "The request body is not a JSON object.");
        }

        if (tenant.Options.Strict && AppRules.Type(body) is { } untyped)
        {
            return Refuse(call, untyped);
        }

        lock (app.Gate)
        {
            app.Look(tenant.Now);
            return body.TryGetProperty("committedContentVersion", out var version)
                ? Activate(call, app, version.ValueKind == JsonValueKind.String ? version.GetString() : null)
                : Change(call, app, body);
        }
    }

    public SimulatedReply Delete(SimulatedApp app)
    {
        tenant.Remove(app.Id);
        return SimulatedReply.NoContent;
    }

    /// <summary>The switch: everything else in the same body is ignored.</summary>
    private SimulatedReply Activate(SimulatedCall call, SimulatedApp app, string? id)
    {
        var version = app.Versions.Find(v => v.Id == id);
        if (version is null)
        {
            return Refuse(call, "The committed content version does not exist.");
        }

        if (version.Files.Count == 0 || version.Files.Exists(file => !file.Committed))
        {
            return Refuse(call, "All AppFiles must be committed before committing an application.");
        }

        if (app.Committed != id || !app.EverPublished)
        {
            app.Committed = id;
            app.Activation = new(tenant.Now + tenant.Options.PublishDelay, tenant.Options.PendingLooks, call.ForcedEnd ?? "published");
        }

        app.ModifiedAt = tenant.Now;
        return One(call, 200, app);
    }

    private SimulatedReply Change(SimulatedCall call, SimulatedApp app, JsonElement body)
    {
        if (app.PublishingState != "published")
        {
            return Refuse(call, NotPublished);
        }

        if (tenant.Options.Strict && AppRules.Patch(body) is { } problem)
        {
            return Refuse(call, problem);
        }

        foreach (var (name, value) in Settable(body))
        {
            app.Properties[name] = value;
        }

        app.ModifiedAt = tenant.Now;
        tenant.Mark(app);
        return One(call, 200, app);
    }

    private static SimulatedReply One(SimulatedCall call, int status, SimulatedApp app) => SimulatedReply.Json(
        status, writer => Write(writer, app, null, context: $"{call.BaseAddress}/v1.0/$metadata#deviceAppManagement/mobileApps/$entity"));

    private SimulatedReply Refuse(SimulatedCall call, string sentence) => SimulatedReply.IntuneError(call, 400, "BadRequest", sentence, tenant.Now);

    /// <summary>v1.0 drops a displayVersion without a word.</summary>
    private static Dictionary<string, JsonElement> Settable(JsonElement body) => body.EnumerateObject()
        .Where(property => property.Name is not ("displayVersion" or "committedContentVersion") && !property.Name.Contains('@', StringComparison.Ordinal))
        .ToDictionary(property => property.Name, property => property.Value);

    private static void Write(Utf8JsonWriter writer, SimulatedApp app, string[]? select, string? context = null, bool withAssignments = false)
    {
        bool Wanted(string name) => select is null || select.Contains(name);
        writer.WriteStartObject();
        if (context is not null)
        {
            writer.WriteString("@odata.context", context);
        }

        writer.WriteString("@odata.type", "#microsoft.graph.win32LobApp");
        void Text(string name, string? value)
        {
            if (Wanted(name))
            {
                writer.WriteString(name, value);
            }
        }

        Text("id", app.Id);
        Text("createdDateTime", app.CreatedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        Text("lastModifiedDateTime", app.ModifiedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        Text("publishingState", app.PublishingState);
        if (select is null)
        {
            writer.WriteString("committedContentVersion", app.Committed);
        }

        foreach (var (name, value) in app.Properties.Where(property => Wanted(property.Key)))
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }

        if (withAssignments)
        {
            writer.WriteStartArray("assignments");
            app.Assignments.ForEach(assignment => AssignmentEndpoints.Write(writer, assignment));
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}

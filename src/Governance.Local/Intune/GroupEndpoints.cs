using System.Globalization;
using System.Text.Json;

namespace Governance.Local.Intune;

/// <summary><c>/groups/{id}</c> and its members.</summary>
internal sealed class GroupEndpoints(SimulatedTenant tenant)
{
    public SimulatedReply Route(SimulatedCall call, string[] rest)
    {
        if (rest.Length == 0 || !Guid.TryParse(rest[0], out var id) || !tenant.Groups.TryGetValue(id, out var members))
        {
            return SimulatedReply.Error(call, 404, "Request_ResourceNotFound", "Resource does not exist or one of its queried reference-property objects are not present.", tenant.Now);
        }

        return (call.Method, rest[1..]) switch
        {
            ("GET", []) => SimulatedReply.Json(200, writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("@odata.context", $"{call.BaseAddress}/v1.0/$metadata#groups/$entity");
                writer.WriteString("id", id);
                writer.WriteString("displayName", members.Group.Name);
                writer.WriteEndObject();
            }),
            ("GET", ["transitiveMembers" or "members"]) => Members(call, members),
            _ => SimulatedReply.Error(call, 400, "BadRequest", $"Resource not found for the segment '{call.Segments[^1]}'.", tenant.Now),
        };
    }

    private SimulatedReply Members(SimulatedCall call, GroupMembers members)
    {
        var top = 100;
        if (call.Query("$top") is { } wanted && (!int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out top) || top is < 1 or > 999))
        {
            return SimulatedReply.Error(call, 400, "Request_BadRequest", "Invalid page size specified. Must be between 1 and 999 inclusive.", tenant.Now);
        }

        var skip = Pages.Skip(call);
        var total = members.Devices.Count + members.Users.Count;
        return SimulatedReply.Json(200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("@odata.context", $"{call.BaseAddress}/v1.0/$metadata#directoryObjects");
            if (skip + top < total)
            {
                writer.WriteString("@odata.nextLink", Pages.Next(call, skip + top, tenant.Dice));
            }

            writer.WriteStartArray("value");
            for (var i = skip; i < Math.Min(skip + top, total); i++)
            {
                Write(writer, members, i);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter writer, GroupMembers members, int index)
    {
        writer.WriteStartObject();
        if (index < members.Devices.Count)
        {
            var device = members.Devices[index];
            writer.WriteString("@odata.type", "#microsoft.graph.device");
            writer.WriteString("id", device.ObjectId);
            writer.WriteString("deviceId", device.DeviceId.ToString());
            writer.WriteString("displayName", device.Name);
        }
        else
        {
            var user = members.Users[index - members.Devices.Count];
            writer.WriteString("@odata.type", "#microsoft.graph.user");
            writer.WriteString("id", user.ObjectId);
            writer.WriteString("displayName", user.PrincipalName.Split('@')[0]);
            writer.WriteString("userPrincipalName", user.PrincipalName);
        }

        writer.WriteEndObject();
    }
}

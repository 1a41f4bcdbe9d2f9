using System.Globalization;
using System.Text.Json;

namespace Governance.Local.Intune;

/// <summary><c>.../graph.win32LobApp/contentVersions</c> and everything below it.</summary>
internal sealed class ContentEndpoints(SimulatedTenant tenant)
{
    /// <param name="call">The request.</param>
    /// <param name="app">The app; the caller holds its lock.</param>
    /// <param name="rest">Segments after <c>contentVersions</c>.</param>
    public SimulatedReply Route(SimulatedCall call, SimulatedApp app, string[] rest)
    {
        if (call.Method == "DELETE")
        {
            return SimulatedReply.Error(
                call, 400, "BadRequest", "No OData route exists that match template ~/singleton/navigation/key/cast/navigation/key with http verb DELETE.", tenant.Now);
        }

        if (rest.Length == 0)
        {
            return call.Method == "GET" ? ListVersions(call, app) : MakeVersion(call, app);
        }

        var id = rest[0];
        if (app.Versions.Find(v => v.Id == id) is not { } version)
        {
            return Missing(call);
        }

        return rest[1..] switch
        {
            [] => SimulatedReply.Json(200, writer => Write(writer, version, call)),
            ["files"] => call.Method == "GET" ? ListFiles(call, version) : MakeFile(call, version),
            ["files", var file, .. var action] when version.Files.Find(f => f.Id == file) is { } found => OnFile(call, found, action),
            _ => Missing(call),
        };
    }

    private static SimulatedReply ListVersions(SimulatedCall call, SimulatedApp app) => SimulatedReply.Json(200, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("@odata.context", $"{call.BaseAddress}/v1.0/$metadata#contentVersions");
        writer.WriteStartArray("value");
        app.Versions.ForEach(version => Write(writer, version, null));
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private SimulatedReply MakeVersion(SimulatedCall call, SimulatedApp app)
    {
        if (call.Json() is null)
        {
            return Refuse(call, "The request body is not a JSON object.");
        }

        if (app.Committed is null && app.Versions.Count > 0)
        {
            return Refuse(call, "The mobile app content cannot be updated before the first content version is committed.");
        }

        var version = new SimulatedVersion { Id = (app.Versions.Count + 1).ToString(CultureInfo.InvariantCulture) };
        app.Versions.Add(version);
        return SimulatedReply.Json(201, writer => Write(writer, version, call));
    }

    private static SimulatedReply ListFiles(SimulatedCall call, SimulatedVersion version) => SimulatedReply.Json(200, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("@odata.context", $"{call.BaseAddress}/v1.0/$metadata#files");
        writer.WriteStartArray("value");
        version.Files.ForEach(file => Write(writer, file, call, asEntity: false));
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private SimulatedReply MakeFile(SimulatedCall call, SimulatedVersion version)
    {
        if (call.Json() is not { } body
            || AppRules.Text(body, "name") is not { Length: > 0 } name
            || !body.TryGetProperty("size", out var size) || !size.TryGetInt64(out var plain) || plain <= 0
            || !body.TryGetProperty("sizeEncrypted", out var encrypted) || !encrypted.TryGetInt64(out var cipher) || cipher <= plain)
        {
            return Refuse(call, "The content file's name and sizes are not valid.");
        }

        var file = new SimulatedFile
        {
            Id = tenant.Dice.Id().ToString(),
            Name = name,
            Size = plain,
            SizeEncrypted = cipher,
            CreatedAt = tenant.Now,
            State = "azureStorageUriRequestPending",
            Pending = Await(tenant.Options.AddressDelay, call.ForcedEnd ?? "azureStorageUriRequestSuccess"),
        };
        version.Files.Add(file);
        return SimulatedReply.Json(201, writer => Write(writer, file, call, asEntity: true));
    }

    private SimulatedReply OnFile(SimulatedCall call, SimulatedFile file, string[] action)
    {
        switch (call.Method, action)
        {
            case ("GET", []):
                file.Look(tenant.Now, Ended);
                return SimulatedReply.Json(200, writer => Write(writer, file, call, asEntity: true));
            case ("POST", ["renewUpload" or "microsoft.graph.renewUpload"]):
                return Renew(call, file);
            case ("POST", ["commit" or "microsoft.graph.commit"]):
                return Commit(call, file);
            default:
                return Missing(call);
        }
    }

    private SimulatedReply Renew(SimulatedCall call, SimulatedFile file)
    {
        if (file.Committed)
        {
            return Refuse(call, "The content file is committed already.");
        }

        // By experience a dead file stays dead.
        var dead = file.State.EndsWith("Failed", StringComparison.Ordinal) || file.State.StartsWith("azureStorageUriRequestTimedOut", StringComparison.Ordinal);
        file.State = "azureStorageUriRenewalPending";
        file.Pending = Await(tenant.Options.AddressDelay, call.ForcedEnd ?? (dead ? "azureStorageUriRenewalFailed" : "azureStorageUriRenewalSuccess"));
        return SimulatedReply.NoContent;
    }

    /// <summary>Takes anything and checks it later, as Intune does; here the check is made at once and told later, so that content need not be kept.</summary>
    private SimulatedReply Commit(SimulatedCall call, SimulatedFile file)
    {
        if (call.Json() is not { } body || !body.TryGetProperty("fileEncryptionInfo", out var info) || info.ValueKind != JsonValueKind.Object)
        {
            return Refuse(call, "The fileEncryptionInfo is missing.");
        }

        if (file.Committed || file.State is "commitFileFailed" or "commitFilePending")
        {
            return SimulatedReply.NoContent;
        }

        var end = call.ForcedEnd ?? (CommitCheck.Holds(file.Blob, file.Size, file.SizeEncrypted, info) ? "commitFileSuccess" : "commitFileFailed");
        if (end is "commitFileSuccess" or "commitFileFailed")
        {
            file.Blob?.Forget();
        }

        file.State = "commitFilePending";
        file.Pending = Await(tenant.Options.CommitDelay, end);
        return SimulatedReply.NoContent;
    }

    private PendingState Await(TimeSpan delay, string end) => new(tenant.Now + delay, tenant.Options.PendingLooks, end);

    private void Ended(SimulatedFile file)
    {
        switch (file.State)
        {
            case "azureStorageUriRequestSuccess":
                var path = $"/blob/{tenant.Dice.Id()}/{tenant.Dice.Id()}/{tenant.Dice.Id()}.intunewin.bin";
                file.Blob = new()
                {
                    Path = path,
                    Policy = tenant.Dice.Id().ToString(),
                    Signature = tenant.Dice.Signature(),
                    ExpiresAt = tenant.Now + tenant.Options.AddressLife,
                    KnownFrom = tenant.Now + tenant.Options.AddressUnknownFor,
                };
                tenant.Blobs[path] = file.Blob;
                break;
            case "azureStorageUriRenewalSuccess" when file.Blob is { } blob:
                blob.Signature = tenant.Dice.Signature();
                blob.ExpiresAt = tenant.Now + tenant.Options.AddressLife;
                break;
            case "commitFileSuccess":
                file.Committed = true;
                if (file.Blob is { } uploaded)
                {
                    tenant.Blobs.TryRemove(uploaded.Path, out _);
                }

                break;
        }
    }

    private SimulatedReply Missing(SimulatedCall call) => SimulatedReply.IntuneError(call, 404, "ResourceNotFound", "Resource does not exist.", tenant.Now);

    private SimulatedReply Refuse(SimulatedCall call, string sentence) => SimulatedReply.IntuneError(call, 400, "BadRequest", sentence, tenant.Now);

    private static void Write(Utf8JsonWriter writer, SimulatedVersion version, SimulatedCall? asEntityOf)
    {
        writer.WriteStartObject();
        if (asEntityOf is not null)
        {
            writer.WriteString("@odata.context", $"{asEntityOf.BaseAddress}/v1.0/$metadata#contentVersions/$entity");
        }

        writer.WriteString("id", version.Id);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, SimulatedFile file, SimulatedCall call, bool asEntity)
    {
        // The address shows only in the states that say it is there.
        var open = file.State is "azureStorageUriRequestSuccess" or "azureStorageUriRenewalSuccess";
        writer.WriteStartObject();
        if (asEntity)
        {
            writer.WriteString("@odata.context", $"{call.BaseAddress}/v1.0/$metadata#files/$entity");
        }

        writer.WriteString("id", file.Id);
        writer.WriteString("azureStorageUri", open ? file.Blob?.Address(call.BaseAddress) : null);
        writer.WriteBoolean("isCommitted", file.Committed);
        writer.WriteString("createdDateTime", file.CreatedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        writer.WriteString("name", file.Name);
        writer.WriteNumber("size", file.Size);
        writer.WriteNumber("sizeEncrypted", file.SizeEncrypted);
        if (open && file.Blob is { } blob)
        {
            writer.WriteString("azureStorageUriExpirationDateTime", blob.ExpiresAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        }
        else
        {
            writer.WriteNull("azureStorageUriExpirationDateTime");
        }

        writer.WriteNull("manifest");
        writer.WriteString("uploadState", file.State);
        writer.WriteBoolean("isDependency", false);
        writer.WriteEndObject();
    }
}

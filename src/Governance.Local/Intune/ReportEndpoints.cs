using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Governance.Local.Intune;

/// <summary>A running or finished export.</summary>
internal sealed class ExportJob
{
    public required string Id { get; init; }

    public required string ReportName { get; init; }

    public required string AppId { get; init; }

    public required IReadOnlyList<string> Select { get; init; }

    public required string Signature { get; init; }

    public required PendingState Pending { get; init; }

    /// <summary>notStarted, inProgress, completed or failed.</summary>
    public string Status { get; set; } = "notStarted";
}

/// <summary>The installation report: in pages of 50 rows, and as an exported file.</summary>
internal sealed partial class ReportEndpoints(SimulatedTenant tenant, DeviceEngine devices)
{
    private const int PageRows = 50;

    private static readonly string[] Columns =
    [
        "DeviceId", "ApplicationId", "UserId", "DeviceName", "UserPrincipalName", "UserName", "Platform", "AppVersion", "ErrorCode", "InstallState",
        "InstallStateDetail", "LastModifiedDateTime", "AssignmentFilterIdsExist", "HexErrorCode", "AppInstallState", "AppInstallState_loc",
        "AppInstallStateDetails", "AppInstallStateDetails_loc",
    ];

    private static readonly Dictionary<int, string> States = new()
    {
        [1] = "Installed",
        [2] = "Failed",
        [3] = "Not installed",
        [4] = "Uninstall failed",
        [5] = "Install pending",
        [99] = "Unknown",
        [-1] = "Not applicable",
    };

    public SimulatedReply Page(SimulatedCall call)
    {
        if (call.Json() is not { } body || App(AppRules.Text(body, "filter")) is not { } app)
        {
            return SimulatedReply.Error(call, 400, "BadRequest", "The report's filter on ApplicationId is mandatory.", tenant.Now);
        }

        var columns = Selected(body);
        var rows = Rows(app);
        var skip = body.TryGetProperty("skip", out var skipped) && skipped.TryGetInt32(out var number) ? Math.Max(number, 0) : 0;
        var ordered = tenant.Options.Reports.Shuffle ? tenant.Dice.Shuffle(rows) : [.. rows];
        var page = ordered.Skip(skip).Take(PageRows).ToArray();
        if (tenant.Options.Reports.Duplicate && page.Length > 1)
        {
            page[^1] = page[0];
        }

        var reply = SimulatedReply.Json(200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("TotalRowCount", rows.Count);
            writer.WriteString("SessionId", string.Empty);
            writer.WriteStartArray("Schema");
            foreach (var column in columns)
            {
                writer.WriteStartObject();
                writer.WriteString("Column", column);
                writer.WriteString("PropertyType", column is "InstallState" or "InstallStateDetail" or "ErrorCode" ? "Int32" : "String");
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("Values");
            foreach (var row in page)
            {
                writer.WriteStartArray();
                foreach (var column in columns)
                {
                    Write(writer, Cell(app, row, column));
                }

                writer.WriteEndArray();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        return reply with { ContentType = "application/octet-stream" };
    }

    public SimulatedReply StartExport(SimulatedCall call)
    {
        if (call.Json() is not { } body || AppRules.Text(body, "reportName") is not { Length: > 0 } name || App(AppRules.Text(body, "filter")) is not { } app)
        {
            return SimulatedReply.Error(call, 400, "BadRequest", "The report's name and its filter on ApplicationId are mandatory.", tenant.Now);
        }

        var job = new ExportJob
        {
            Id = $"{name}_{tenant.Dice.Id()}",
            ReportName = name,
            AppId = app.Id,
            Select = Selected(body),
            Signature = tenant.Dice.Signature(),
            Pending = new(tenant.Now, tenant.Options.Reports.ExportLooks, call.ForcedEnd ?? "completed"),
        };
        tenant.Exports[job.Id] = job;
        return Write(call, job, 201);
    }

    public SimulatedReply Export(SimulatedCall call, string id)
    {
        if (!tenant.Exports.TryGetValue(id, out var job))
        {
            return SimulatedReply.Error(call, 404, "ResourceNotFound", "Resource does not exist.", tenant.Now);
        }

        lock (job)
        {
            job.Status = job.Status is "completed" or "failed" ? job.Status : job.Pending.IsOver(tenant.Now) ? job.Pending.End : "inProgress";
        }

        return Write(call, job, 200);
    }

    /// <summary>The exported file: a ZIP with one CSV file.</summary>
    public SimulatedReply Download(SimulatedCall call)
    {
        var id = Path.GetFileNameWithoutExtension(call.Segments[^1]);
        if (!tenant.Exports.TryGetValue(id, out var job) || call.Query("sig") != job.Signature || tenant.Find(job.AppId) is not { } app)
        {
            return SimulatedReply.StorageError(403, "AuthenticationFailed", "Signature did not match.");
        }

        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var csv = new StreamWriter(zip.CreateEntry($"{id}.csv").Open(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
            csv.Write(string.Join(',', job.Select) + "\r\n");
            foreach (var row in Rows(app))
            {
                csv.Write(string.Join(',', job.Select.Select(column => Quoted(Cell(app, row, column)))) + "\r\n");
            }
        }

        return new(200, bytes.ToArray(), "application/zip");
    }

    private static SimulatedReply Write(SimulatedCall call, ExportJob job, int status) => SimulatedReply.Json(status, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("@odata.context", $"{call.BaseAddress}/v1.0/$metadata#deviceManagement/reports/exportJobs/$entity");
        writer.WriteString("id", job.Id);
        writer.WriteString("reportName", job.ReportName);
        writer.WriteString("status", job.Status);
        writer.WriteString("format", "csv");
        writer.WriteString(
            "url", job.Status == "completed" ? $"{call.BaseAddress}/export/{job.Id}.zip?sv=2019-07-07&sr=b&sig={Uri.EscapeDataString(job.Signature)}" : null);
        writer.WriteEndObject();
    });

    private SimulatedApp? App(string? filter) =>
        filter is not null && ApplicationFilter().Match(filter) is { Success: true } match ? tenant.Find(match.Groups[1].Value) : null;

    private IReadOnlyList<DeviceRow> Rows(SimulatedApp app) => devices.Rows(app);

    /// <summary>Columns are named in the caller's casing where Intune knows them; others are left out.</summary>
    private static string[] Selected(JsonElement body) =>
        body.TryGetProperty("select", out var select) && select.ValueKind == JsonValueKind.Array && select.GetArrayLength() > 0
            ? [.. select.EnumerateArray().Select(c => c.ToString()).Where(c => Columns.Contains(c, StringComparer.OrdinalIgnoreCase))]
            : Columns;

    private object Cell(SimulatedApp app, DeviceRow row, string column) => column.ToUpperInvariant() switch
    {
        "DEVICEID" => row.Device.IntuneId.ToString(),
        "APPLICATIONID" => app.Id,
        "DEVICENAME" => row.Device.Name,
        "USERPRINCIPALNAME" => row.Device.User,
        "PLATFORM" => "Windows",
        "ERRORCODE" => row.ErrorCode,
        "HEXERRORCODE" => row.ErrorCode == 0 ? string.Empty : $"0x{unchecked((uint)row.ErrorCode):X8}",
        "INSTALLSTATE" or "APPINSTALLSTATE" => row.State,
        "APPINSTALLSTATE_LOC" => States[row.State],
        "INSTALLSTATEDETAIL" or "APPINSTALLSTATEDETAILS" => row.Detail,
        "LASTMODIFIEDDATETIME" => tenant.Options.Reports.NumericTimes
            ? row.ModifiedAt.ToUnixTimeMilliseconds()
            : row.ModifiedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture),
        _ => string.Empty,
    };

    private static void Write(Utf8JsonWriter writer, object cell)
    {
        switch (cell)
        {
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            default:
                writer.WriteStringValue((string)cell);
                break;
        }
    }

    private static string Quoted(object cell)
    {
        var text = Convert.ToString(cell, CultureInfo.InvariantCulture)!;
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    [GeneratedRegex(@"ApplicationId\s+eq\s+'([^']+)'", RegexOptions.CultureInvariant)]
    private static partial Regex ApplicationFilter();
}

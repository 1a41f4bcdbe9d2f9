using System.IO.Compression;
using System.Text;
using Governance.Intune.Graph;
using Governance.Intune.Publishing;
using Microsoft.Graph;
using Microsoft.Graph.DeviceManagement.Reports.RetrieveDeviceAppInstallationStatusReport;
using Microsoft.Graph.Models;

namespace Governance.Intune.Results;

/// <summary>Reads the rows of one app's installation report: page by page, or as an exported file.</summary>
internal sealed class ReportCalls(Func<GraphServiceClient> graph, HttpClient storage, GraphCaller caller, IntuneOptions options)
{
    private const int PageRows = 50;

    /// <summary>One page; Intune gives 50 rows whatever is asked.</summary>
    public Task<GraphReply<ReportPage>> Page(CallFor whose, string app, int skip, CancellationToken cancellation) => caller.Send(
        CallPlan.Read("read install report"),
        whose,
        async (call, token) =>
        {
            var body = new RetrieveDeviceAppInstallationStatusReportPostRequestBody
            {
                Filter = Filter(app),
                Select = [.. InstallRow.Columns],
                OrderBy = ["DeviceId"],
                Skip = skip,
                Top = PageRows,
            };
            var stream = await Report().PostAsync(body, call.Attach, token).ConfigureAwait(false);
            if (stream is null)
            {
                return null;
            }

            await using (stream.ConfigureAwait(false))
            {
                return await ReportPage.Read(stream, token).ConfigureAwait(false);
            }
        },
        cancellation);

    /// <summary>Starts an export. A repeat starts another one, which harms nobody.</summary>
    public Task<GraphReply<DeviceManagementExportJob>> StartExport(CallFor whose, string app, CancellationToken cancellation) => caller.Send(
        CallPlan.Repeatably("start report export"),
        whose,
        (call, token) => graph().DeviceManagement.Reports.ExportJobs.PostAsync(
            new DeviceManagementExportJob
            {
                ReportName = "DeviceInstallStatusByApp",
                Filter = Filter(app),
                Select = [.. InstallRow.Columns],
                Format = DeviceManagementReportFileFormat.Csv,
                LocalizationType = DeviceManagementExportJobLocalizationType.LocalizedValuesAsAdditionalColumn,
            },
            call.Attach,
            token),
        cancellation);

    /// <summary>Looks at an export.</summary>
    public Task<GraphReply<DeviceManagementExportJob>> Export(CallFor whose, string id, CancellationToken cancellation) => caller.Send(
        CallPlan.Read("look at report export", propagates: true),
        whose,
        (call, token) => graph().DeviceManagement.Reports.ExportJobs[id].GetAsync(call.Attach, token),
        cancellation);

    /// <summary>Fetches an exported file and reads its rows.</summary>
    /// <returns>Null where it can't be fetched or read completely.</returns>
    public async Task<IReadOnlyList<InstallRow>?> Download(string? address, CancellationToken cancellation)
    {
        if (UploadAddress.Of(address, null, options) is null)
        {
            return null;
        }

        using var limit = new CancellationTokenSource(options.Results.ExportWithin, caller.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var spool = IntuneWin.Spool.Open(options.Results.ExportBytes);
        await using (spool.ConfigureAwait(false))
        {
            try
            {
                using var response = await storage.GetAsync(new Uri(address!), HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
                if (!response.IsSuccessStatusCode)
                {
                    return null;
                }

                var body = await response.Content.ReadAsStreamAsync(both.Token).ConfigureAwait(false);
                return await Copy(body, spool, options.Results.ExportBytes, both.Token).ConfigureAwait(false) ? Unpack(spool) : null;
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException or InvalidDataException)
            {
                // The rows stay unread; the caller says so.
                return null;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // So it goes where the file does not come to its end in time.
                return null;
            }
        }
    }

    private static string Filter(string app) => $"(ApplicationId eq '{app}')";

    private RetrieveDeviceAppInstallationStatusReportRequestBuilder Report()
    {
        var report = graph().DeviceManagement.Reports.RetrieveDeviceAppInstallationStatusReport;
        if (options.Results.ReportVersion == "v1.0")
        {
            return report;
        }

        var address = options.BaseAddress.AbsoluteUri.TrimEnd('/');
        var root = address[..address.LastIndexOf('/')];
        return report.WithUrl($"{root}/{options.Results.ReportVersion}/deviceManagement/reports/retrieveDeviceAppInstallationStatusReport");
    }

    private List<InstallRow>? Unpack(Stream zip)
    {
        zip.Position = 0;
        using var archive = new ZipArchive(zip, ZipArchiveMode.Read, leaveOpen: true);
        if (archive.Entries.FirstOrDefault(e => e.Name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) is not { } file
            || file.Length > options.Results.ExportBytes)
        {
            return null;
        }

        using var text = new StreamReader(file.Open(), Encoding.UTF8);
        RowValues? columns = null;
        var rows = new List<InstallRow>();
        foreach (var line in Csv.Read(text))
        {
            if (columns is null)
            {
                columns = new(line);
                if (!columns.CanCount)
                {
                    return null;
                }
            }
            else if (columns.Read(line) is { } row)
            {
                rows.Add(row);
            }
        }

        return columns is null ? null : rows;
    }

    private static async Task<bool> Copy(Stream from, Stream to, long limit, CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        for (int read; (read = await from.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
        {
            await to.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            if (to.Length > limit)
            {
                return false;
            }
        }

        return true;
    }
}

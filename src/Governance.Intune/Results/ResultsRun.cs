using Governance.Core;
using Governance.Core.Rollout;
using Governance.Intune.Graph;
using Governance.Intune.Publishing;
using Microsoft.Extensions.Logging;
using Microsoft.Graph.Models;

namespace Governance.Intune.Results;

/// <summary>Reads everything that devices of a ring have reported about an app, or says that it could not: never a part.</summary>
internal sealed class ResultsRun(ReportCalls reports, GroupCalls groups, GraphCaller caller, ResultsOptions options, CallFor whose, ILogger log)
{
    private const int Passes = 3;

    public async Task<PlaneReading<RingDeviceResults>> Run(string app, RingResultsRequest request, CancellationToken cancellation)
    {
        var members = await groups.Members(whose, request.Groups, cancellation).ConfigureAwait(false);
        if (members.Fault is { } unknown)
        {
            return new PlaneReading<RingDeviceResults>.Unavailable(unknown.ToFailure());
        }

        var (rows, failure) = await Rows(app, cancellation).ConfigureAwait(false);
        return rows is null
            ? new PlaneReading<RingDeviceResults>.Unavailable(failure!)
            : new PlaneReading<RingDeviceResults>.Read(RingCount.Of(rows, members.Value!, request, caller.Clock.GetUtcNow()));
    }

    private async Task<(IReadOnlyCollection<InstallRow>? Rows, PlaneFailure? Failure)> Rows(string app, CancellationToken cancellation)
    {
        var (rows, fault) = await Pages(app, cancellation).ConfigureAwait(false);
        if (rows is not null)
        {
            return (rows, null);
        }

        if (fault is { Status: not (400 or 404 or >= 500) })
        {
            return (null, fault.ToFailure());
        }

        if (fault is not null)
        {
            log.ReportFallsBack(app, fault.Status);
        }

        return await Exported(app, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Reads all pages. Their order is not dependable: rows repeat and others are passed over, so while fewer different rows came than there
    /// are, all pages are read again, and in the end the export is asked, which is one file and leaves nothing out.
    /// </summary>
    /// <returns>Neither rows nor fault where the export is the better way.</returns>
    private async Task<(IReadOnlyCollection<InstallRow>? Rows, GraphFault? Fault)> Pages(string app, CancellationToken cancellation)
    {
        var rows = new Dictionary<(string, string), InstallRow>();
        for (var pass = 1; pass <= Passes; pass++)
        {
            var total = 0;
            for (var skip = 0; ;)
            {
                var page = await reports.Page(whose, app, skip, cancellation).ConfigureAwait(false);
                if (page.Value is not { } read)
                {
                    return (null, page.Fault ?? new GraphFault(FaultKind.Garbled, null, null, "The report is empty.", null, []));
                }

                total = read.Total;
                if (total > options.ExportAbove)
                {
                    return (null, null);
                }

                foreach (var row in read.Rows)
                {
                    rows[row.Key] = rows.TryGetValue(row.Key, out var other) && other.ModifiedAt > row.ModifiedAt ? other : row;
                }

                skip += read.Count;
                if (read.Count == 0 || skip >= total)
                {
                    break;
                }
            }

            if (rows.Count >= total)
            {
                return (rows.Values, null);
            }
        }

        return (null, null);
    }

    private async Task<(IReadOnlyCollection<InstallRow>? Rows, PlaneFailure? Failure)> Exported(string app, CancellationToken cancellation)
    {
        var started = await reports.StartExport(whose, app, cancellation).ConfigureAwait(false);
        if (started.Value is not { Id: { } id })
        {
            return (null, started.Fault?.ToFailure() ?? Late("Intune started no export."));
        }

        var hold = new ClaimHold(OpenFence.Instance, PlaneIds.None, whose.Correlation ?? default, caller, log);
        var ended = await Look.Until(
            caller,
            hold,
            options.ExportWithin,
            token => reports.Export(whose, id, token),
            job => job.Status == DeviceManagementReportStatus.Completed,
            job => job.Status == DeviceManagementReportStatus.Failed ? Stop.Transient("EXPORT_FAILED", "Intune's report export failed.") : null,
            () => Stop.Transient("EXPORT_LATE", $"Intune's report export did not finish within {options.ExportWithin.TotalMinutes:0} min."),
            cancellation).ConfigureAwait(false);
        if (ended.Stop is Stop.Failed { Failure: var failure })
        {
            return (null, failure);
        }

        var rows = await reports.Download(ended.Value?.Url, cancellation).ConfigureAwait(false);
        return rows is null ? (null, Late("Intune's exported report can't be fetched or read.")) : (rows, null);
    }

    private static PlaneFailure Late(string message) => new() { Class = ErrorClass.Transient, Code = "EXPORT_UNREADABLE", Message = message };
}

using Governance.Core.Deployments;
using Governance.Core.Policy;

namespace Governance.Storage.Views;

/// <summary>How an app's row follows from its deployments, in whatever order they are told of.</summary>
internal static class AppRows
{
    // What a row keeps of an app: with the longest names and nothing to pack about a quarter of what it holds.
    private const int MostKept = 500;

    // What the list of all apps shows of one.
    private const int ListedVersions = 20;
    private const int ListedDeployments = 5;

    /// <returns>Null where the row shows it already.</returns>
    internal static KnownApp? With(KnownApp? app, IEnumerable<DeploymentSummary> changes)
    {
        var next = changes.Aggregate(app, (known, change) => With(known, change) ?? known);
        return ReferenceEquals(next, app) ? null : next;
    }

    internal static ListedApp Listed(KnownApp app) => new(
        new(
            app.AppName,
            app.FirstSeen,
            app.Deployments[0].Deployment.UpdatedAt,
            [
                .. app.Deployments.GroupBy(each => each.Version, StringComparer.Ordinal).Take(ListedVersions)
                    .Select(version => new AppVersion(version.Key, [.. version.Take(ListedDeployments).Select(each => each.Deployment)])),
            ]),
        app.Sequence);

    private static KnownApp? With(KnownApp? app, DeploymentSummary change)
    {
        var earlier = app is not null && change.CreatedAt < app.FirstSeen;
        if (!earlier && app is not null && app.Deployments.Any(each => each.Deployment.CorrelationId == change.CorrelationId && each.Deployment.Sequence >= change.Sequence))
        {
            return null;
        }

        var deployment = new AppDeployment(
            change.CorrelationId, change.Status, change.StartRing, change.TargetRing, change.CurrentRing, change.Sequence, change.UpdatedAt);
        var known = app?.Deployments ?? [];
        var kept = known.Any(each => each.Deployment.CorrelationId == change.CorrelationId && each.Deployment.Sequence >= change.Sequence)
            ? known
            : [.. known.Where(each => each.Deployment.CorrelationId != change.CorrelationId).Append(new(change.Version, deployment))
                .OrderByDescending(each => each.Deployment.UpdatedAt).ThenBy(each => each.Deployment.CorrelationId.Value).Take(MostKept)];
        if (!earlier && app is not null && kept == known)
        {
            return null;
        }

        return new(
            change.AppName,
            Math.Max((app?.Sequence ?? 0) + 1, change.UpdatedAt.UtcTicks),
            app is null || earlier ? change.CreatedAt : app.FirstSeen,
            earlier ? [.. app!.SeenLater.Append(app.FirstSeen)] : app?.SeenLater ?? [],
            kept);
    }
}

/// <summary>How an app's history follows from its deployments: from our own log, never from the submitter's word.</summary>
internal static class AppHistories
{
    // Shares of this many deployments are kept apart, so that a repeat counts once; older ones are summed.
    internal const int MostShares = 2000;

    /// <returns>Null where the row counts it already, or it adds nothing.</returns>
    internal static HistoryRow? With(HistoryRow? row, IEnumerable<DeploymentSummary> changes)
    {
        var next = changes.Aggregate(row, (known, change) => With(known, change) ?? known);
        return ReferenceEquals(next, row) ? null : next;
    }

    internal static AppHistory Sum(HistoryRow? row, DateTimeOffset asOf) => row is null ? AppHistory.None(asOf) : new(
        row.Completed + row.Shares.Count(share => share.Completed),
        row.Failed + row.Shares.Count(share => share.Failed),
        row.Shares.Aggregate(row.Incidents, (sum, share) => Plus(sum, share.Incidents)),
        asOf);

    /// <summary>Whether a deployment that stands so counts in its app's history.</summary>
    internal static bool Counts(DeploymentSummary change) =>
        change.Status is DeploymentStatus.Completed or DeploymentStatus.Failed or DeploymentStatus.RolledBack || change.Incidents != new IncidentCounts(0, 0, 0, 0);

    private static HistoryRow? With(HistoryRow? row, DeploymentSummary change)
    {
        var known = row ?? new HistoryRow(0, 0, new(0, 0, 0, 0), null, []);
        if (!Counts(change) || change.CreatedAt <= known.SummedUntil
            || known.Shares.Any(each => each.CorrelationId == change.CorrelationId && each.Sequence >= change.Sequence))
        {
            return null;
        }

        var share = new HistoryShare(
            change.CorrelationId,
            change.Sequence,
            change.CreatedAt,
            change.Status is DeploymentStatus.Completed,
            change.Status is DeploymentStatus.Failed or DeploymentStatus.RolledBack,
            change.Incidents);
        var shares = known.Shares.Where(each => each.CorrelationId != share.CorrelationId).Append(share)
            .OrderBy(each => each.CreatedAt).ThenBy(each => each.CorrelationId.Value).ToList();
        foreach (var old in shares.SkipLast(MostShares))
        {
            known = new(
                known.Completed + (old.Completed ? 1 : 0),
                known.Failed + (old.Failed ? 1 : 0),
                Plus(known.Incidents, old.Incidents),
                old.CreatedAt,
                known.Shares);
        }

        return known with { Shares = [.. shares.TakeLast(MostShares)] };
    }

    private static IncidentCounts Plus(IncidentCounts a, IncidentCounts b) =>
        new(a.Minor + b.Minor, a.Moderate + b.Moderate, a.Major + b.Major, a.Security + b.Security);
}

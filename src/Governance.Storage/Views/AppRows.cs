using Governance.Core.Deployments;
using Governance.Core.Policy;

namespace Governance.Storage.Views;

/// <summary>How an app's row follows from its deployments.</summary>
internal static class AppRows
{
    private const int MostVersions = 50;
    private const int MostDeployments = 20;

    internal static AppRow With(AppRow? app, DeploymentSummary change)
    {
        var deployment = new AppDeployment(
            change.CorrelationId, change.Status, change.StartRing, change.TargetRing, change.CurrentRing, change.Sequence, change.UpdatedAt);
        var versions = (app?.Versions ?? []).ToList();
        var index = versions.FindIndex(version => version.Version == change.Version);
        var known = index < 0 ? new AppVersion(change.Version, []) : versions[index];
        if (known.Deployments.Any(each => each.CorrelationId == change.CorrelationId && each.Sequence >= change.Sequence))
        {
            return app!;
        }

        var newer = known with
        {
            Deployments = [.. known.Deployments.Where(each => each.CorrelationId != change.CorrelationId).Append(deployment)
                .OrderByDescending(each => each.UpdatedAt).Take(MostDeployments)],
        };
        if (index >= 0)
        {
            versions.RemoveAt(index);
        }

        return new(
            change.AppName,
            app?.FirstSeen ?? change.CreatedAt,
            app is not null && app.UpdatedAt > change.UpdatedAt ? app.UpdatedAt : change.UpdatedAt,
            [.. versions.Prepend(newer).Take(MostVersions)]);
    }
}

/// <summary>How an app's history follows from its deployments: from our own log, never from the submitter's word.</summary>
internal static class AppHistories
{
    // Shares of this many deployments are kept apart, so that a repeat counts once; older ones are summed.
    private const int MostShares = 400;

    internal static HistoryRow With(HistoryRow? row, DeploymentSummary change)
    {
        var known = row ?? new HistoryRow(0, 0, new(0, 0, 0, 0), []);
        var share = new HistoryShare(
            change.CorrelationId,
            change.Sequence,
            change.Status is DeploymentStatus.Completed,
            change.Status is DeploymentStatus.Failed or DeploymentStatus.RolledBack,
            change.Incidents);
        if (known.Shares.Any(each => each.CorrelationId == share.CorrelationId && each.Sequence >= share.Sequence))
        {
            return known;
        }

        var shares = known.Shares.Where(each => each.CorrelationId != share.CorrelationId).Append(share).ToList();
        foreach (var old in shares.SkipLast(MostShares))
        {
            known = known with
            {
                Completed = known.Completed + (old.Completed ? 1 : 0),
                Failed = known.Failed + (old.Failed ? 1 : 0),
                Incidents = Plus(known.Incidents, old.Incidents),
            };
        }

        return known with { Shares = [.. shares.TakeLast(MostShares)] };
    }

    internal static AppHistory Sum(HistoryRow? row, DateTimeOffset asOf) => row is null ? AppHistory.None(asOf) : new(
        row.Completed + row.Shares.Count(share => share.Completed),
        row.Failed + row.Shares.Count(share => share.Failed),
        row.Shares.Aggregate(row.Incidents, (sum, share) => Plus(sum, share.Incidents)),
        asOf);

    private static IncidentCounts Plus(IncidentCounts a, IncidentCounts b) =>
        new(a.Minor + b.Minor, a.Moderate + b.Moderate, a.Major + b.Major, a.Security + b.Security);
}

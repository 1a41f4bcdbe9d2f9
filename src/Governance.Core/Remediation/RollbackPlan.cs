using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Core.Rollout;

namespace Governance.Core.Remediation;

/// <summary>The deployment that a ring goes back to.</summary>
/// <param name="Ring">Which ring.</param>
/// <param name="Id">The earlier deployment, completed and still in the plane.</param>
/// <param name="Version">Its version.</param>
public sealed record EarlierVersion(Ring Ring, CorrelationId Id, string Version);

/// <summary>What a rollback will do, said before it begins.</summary>
public static class RollbackPlan
{
    /// <summary>The rings that are taken back: those that have the app and no newer deployment took.</summary>
    public static EquatableArray<Ring> RingsOf(DeploymentState state) => [.. state.Rings.Where(ring => ring.SupersededBy is null).Select(ring => ring.Ring)];

    /// <summary>The steps, as sentences in their order.</summary>
    /// <param name="state">What is taken back.</param>
    /// <param name="earlier">Where its rings go; a ring without an earlier version is missing.</param>
    /// <param name="canUninstall">Whether the evidence names an uninstall command.</param>
    public static EquatableArray<string> Of(DeploymentState state, IReadOnlyCollection<EarlierVersion> earlier, bool canUninstall)
    {
        var rings = RingsOf(state);
        var what = $"{Shown.Text(state.Request.AppName, 100)} {Shown.Text(state.Request.Version, 60)}";
        if (rings.Count == 0)
        {
            return [$"{what} has no ring any more; its app is left as it is."];
        }

        return
        [
            canUninstall
                ? $"Have {what} uninstalled from {Names(rings)}."
                : $"Take {what} away from {Names(rings)}; installed copies stay, because the evidence names no uninstall command.",
            .. earlier.GroupBy(each => (each.Id, each.Version)).Select(group =>
                $"Give {Names([.. group.Select(each => each.Ring).Order()])} back to version {Shown.Text(group.Key.Version, 60)} ({group.Key.Id})."),
            canUninstall || earlier.Count > 0 ? "Verify by what devices report." : "Verify that nobody is assigned.",
            .. canUninstall ? (IEnumerable<string>)["Delete the app once every device has reported."] : [],
        ];
    }

    private static string Names(EquatableArray<Ring> rings) => string.Join(", ", rings.Select(ring => ring.WireName()));
}

using System.Globalization;
using Governance.Core.Deployments;

namespace Governance.Core.Cab;

/// <summary>What two deployments reach differently, a sentence each.</summary>
internal static class ScopeChanges
{
    internal static EquatableArray<string> Between(DeploymentRequest before, DeploymentRequest now) =>
        [.. Rings(before, now), .. now.Scope.Rings.SelectMany(ring => Ring(before.Scope.Of(ring.Ring), ring)), .. Criticality(before.Scope, now.Scope)];

    private static IEnumerable<string> Rings(DeploymentRequest before, DeploymentRequest now)
    {
        if ((before.StartRing, before.TargetRing) != (now.StartRing, now.TargetRing))
        {
            yield return $"Rings: {Span(before)} before, {Span(now)} now.";
        }
    }

    private static string Span(DeploymentRequest request) =>
        request.StartRing == request.TargetRing ? request.TargetRing.WireName() : $"{request.StartRing.WireName()} to {request.TargetRing.WireName()}";

    private static IEnumerable<string> Ring(RingScope? before, RingScope now)
    {
        if (before is null)
        {
            yield break;
        }

        var ring = now.Ring.WireName();
        var (added, removed) = (now.GroupIds.Except(before.GroupIds).Count(), before.GroupIds.Except(now.GroupIds).Count());
        if (added + removed > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{ring}: {added} groups more, {removed} groups less.");
        }

        var (excluded, included) = (now.ExcludedGroupIds.Except(before.ExcludedGroupIds).Count(), before.ExcludedGroupIds.Except(now.ExcludedGroupIds).Count());
        if (excluded + included > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{ring}: {excluded} groups newly excluded, {included} no longer.");
        }

        if (before.DeviceCount != now.DeviceCount)
        {
            yield return $"{ring}: {Devices(before)} before, {Devices(now)} now.";
        }

        if (before.Connectivity != now.Connectivity)
        {
            yield return $"{ring}: devices are {now.Connectivity} now, {before.Connectivity} before.";
        }
    }

    private static IEnumerable<string> Criticality(DeploymentScope before, DeploymentScope now)
    {
        if (before.Criticality != now.Criticality)
        {
            yield return $"Criticality: {before.Criticality} before, {now.Criticality} now.";
        }
    }

    private static string Devices(RingScope scope) =>
        scope.DeviceCount is { } count ? string.Create(CultureInfo.InvariantCulture, $"{count:N0} devices") : "devices not stated";
}

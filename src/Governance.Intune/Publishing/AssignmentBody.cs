using Governance.Core;
using Governance.Core.Rollout;
using Microsoft.Graph.Models;

namespace Governance.Intune.Publishing;

/// <summary>Assignments there and back between Graph's models and ours. Pure.</summary>
internal static class AssignmentBody
{
    /// <summary>The complete set that an app is to have: required for some groups, removal for others.</summary>
    public static EquatableArray<PlaneAssignment> Desired(AssignmentSet required, AssignmentSet uninstall) =>
        Sorted([.. Of(required, AssignmentIntent.Required), .. Of(uninstall, AssignmentIntent.Uninstall)]);

    /// <summary>What Graph says an app has.</summary>
    public static EquatableArray<PlaneAssignment> Read(IEnumerable<MobileAppAssignment> assignments) => Sorted(assignments.Select(Read));

    /// <summary>New model objects for one sending, in the order of <paramref name="desired"/>.</summary>
    public static List<MobileAppAssignment> Write(EquatableArray<PlaneAssignment> desired) => [.. desired.Select(Write)];

    private static IEnumerable<PlaneAssignment> Of(AssignmentSet set, AssignmentIntent intent) =>
    [
        .. set.Include.Select(group => new PlaneAssignment(AssignmentTarget.Group, group, intent)),
        // An exclusion takes the intent that it carves from; without an inclusion there is nothing to carve from.
        .. (set.IsEmpty ? [] : set.Exclude).Select(group => new PlaneAssignment(AssignmentTarget.ExcludedGroup, group, intent)),
    ];

    private static EquatableArray<PlaneAssignment> Sorted(IEnumerable<PlaneAssignment> assignments) =>
        [.. assignments.OrderBy(a => a.Target).ThenBy(a => a.GroupId).ThenBy(a => a.Intent)];

    private static PlaneAssignment Read(MobileAppAssignment assignment)
    {
        var intent = assignment.Intent switch
        {
            InstallIntent.Required => AssignmentIntent.Required,
            InstallIntent.Available or InstallIntent.AvailableWithoutEnrollment => AssignmentIntent.Available,
            InstallIntent.Uninstall => AssignmentIntent.Uninstall,
            _ => AssignmentIntent.Other,
        };
        return assignment.Target switch
        {
            ExclusionGroupAssignmentTarget out_ => new(AssignmentTarget.ExcludedGroup, Group(out_.GroupId), intent),
            GroupAssignmentTarget in_ => new(AssignmentTarget.Group, Group(in_.GroupId), intent),
            AllDevicesAssignmentTarget => new(AssignmentTarget.AllDevices, null, intent),
            AllLicensedUsersAssignmentTarget => new(AssignmentTarget.AllUsers, null, intent),
            _ => new(AssignmentTarget.Other, null, intent),
        };
    }

    private static Guid? Group(string? id) => Guid.TryParse(id, out var group) ? group : null;

    private static MobileAppAssignment Write(PlaneAssignment assignment)
    {
        var group = assignment.GroupId?.ToString("D");
        var excluded = assignment.Target == AssignmentTarget.ExcludedGroup;
        return new()
        {
            OdataType = "#microsoft.graph.mobileAppAssignment",
            Intent = assignment.Intent == AssignmentIntent.Uninstall ? InstallIntent.Uninstall : InstallIntent.Required,
            Target = excluded ? new ExclusionGroupAssignmentTarget { GroupId = group } : new GroupAssignmentTarget { GroupId = group },
            // Graph refuses settings on an exclusion.
            Settings = excluded ? null : new Win32LobAppAssignmentSettings
            {
                Notifications = Win32LobAppNotification.ShowAll,
                DeliveryOptimizationPriority = Win32LobAppDeliveryOptimizationPriority.NotConfigured,
            },
        };
    }
}

namespace Governance.Local.Intune;

/// <summary>What one device says about one app.</summary>
/// <param name="State">resultantAppState.</param>
/// <param name="Detail">resultantAppStateDetail.</param>
/// <param name="ErrorCode">As the report has it, a signed number.</param>
/// <param name="ModifiedAt">When the device said so.</param>
internal sealed record DeviceRow(SimulatedDevice Device, int State, int Detail, int ErrorCode, DateTimeOffset ModifiedAt);

/// <summary>
/// Devices over time. Nothing runs: what a device says at a moment follows from the assignments, the moment and the seed, so a month costs
/// nothing and the order of questions changes nothing.
/// </summary>
internal sealed class DeviceEngine(SimulatedTenant tenant)
{
    private const int Installed = 1, Failed = 2, NotInstalled = 3, UninstallFailed = 4, Pending = 5, NotApplicable = -1;

    /// <summary>The rows that reports show now, one a device.</summary>
    public IReadOnlyList<DeviceRow> Rows(SimulatedApp app)
    {
        (string Name, List<(SimulatedAssignment Assignment, DateTimeOffset? EndedAt)> Spans) state;
        lock (app.Gate)
        {
            state = (
                app.Text("displayName"),
                [.. app.Former.Select(f => (f.Assignment, (DateTimeOffset?)f.EndedAt)), .. app.Assignments.Select(a => (a, (DateTimeOffset?)null))]);
        }

        var rows = new Dictionary<Guid, DeviceRow>();
        foreach (var (assignment, endedAt) in state.Spans
            .Where(span => span.Assignment.TargetType == "groupAssignmentTarget" && span.Assignment.Intent is "required" or "uninstall")
            .OrderBy(span => span.Assignment.Since))
        {
            if (!Guid.TryParse(assignment.GroupId, out var id) || !tenant.Groups.TryGetValue(id, out var members))
            {
                continue;
            }

            var excluded = Excluded(state.Spans, assignment);
            foreach (var device in members.Reached.Where(device => !excluded.Contains(device.ObjectId)))
            {
                var had = rows.GetValueOrDefault(device.ObjectId)?.State == Installed;
                if (Row(state.Name, members.Group, device, assignment, endedAt, had) is { } row)
                {
                    rows[device.ObjectId] = row;
                }
            }
        }

        return [.. rows.Values.OrderBy(row => row.Device.IntuneId)];
    }

    private HashSet<Guid> Excluded(List<(SimulatedAssignment Assignment, DateTimeOffset? EndedAt)> spans, SimulatedAssignment from) =>
    [
        .. spans
            .Where(span => span.EndedAt is null && span.Assignment.TargetType == "exclusionGroupAssignmentTarget" && span.Assignment.Intent == from.Intent)
            .Select(span => Guid.TryParse(span.Assignment.GroupId, out var id) && tenant.Groups.TryGetValue(id, out var members) ? members : null)
            .OfType<GroupMembers>()
            .SelectMany(members => members.Reached)
            .Select(device => device.ObjectId),
    ];

    private DeviceRow? Row(string app, SimulatedGroup group, SimulatedDevice device, SimulatedAssignment assignment, DateTimeOffset? endedAt, bool had)
    {
        var timing = tenant.Options.Devices;
        if (tenant.Dice.Fate("offline", device.Name) < group.OfflineRate)
        {
            return null;
        }

        // An assignment that ended before the device took it never happened; one that ended later leaves its row as it is.
        var takenAt = assignment.Since + (timing.CheckIn * tenant.Dice.Fate("check-in", device.Name, app, assignment.Intent));
        if (endedAt <= takenAt)
        {
            return null;
        }

        var doneAt = takenAt + timing.Install;
        var seen = tenant.Now - timing.ReportLag;
        if (seen < takenAt)
        {
            return null;
        }

        if (seen < doneAt || endedAt <= doneAt)
        {
            return new(device, Pending, 0, 0, takenAt);
        }

        // Where the app is not detected there is nothing to uninstall, and nothing that could fail.
        var uninstall = assignment.Intent == "uninstall";
        var rate = !uninstall ? group.FailureRate : had ? group.UninstallFailureRate : 0;
        var fails = tenant.Dice.Fate("result", device.Name, app, assignment.Intent) < rate;
        return uninstall
            ? new(device, fails ? UninstallFailed : NotInstalled, fails ? 4000 : 0, fails ? unchecked((int)group.ErrorCode) : 0, doneAt)
            : tenant.Dice.Fate("fits", device.Name, app) < group.NotApplicableRate
                ? new(device, NotApplicable, -1000, 0, takenAt)
                : new(device, fails ? Failed : Installed, fails ? 2000 : 0, fails ? unchecked((int)group.ErrorCode) : 0, doneAt);
    }
}

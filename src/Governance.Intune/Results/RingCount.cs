using Governance.Core.Rollout;

namespace Governance.Intune.Results;

/// <summary>A device that a group reaches.</summary>
/// <param name="Id">Entra's object id.</param>
/// <param name="DeviceId">Entra's device id.</param>
/// <param name="Name">Its name.</param>
internal sealed record MemberDevice(string Id, string DeviceId, string Name);

/// <summary>A user that a group reaches.</summary>
/// <param name="Id">Entra's object id.</param>
/// <param name="PrincipalName">The user principal name.</param>
internal sealed record MemberUser(string Id, string PrincipalName);

/// <summary>Everybody whom a ring's groups reach, exclusions taken out.</summary>
internal sealed record RingMembers(IReadOnlyList<MemberDevice> Devices, IReadOnlyList<MemberUser> Users);

/// <summary>Counts report rows over the members of a ring. Pure.</summary>
/// <remarks>
/// Rows name devices by Intune's id and members by Entra's, so a row belongs to a member by either id where they agree, else by name;
/// rows of no member device belong to the ring through their user.
/// </remarks>
internal static class RingCount
{
    public static RingDeviceResults Of(IEnumerable<InstallRow> rows, RingMembers members, RingResultsRequest request, DateTimeOffset now)
    {
        var waiting = new Unmatched(members);
        var counts = new long[4];
        foreach (var row in Newest(rows, request.PerUser, request.IgnoreBefore).Where(waiting.Take))
        {
            counts[(int)Judge(row.State, request.Uninstall)]++;
        }

        var (succeeded, failed, pending, none) = (counts[0], counts[1], counts[2], counts[3]);
        return new(succeeded + failed + pending + none + waiting.Left, succeeded, failed, pending, none, waiting.Left, now);
    }

    private enum Verdict
    {
        Succeeded,
        Failed,
        Pending,
        NotApplicable,
    }

    private static Verdict Judge(int state, bool uninstall) => (state, uninstall) switch
    {
        (InstallRow.NotApplicable, _) => Verdict.NotApplicable,
        (InstallRow.Installed, false) or (InstallRow.NotInstalled, true) => Verdict.Succeeded,
        (InstallRow.Failed, false) or (InstallRow.UninstallFailed, true) => Verdict.Failed,
        // Whatever else a device says, it has neither done it nor given up: also states that newer versions of Intune may invent.
        _ => Verdict.Pending,
    };

    /// <summary>Pages overlap: of rows for the same thing the newest counts, and of two equally new ones the same in every order.</summary>
    private static IEnumerable<InstallRow> Newest(IEnumerable<InstallRow> rows, bool perUser, DateTimeOffset? ignoreBefore) => rows
        .Where(row => ignoreBefore is null || row.ModifiedAt is null || row.ModifiedAt >= ignoreBefore)
        .GroupBy(row => perUser ? row.Key : (row.Key.Device, string.Empty))
        .OrderBy(group => group.Key)
        .Select(group => group.MaxBy(row => (row.ModifiedAt ?? DateTimeOffset.MinValue, row.State, row.UserPrincipalName, row.DeviceName))!);

    /// <summary>Members that no row has been found for yet.</summary>
    private sealed class Unmatched
    {
        private readonly Dictionary<string, MemberDevice> _byId = new(StringComparer.OrdinalIgnoreCase);
        private readonly Dictionary<string, List<MemberDevice>> _byName = new(StringComparer.OrdinalIgnoreCase);
        private readonly HashSet<string> _users;
        private readonly HashSet<MemberDevice> _devices;
        private readonly HashSet<string> _reportedUsers = new(StringComparer.OrdinalIgnoreCase);

        public Unmatched(RingMembers members)
        {
            _devices = [.. members.Devices];
            _users = members.Users.Select(user => user.PrincipalName).ToHashSet(StringComparer.OrdinalIgnoreCase);
            foreach (var device in members.Devices)
            {
                _byId[device.Id] = device;
                if (device.DeviceId.Length > 0)
                {
                    _byId[device.DeviceId] = device;
                }

                if (!_byName.TryGetValue(device.Name, out var named))
                {
                    _byName[device.Name] = named = [];
                }

                named.Add(device);
            }
        }

        public long Left => _devices.Count + _users.Count - _reportedUsers.Count;

        /// <summary>Whether the row belongs to the ring; its member is no longer waited for.</summary>
        public bool Take(InstallRow row)
        {
            if (_byId.TryGetValue(row.DeviceId, out var device))
            {
                _devices.Remove(device);
                return true;
            }

            if (row.DeviceName.Length > 0 && _byName.TryGetValue(row.DeviceName, out var named))
            {
                // Two devices of one name: each row stands for another of them.
                if (named.Find(_devices.Contains) is { } waiting)
                {
                    _devices.Remove(waiting);
                }

                return true;
            }

            if (!_users.Contains(row.UserPrincipalName))
            {
                return false;
            }

            _reportedUsers.Add(row.UserPrincipalName);
            return true;
        }
    }
}

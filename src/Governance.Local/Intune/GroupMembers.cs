using System.Globalization;

namespace Governance.Local.Intune;

/// <summary>A simulated device.</summary>
/// <param name="ObjectId">Entra's object id.</param>
/// <param name="DeviceId">Entra's device id.</param>
/// <param name="IntuneId">Intune's own id, which reports use.</param>
/// <param name="Name">Its name.</param>
/// <param name="User">Its primary user's principal name; empty for none.</param>
internal sealed record SimulatedDevice(Guid ObjectId, Guid DeviceId, Guid IntuneId, string Name, string User);

/// <summary>A simulated user with one device.</summary>
internal sealed record SimulatedUser(Guid ObjectId, string PrincipalName, SimulatedDevice Device);

/// <summary>A group and its members, made once from the seed.</summary>
internal sealed record GroupMembers(SimulatedGroup Group, IReadOnlyList<SimulatedDevice> Devices, IReadOnlyList<SimulatedUser> Users)
{
    /// <summary>All devices that the group reaches.</summary>
    public IEnumerable<SimulatedDevice> Reached => Devices.Concat(Users.Select(user => user.Device));

    public static GroupMembers Of(SimulatedGroup group, SimulatorDice dice)
    {
        SimulatedDevice Device(string name, string user) => new(dice.Id(), dice.Id(), dice.Id(), name, user);
        string Number(int i) => i.ToString("D4", CultureInfo.InvariantCulture);
        return new(
            group,
            [.. Enumerable.Range(1, group.Devices).Select(i => Device($"PC-{group.Name}-{Number(i)}", string.Empty))],
            [
                .. Enumerable.Range(1, group.Users).Select(i =>
                {
                    var principal = $"user{Number(i)}.{group.Name}@contoso.com";
                    return new SimulatedUser(dice.Id(), principal, Device($"NB-{group.Name}-{Number(i)}", principal));
                }),
            ]);
    }
}

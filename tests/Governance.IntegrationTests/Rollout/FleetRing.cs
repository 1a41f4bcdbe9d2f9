namespace Governance.IntegrationTests.Rollout;

/// <summary>A ring of simulated devices: how many, what becomes of them, and how they come in. Each kind is spread evenly over the order of check-ins.</summary>
/// <param name="Devices">How many.</param>
internal sealed record FleetRing(int Devices)
{
    private IReadOnlyList<FleetDevice>? _devices;

    /// <summary>How many fail to install.</summary>
    internal int Failing { get; init; }

    /// <summary>How many never report.</summary>
    internal int Offline { get; init; }

    /// <summary>How many the app does not concern.</summary>
    internal int NotApplicable { get; init; }

    /// <summary>Within which time all of them check in, evenly.</summary>
    internal TimeSpan CheckIn { get; init; } = TimeSpan.FromHours(8);

    /// <summary>From check-in to result.</summary>
    internal TimeSpan Install { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The devices.</summary>
    internal IReadOnlyList<FleetDevice> All => _devices ??= Make();

    private List<FleetDevice> Make()
    {
        var fates = new DeviceFate[Devices];
        Spread(fates, Failing, DeviceFate.Fails);
        Spread(fates, Offline, DeviceFate.Silent);
        Spread(fates, NotApplicable, DeviceFate.NotApplicable);
        return [.. fates.Select((fate, index) => new FleetDevice(fate, CheckIn * (index + 1) / Devices))];
    }

    private static void Spread(DeviceFate[] fates, int count, DeviceFate fate)
    {
        var free = Enumerable.Range(0, fates.Length).Where(index => fates[index] == DeviceFate.Succeeds).ToArray();
        for (var each = 1; each <= count; each++)
        {
            fates[free[(int)((long)each * free.Length / count) - 1]] = fate;
        }
    }
}

/// <summary>A simulated device.</summary>
/// <param name="Fate">What becomes of it.</param>
/// <param name="ChecksInAfter">How long after its group was assigned it first says something.</param>
internal sealed record FleetDevice(DeviceFate Fate, TimeSpan ChecksInAfter);

/// <summary>What becomes of a device.</summary>
internal enum DeviceFate
{
    Succeeds,
    Fails,
    Silent,
    NotApplicable,
}

using Governance.Core;

namespace Governance.IntegrationTests.Rollout;

/// <summary>One gate, as somebody with a pencil would work it out.</summary>
internal sealed record PlainGate(
    Ring Ring, DateTimeOffset PublishedAt, DateTimeOffset PassedAt, long Succeeded, long Failed, long Pending, long NotApplicable, bool CabAsked, IReadOnlyList<DateTimeOffset> Looks);

/// <summary>The plainest calculation of a rollout: device by device, look by look, with the figures of the policy written out again.</summary>
internal static class PlainRollout
{
    private static readonly Dictionary<Ring, (int Percent, int Hours)> Gates = new()
    {
        [Ring.Lab] = (98, 24),
        [Ring.Canary] = (97, 48),
        [Ring.Pilot] = (99, 72),
        [Ring.Department] = (99, 168),
        [Ring.Global] = (99, 168),
    };

    /// <summary>The gates of a rollout in which nothing is in the way but devices.</summary>
    internal static IEnumerable<PlainGate> Of(IReadOnlyDictionary<Ring, FleetRing> fleet, IReadOnlyDictionary<Ring, int> complianceHours, DateTimeOffset start)
    {
        var published = start;
        foreach (var ring in Rings.All)
        {
            var gate = Gate(ring, fleet[ring], TimeSpan.FromHours(complianceHours[ring]), published);
            yield return gate;
            published = gate.PassedAt;
        }
    }

    private static PlainGate Gate(Ring ring, FleetRing devices, TimeSpan compliance, DateTimeOffset published)
    {
        var (percent, hours) = Gates[ring];
        var observation = TimeSpan.FromHours(hours) > compliance ? TimeSpan.FromHours(hours) : compliance;
        var interval = observation / 12 > TimeSpan.FromMinutes(15) ? observation / 12 : TimeSpan.FromMinutes(15);
        var looks = new List<DateTimeOffset>();
        var past = 0;
        for (var at = published; ; at = at < published + observation && published + observation < at + interval ? published + observation : at + interval)
        {
            looks.Add(at);
            var since = at - published;
            var heard = devices.All.Where(device => device.Fate != DeviceFate.Silent && device.ChecksInAfter <= since).ToList();
            long notApplicable = heard.Count(device => device.Fate == DeviceFate.NotApplicable);
            long pending = heard.Count(device => device.Fate != DeviceFate.NotApplicable && device.ChecksInAfter + devices.Install > since);
            long failed = heard.Count(device => device.Fate == DeviceFate.Fails && device.ChecksInAfter + devices.Install <= since);
            var succeeded = heard.Count - notApplicable - pending - failed;
            var counted = succeeded + failed + (since >= compliance ? pending : 0);
            var enough = devices.Devices < 10 ? heard.Count == devices.Devices : heard.Count * 100L >= devices.Devices * 80L;
            if (since >= observation && enough && counted > 0 && succeeded * 100 >= counted * percent)
            {
                return new(ring, published, at, succeeded, failed, pending, notApplicable, past >= 3, looks);
            }

            past += since >= observation ? 1 : 0;
        }
    }
}

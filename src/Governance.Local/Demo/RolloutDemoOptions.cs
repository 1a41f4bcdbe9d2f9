using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Governance.Core.Policy;
using Governance.Core.Rollout;

namespace Governance.Local.Demo;

/// <summary>How fast the rollout of the demo goes.</summary>
internal sealed record RolloutDemoOptions
{
    // The periods of the five gates added up: 24, 48, 72, 168 and 168 hours.
    private const int RolloutHours = 480;

    /// <summary>The app's port; 0 for a free one.</summary>
    public int Port { get; init; } = 7071;

    /// <summary>How many seconds the observation periods take together, 5 to 3,600.</summary>
    public int Seconds { get; init; } = 50;

    /// <summary>Looks at a ring in its period, 1 to 100.</summary>
    public int Looks { get; init; } = 12;

    /// <summary>Within how many hours of its own time every device checks in, 0 to 100.</summary>
    public int CheckInHours { get; init; } = 8;

    /// <summary>How many times faster than policy says time goes.</summary>
    public int Speed => RolloutHours * 3600 / Seconds;

    /// <summary>The gates at that speed.</summary>
    public PromotionGates Gates
    {
        get
        {
            var file = JsonNode.Parse(PromotionGates.V1.Source.Span)!;
            file["looks"]!["per_observation"] = Looks;
            return PromotionGates.Load(Encoding.UTF8.GetBytes(file.ToJsonString())).OrThrow("the demo's gates").SpedUp(Speed);
        }
    }

    /// <summary>Reads <c>--name N</c> pairs.</summary>
    /// <returns>Null where one is unknown, twice, or out of its range.</returns>
    public static RolloutDemoOptions? Parse(string[] arguments)
    {
        var options = new RolloutDemoOptions();
        for (var at = 0; at < arguments.Length; at += 2)
        {
            if (at + 1 == arguments.Length || !int.TryParse(arguments[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            var read = (arguments[at], number) switch
            {
                ("--port", <= 65535) => options with { Port = number },
                ("--seconds", >= 5 and <= 3600) => options with { Seconds = number },
                ("--looks", >= 1 and <= 100) => options with { Looks = number },
                ("--check-in-hours", <= 100) => options with { CheckInHours = number },
                _ => null,
            };
            if (read is null)
            {
                return null;
            }

            options = read;
        }

        return options;
    }
}

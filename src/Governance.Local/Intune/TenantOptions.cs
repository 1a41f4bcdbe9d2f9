using System.Globalization;
using Governance.Core;
using Governance.Local.Stack;

namespace Governance.Local.Intune;

/// <summary>How the simulated tenant is served alone: one group for each ring, devices that take what they are given at once.</summary>
/// <param name="Port">0 for a free one.</param>
/// <param name="Devices">In each ring's group, 1 to 100,000.</param>
internal sealed record TenantOptions(int Port, int Devices)
{
    /// <summary>The file that the tenant is kept in, so that it outlives its process; null for none.</summary>
    public string? State { get; init; }

    /// <summary>The tenant that these options ask for.</summary>
    public IntuneSimulatorOptions Tenant => new()
    {
        Groups = [.. Rings.All.Select(ring => new SimulatedGroup { Id = LocalStack.GroupOf(ring), Name = ring.WireName(), Devices = Devices })],
        Devices = new() { CheckIn = TimeSpan.Zero, Install = TimeSpan.Zero, ReportLag = TimeSpan.Zero },
        Control = true,
    };

    /// <summary>Reads <c>[--port N] [--devices N] [--state FILE]</c>.</summary>
    /// <returns>Null where something is wrong.</returns>
    public static TenantOptions? Parse(string[] arguments)
    {
        var options = new TenantOptions(5080, 12);
        foreach (var pair in arguments.Chunk(2))
        {
            if (pair is ["--state", var file])
            {
                options = options with { State = file };
                continue;
            }

            if (pair is not [var name, var text] || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                || (name, value) switch
                {
                    ("--port", <= 65535) => options with { Port = value },
                    ("--devices", >= 1 and <= 100_000) => options with { Devices = value },
                    _ => null,
                } is not { } given)
            {
                return null;
            }

            options = given;
        }

        return options;
    }
}

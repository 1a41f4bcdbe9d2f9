using System.Text.Json.Nodes;
using Governance.Core;

namespace Governance.Local.Demo;

/// <summary>A rollout as a table that is drawn over itself, or, where nobody watches a terminal, as the lines that are new.</summary>
/// <param name="output">Where to.</param>
/// <param name="live">Whether a terminal shows it.</param>
internal sealed class RolloutTable(TextWriter output, bool live)
{
    private readonly Dictionary<string, JsonObject> _devices = new(StringComparer.Ordinal);
    private int _drawn;

    /// <summary>Keeps what a ring's devices said last.</summary>
    internal void Devices(string ring, JsonObject devices) => _devices[ring] = devices;

    /// <summary>Says something that stays.</summary>
    internal void Say(string text)
    {
        Lift();
        output.WriteLine(text);
    }

    /// <summary>Shows how things stand.</summary>
    internal void Show(JsonObject deployment, double day)
    {
        if (live)
        {
            Draw(deployment, day);
        }
    }

    /// <summary>Shows it once more, to stay.</summary>
    internal void End(JsonObject deployment, double day)
    {
        Draw(deployment, day);
        _drawn = 0;
    }

    private void Draw(JsonObject deployment, double day)
    {
        Lift();
        var lines = Lines(deployment, day).ToList();
        lines.ForEach(output.WriteLine);
        _drawn = lines.Count;
    }

    private void Lift()
    {
        if (live && _drawn > 0)
        {
            output.Write($"\u001b[{_drawn}A\u001b[J");
        }

        _drawn = 0;
    }

    private IEnumerable<string> Lines(JsonObject deployment, double day)
    {
        var waiting = deployment["waiting_for"]!.AsArray().Select(reason => reason!.GetValue<string>()).ToList();
        yield return $"Day {day,4:0.0}: {deployment["status"]}{(waiting.Count > 0 ? $", waiting for {string.Join(", ", waiting)}" : string.Empty)}";
        yield return $"  {"ring",-11} {"devices",8} {"reported",9} {"succeeded",10} {"failed",7}  gate";
        var rings = deployment["rings"]!.AsArray().Select(ring => ring!.AsObject()).ToDictionary(ring => ring["ring"]!.GetValue<string>(), StringComparer.Ordinal);
        foreach (var ring in Rings.All)
        {
            var name = ring.WireName();
            yield return rings.ContainsKey(name) && _devices.TryGetValue(name, out var devices)
                ? $"  {name,-11} {devices["targeted"],8} {Reported(devices),9} {devices["succeeded"],10} {devices["failed"],7}  {Standing(deployment, rings, ring)}"
                : $"  {name,-11} {"–",8} {"–",9} {"–",10} {"–",7}  {Standing(deployment, rings, ring)}";
        }
    }

    private static long Reported(JsonObject devices) => devices["targeted"]!.GetValue<long>() - devices["unreported"]!.GetValue<long>();

    private static string Standing(JsonObject deployment, Dictionary<string, JsonObject> rings, Ring ring) => ring.WireName() switch
    {
        var name when !rings.ContainsKey(name) => "not yet",
        var name when rings[name]["completed_at"] is not null => "passed, completed",
        _ when ring.Next() is { } next && rings.ContainsKey(next.WireName()) => "passed",
        _ => deployment["gate_failure"]?["reason"]?.GetValue<string>() ?? "under watch",
    };
}

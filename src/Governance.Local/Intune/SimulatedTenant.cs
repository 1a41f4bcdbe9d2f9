using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Governance.Local.Intune;

/// <summary>Everything the tenant holds.</summary>
internal sealed partial class SimulatedTenant(IntuneSimulatorOptions options, SimulatorClock clock, SimulatorDice dice)
{
    private readonly ConcurrentDictionary<string, SimulatedApp> _apps = new(StringComparer.OrdinalIgnoreCase);

    // Apps by each GUID in their notes: looking for one mark must not read ten thousand apps.
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, SimulatedApp>> _byMark = new(StringComparer.OrdinalIgnoreCase);

    public IntuneSimulatorOptions Options => options;

    public SimulatorClock Clock => clock;

    public SimulatorDice Dice => dice;

    public DateTimeOffset Now => clock.Now;

    public ConcurrentDictionary<string, SimulatedBlob> Blobs { get; } = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, ExportJob> Exports { get; } = new(StringComparer.OrdinalIgnoreCase);

    public ConcurrentDictionary<Guid, GroupMembers> Groups { get; } = new(options.Groups.Select(group => new KeyValuePair<Guid, GroupMembers>(group.Id, GroupMembers.Of(group, dice))));

    public IReadOnlyCollection<SimulatedApp> Apps => [.. _apps.Values];

    /// <summary>Where all of it is kept; null for a tenant that ends with its process.</summary>
    public State.TenantFile? File { get; set; }

    public void Add(SimulatedApp app)
    {
        _apps[app.Id] = app;
        Mark(app);
    }

    /// <summary>Makes the app findable by the GUIDs that its notes hold now; call it whenever they change.</summary>
    public void Mark(SimulatedApp app)
    {
        foreach (Match mark in Mark().Matches(app.Text("notes")))
        {
            _byMark.GetOrAdd(mark.Value, _ => new(StringComparer.OrdinalIgnoreCase))[app.Id] = app;
        }
    }

    public bool Remove(string id)
    {
        if (!_apps.TryRemove(id, out var app))
        {
            return false;
        }

        foreach (Match mark in Mark().Matches(app.Text("notes")))
        {
            if (_byMark.TryGetValue(mark.Value, out var marked))
            {
                marked.TryRemove(id, out _);
            }
        }

        File?.Forget(id);
        foreach (var blob in app.Versions.SelectMany(v => v.Files).Select(f => f.Blob).OfType<SimulatedBlob>())
        {
            Blobs.TryRemove(blob.Path, out _);
        }

        return true;
    }

    /// <returns>Null where there is none, or none that shows yet.</returns>
    public SimulatedApp? Find(string id) => _apps.TryGetValue(id, out var app) && app.VisibleAt <= Now ? app : null;

    /// <summary>Apps that may match; the filter decides.</summary>
    public IEnumerable<SimulatedApp> Candidates(ODataFilter? filter)
    {
        var needle = filter?.NotesNeedles.Select(text => Mark().Match(text)).FirstOrDefault(match => match.Success);
        return needle is null ? _apps.Values
            : _byMark.TryGetValue(needle.Value, out var marked) ? marked.Values
            : [];
    }

    [GeneratedRegex("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}", RegexOptions.CultureInvariant)]
    private static partial Regex Mark();
}

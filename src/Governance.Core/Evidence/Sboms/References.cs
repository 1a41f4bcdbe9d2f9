using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Sboms;

/// <summary>
/// The ids that a document gives its elements, and the references to them. A reference may come before what it names; those that name
/// nothing are counted once everything is read.
/// </summary>
internal sealed class References
{
    /// <summary>The target of an element that is no component.</summary>
    public const int Other = -1;

    private const int PathsKept = 100;
    private readonly Dictionary<string, int> _targets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);
    private readonly List<(string Reference, string Path)> _paths = [];

    /// <summary>Gives an element an id.</summary>
    /// <param name="target">A component's index, or <see cref="Other"/>.</param>
    /// <returns>False when another element has it.</returns>
    public bool TryDefine(string id, int target) => _targets.TryAdd(id, target);

    /// <summary>The component with this id; null where nothing has it, <see cref="Other"/> where no component does.</summary>
    public int? Find(string id) => _targets.TryGetValue(id, out var target) ? target : null;

    /// <summary>Notes a reference that stands where the cursor is.</summary>
    public void Use(string id, ref JsonCursor json)
    {
        if (_targets.ContainsKey(id))
        {
            return;
        }

        if (!_open.TryAdd(id, 1))
        {
            _open[id]++;
        }

        if (_paths.Count < PathsKept)
        {
            _paths.Add((id, json.Path));
        }
    }

    /// <summary>Warns of the references that name nothing and counts them.</summary>
    /// <param name="root">The document's path, for those whose own was not kept.</param>
    public int Settle(string root, ProblemLog problems)
    {
        var unresolved = _open.Where(o => !_targets.ContainsKey(o.Key)).Sum(o => o.Value);
        var shown = 0;
        foreach (var (reference, path) in _paths)
        {
            if (!_targets.ContainsKey(reference))
            {
                problems.Warn(path, $"{Shown.Quoted(reference)} names nothing in this document");
                shown++;
            }
        }

        if (unresolved > 0 && shown == 0)
        {
            problems.Warn(root, $"{unresolved} references name nothing in this document");
        }

        return unresolved;
    }
}

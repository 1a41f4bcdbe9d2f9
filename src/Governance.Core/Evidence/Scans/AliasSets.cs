namespace Governance.Core.Evidence.Scans;

/// <summary>Which ids name the same vulnerability: a union-find over all aliases that reports and VEX documents state.</summary>
/// <remarks>A set that names two CVEs is suspicious: it does not merge them, each id then stands for itself.</remarks>
internal sealed class AliasSets
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _ids = [];
    private readonly List<int> _parents = [];
    private Dictionary<int, Set>? _sets;

    /// <summary>States that an id and its aliases are the same.</summary>
    public void Add(string id, IReadOnlyList<string> aliases)
    {
        _sets = null;
        var number = Number(id);
        foreach (var alias in aliases)
        {
            Join(number, Number(alias));
        }
    }

    /// <summary>The id that stands for a vulnerability: the CVE where its set names exactly one, else the id itself.</summary>
    public string Representative(string id)
    {
        var set = SetOf(id);
        return set is { Cves: 1, Cve: { } cve } ? cve : id;
    }

    /// <summary>All other ids of the representative's set, sorted.</summary>
    /// <param name="representative">As <see cref="Representative"/> gave it.</param>
    /// <param name="reported">The aliases that the merged reports stated; they are all there is where the set is suspicious.</param>
    public IEnumerable<string> Others(string representative, IEnumerable<string> reported)
    {
        var set = SetOf(representative);
        var all = set is null or { Cves: > 1 } ? reported : set.Ids;
        return all.Where(i => i != representative).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
    }

    private Set? SetOf(string id)
    {
        _sets ??= Build();
        return _numbers.TryGetValue(id, out var number) ? _sets[Root(number)] : null;
    }

    private Dictionary<int, Set> Build()
    {
        var sets = new Dictionary<int, Set>();
        for (var i = 0; i < _ids.Count; i++)
        {
            var root = Root(i);
            if (!sets.TryGetValue(root, out var set))
            {
                sets.Add(root, set = new());
            }

            set.Ids.Add(_ids[i]);
            if (VulnerabilityId.IsCve(_ids[i]))
            {
                set.Cves++;
                set.Cve = _ids[i];
            }
        }

        return sets;
    }

    private int Number(string id)
    {
        if (_numbers.TryGetValue(id, out var number))
        {
            return number;
        }

        number = _ids.Count;
        _numbers.Add(id, number);
        _ids.Add(id);
        _parents.Add(number);
        return number;
    }

    private void Join(int left, int right) => _parents[Root(right)] = Root(left);

    // Halves the path on the way, so that long chains stay cheap.
    private int Root(int number)
    {
        while (_parents[number] != number)
        {
            _parents[number] = _parents[_parents[number]];
            number = _parents[number];
        }

        return number;
    }

    private sealed class Set
    {
        public List<string> Ids { get; } = [];

        public int Cves { get; set; }

        public string? Cve { get; set; }
    }
}

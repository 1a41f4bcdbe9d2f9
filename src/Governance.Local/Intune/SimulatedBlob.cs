namespace Governance.Local.Intune;

/// <summary>The upload target of one file: blocks, their list, and who may write.</summary>
internal sealed class SimulatedBlob
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, byte[]> _staged = [];
    private List<string>? _listed;
    private bool _single;

    public required string Path { get; init; }

    /// <summary>The policy that the address names.</summary>
    public required string Policy { get; init; }

    /// <summary>The signature that holds now; older ones don't.</summary>
    public required string Signature { get; set; }

    public required DateTimeOffset ExpiresAt { get; set; }

    /// <summary>Before it Storage does not know the policy.</summary>
    public DateTimeOffset KnownFrom { get; set; }

    public string Address(string baseAddress) =>
        $"{baseAddress}{Path}?sv=2017-04-17&sr=b&si={Policy}&sig={Uri.EscapeDataString(Signature)}";

    /// <returns>False where the id's length differs from the others'.</returns>
    public bool Stage(string id, byte[] bytes)
    {
        lock (_gate)
        {
            if (_staged.Keys.FirstOrDefault() is { } other && other.Length != id.Length)
            {
                return false;
            }

            _staged[id] = bytes;
            return true;
        }
    }

    /// <returns>False where an id was never staged.</returns>
    public bool List(IReadOnlyList<string> ids)
    {
        lock (_gate)
        {
            if (ids.Any(id => !_staged.ContainsKey(id)))
            {
                return false;
            }

            _listed = [.. ids];
            _single = false;
            return true;
        }
    }

    /// <summary>Content put in one piece: Storage takes it, Intune will not.</summary>
    public void PutWhole()
    {
        lock (_gate)
        {
            _listed = null;
            _single = true;
        }
    }

    /// <returns>Null where blocks were never listed.</returns>
    public IReadOnlyList<byte[]>? Content()
    {
        lock (_gate)
        {
            return _single ? null : _listed?.ConvertAll(id => _staged[id]);
        }
    }

    /// <summary>What it holds, to be kept.</summary>
    public State.StoredBlob Store()
    {
        lock (_gate)
        {
            return new(Path, new(_staged), _listed?.ToArray(), _single);
        }
    }

    /// <summary>Takes what was kept; null for nothing.</summary>
    public void Restore(State.StoredBlob? kept)
    {
        lock (_gate)
        {
            foreach (var (id, bytes) in kept?.Staged ?? [])
            {
                _staged[id] = bytes;
            }

            (_listed, _single) = (kept?.Listed?.ToList(), kept?.Single ?? false);
        }
    }

    /// <summary>Checked content is not kept.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _staged.Clear();
            _listed = null;
        }
    }
}

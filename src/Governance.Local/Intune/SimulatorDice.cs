namespace Governance.Local.Intune;

/// <summary>The tenant's randomness, from one seed. Safe for many threads.</summary>
internal sealed class SimulatorDice(int seed)
{
    private readonly Lock _gate = new();
    private Random _random = new(seed);

    public int Seed => seed;

    /// <summary>Throws other numbers from now on; what devices do stays the same.</summary>
    /// <param name="life">Which process of the tenant throws them, from 1.</param>
    public void Stir(int life)
    {
        lock (_gate)
        {
            _random = new(unchecked((seed * 31) + life));
        }
    }

    /// <summary>A version 4 UUID.</summary>
    public Guid Id()
    {
        Span<byte> bytes = stackalloc byte[16];
        Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new(bytes, bigEndian: true);
    }

    /// <summary>A signature as shared access signatures have it.</summary>
    public string Signature()
    {
        Span<byte> bytes = stackalloc byte[32];
        Fill(bytes);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>0 to just below 1.</summary>
    public double Chance()
    {
        lock (_gate)
        {
            return _random.NextDouble();
        }
    }

    /// <summary>Another order each time.</summary>
    public T[] Shuffle<T>(IEnumerable<T> items)
    {
        var all = items.ToArray();
        lock (_gate)
        {
            _random.Shuffle(all);
        }

        return all;
    }

    /// <summary>0 to just below 1, always the same for the same words: what a device does must not depend on who asks first.</summary>
    public double Fate(params ReadOnlySpan<string> words)
    {
        // FNV-1a with a final mix: short, and the same on every machine.
        var hash = 14695981039346656037UL ^ (ulong)(uint)seed;
        foreach (var word in words)
        {
            foreach (var letter in word)
            {
                hash = (hash ^ letter) * 1099511628211UL;
            }

            hash = (hash ^ 0x1f) * 1099511628211UL;
        }

        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccdUL;
        hash ^= hash >> 33;
        return (hash >> 11) / (double)(1UL << 53);
    }

    private void Fill(Span<byte> bytes)
    {
        lock (_gate)
        {
            _random.NextBytes(bytes);
        }
    }
}

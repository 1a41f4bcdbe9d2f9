using Governance.Core;

namespace Governance.Testing;

/// <summary>Ids and values that look random and are the same in every run; one seed, one sequence. Safe for one thread.</summary>
/// <param name="seed">Any number; a test names it so that a failure can be repeated.</param>
public sealed class Seeded(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>The next version 4 UUID of the sequence.</summary>
    public Guid NextGuid()
    {
        var bytes = NextBytes(16);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The next correlation id.</summary>
    public CorrelationId NextCorrelationId() => new(NextGuid());

    /// <summary>The next person.</summary>
    public PersonId NextPerson() => new(NextGuid());

    /// <summary>A number from <paramref name="from"/> to just below <paramref name="to"/>.</summary>
    public int Next(int from, int to) => _random.Next(from, to);

    /// <summary>So many bytes.</summary>
    public byte[] NextBytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>One of them.</summary>
    public T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}

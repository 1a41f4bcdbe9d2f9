using System.Globalization;

namespace Governance.LoadTests.Fuzzing;

/// <summary>What one case is made with: the same seed and number give the same case.</summary>
/// <param name="seed">The run's.</param>
/// <param name="number">The case's.</param>
internal sealed class Dice(int seed, int number)
{
    /// <summary>For what takes a <see cref="System.Random"/>.</summary>
    internal Random Random { get; } = new(unchecked((seed * 397) ^ (number * (int)0x9E3779B1)));

    /// <summary>The case's number.</summary>
    internal int Number => number;

    /// <summary>The case's number as text, to tell its things from others'.</summary>
    internal string Name => string.Create(CultureInfo.InvariantCulture, $"{seed}-{number}");

    /// <summary>0 to one below <paramref name="limit"/>.</summary>
    internal int Next(int limit) => Random.Next(limit);

    /// <summary>True so many times in a hundred.</summary>
    internal bool Chance(int percent) => Random.Next(100) < percent;

    /// <summary>One of them.</summary>
    internal T Pick<T>(IReadOnlyList<T> from) => from[Random.Next(from.Count)];

    /// <summary>How many places are damaged: mostly one, sometimes none.</summary>
    internal int Damages() => Random.Next(20) switch
    {
        < 2 => 0,
        < 13 => 1,
        < 17 => 2,
        < 19 => 3,
        _ => 8,
    };

    /// <summary>So many bytes.</summary>
    internal byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A version 4 UUID.</summary>
    internal Guid Guid()
    {
        var bytes = Bytes(16);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new(bytes, bigEndian: true);
    }
}

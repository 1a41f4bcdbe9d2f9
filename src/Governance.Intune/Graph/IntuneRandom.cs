namespace Governance.Intune.Graph;

/// <summary>The connector's randomness: request ids, and waits that spread. Passed in, so that a test repeats.</summary>
/// <param name="fill">Fills a buffer with random bytes; called from any thread.</param>
internal sealed class IntuneRandom(IntuneWin.RandomSource fill)
{
    /// <summary>A version 4 UUID.</summary>
    public Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new(bytes, bigEndian: true);
    }

    /// <summary>Up to a tenth more than asked.</summary>
    public TimeSpan Spread(TimeSpan wait)
    {
        Span<byte> one = stackalloc byte[1];
        fill(one);
        return wait + (wait * one[0] / 2550);
    }
}

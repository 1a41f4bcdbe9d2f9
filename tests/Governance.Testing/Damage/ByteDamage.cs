using System.Text;

namespace Governance.Testing.Damage;

/// <summary>Damages bytes in one to four places, as a careless tool or a hostile sender would: bits, cuts, repetitions, parts of other files, odd values.</summary>
public static class ByteDamage
{
    private static readonly string[] Oddities =
    [
        "null", "1e400", "-0", "\"\\ud800\"", "\"\\u0000\"", "{}", "[]", "[[[[]]]]", "{\"a\":1,\"a\":2}", "9223372036854775808", "\"\"", "true", "-1", "0.5", "\"\u202e\"",
        "\"\\udc00\"", "\"pkg:\"", "\"CVE-\"", "1" + new string('0', 600), "[" + new string('[', 80), "\"" + new string('x', 5000) + "\"", "/**/", "NaN", "'", ",", ":", "{", "}", "]", "\"", "\\", "\0", "<!DOCTYPE a>", "&a;", "</a>", "]]>",
    ];

    /// <summary>A damaged copy.</summary>
    /// <param name="sample">What is damaged.</param>
    /// <param name="other">Where foreign parts come from; not empty.</param>
    /// <param name="random">Decides; the same state gives the same bytes.</param>
    public static byte[] Of(byte[] sample, byte[] other, Random random)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(random);
        var bytes = new List<byte>(sample);
        for (var steps = random.Next(1, 5); steps > 0 && bytes.Count > 0; steps--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(bytes.Count - at, random.Next(1, 40));
            switch (random.Next(9))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 5:
                    bytes.InsertRange(at, other.AsSpan(random.Next(other.Length)).ToArray().Take(200));
                    break;
                case 6:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Oddities[random.Next(Oddities.Length)]));
                    break;
                default:
                    ReplaceValue(bytes, at, random);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Puts something odd in the place of a value: after a colon up to the next comma or bracket.</summary>
    private static void ReplaceValue(List<byte> bytes, int from, Random random)
    {
        var colon = bytes.IndexOf((byte)':', from);
        if (colon < 0)
        {
            return;
        }

        var end = colon + 1;
        while (end < bytes.Count && bytes[end] is not ((byte)',' or (byte)'}' or (byte)']'))
        {
            end++;
        }

        bytes.RemoveRange(colon + 1, end - colon - 1);
        bytes.InsertRange(colon + 1, Encoding.UTF8.GetBytes(Oddities[random.Next(Oddities.Length)]));
    }
}

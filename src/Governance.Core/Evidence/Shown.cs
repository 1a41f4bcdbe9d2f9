using System.Globalization;
using System.Text;

namespace Governance.Core.Evidence;

/// <summary>Foreign text as it may stand in a message: short, and with nothing in it that acts on a terminal, a log or a reader's eye.</summary>
internal static class Shown
{
    /// <summary>Quotes a text, at most this many characters of it.</summary>
    public static string Quoted(string text, int longest = 48) => $"'{Text(text, longest)}'";

    /// <summary>The text with control, format and surrogate characters escaped and the rest cut off.</summary>
    public static string Text(string text, int longest)
    {
        var cut = text.Length > longest;
        var kept = cut ? text.AsSpan(0, longest) : text;
        var safe = new StringBuilder(kept.Length + 1);
        foreach (var c in kept)
        {
            _ = NeedsEscape(c) ? safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : safe.Append(c);
        }

        return cut ? safe.Append('…').ToString() : safe.ToString();
    }

    /// <summary>The whole text with what acts on a reader's eye escaped; pairs of surrogates stay the one character they are.</summary>
    public static string Readable(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = NeedsEscape(Rune.GetUnicodeCategory(rune)) ? safe.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}") : safe.Append(rune.ToString());
        }

        return safe.ToString();
    }

    /// <summary>The first characters of a text, never half a surrogate pair.</summary>
    public static string Cut(string text, int longest)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        return text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)] + "…";
    }

    private static bool NeedsEscape(char c) => NeedsEscape(CharUnicodeInfo.GetUnicodeCategory(c));

    private static bool NeedsEscape(UnicodeCategory category) => category
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}

namespace Governance.Core.Policy;

/// <summary>Keeps foreign text in results short and on one line.</summary>
internal static class Text
{
    /// <summary>At most <paramref name="length"/> characters, control characters shown as spaces; a cut one ends in an ellipsis.</summary>
    public static string Cut(string text, int length)
    {
        var end = text.Length <= length ? text.Length : length - 1;
        if (end < text.Length && char.IsHighSurrogate(text[end - 1]))
        {
            end--;
        }

        return string.Create(end + (end < text.Length ? 1 : 0), (text, end), static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = i == source.end ? '…' : char.IsControl(source.text[i]) ? ' ' : source.text[i];
            }
        });
    }
}

/// <summary>Patterns in which <c>*</c> stands for any characters.</summary>
internal static class Wildcard
{
    /// <summary>Linear in the lengths: no regular expression, so a pattern cannot be slow.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, StringComparison comparison)
    {
        var star = pattern.IndexOf('*');
        if (star < 0)
        {
            return text.Equals(pattern, comparison);
        }

        if (!text.StartsWith(pattern[..star], comparison))
        {
            return false;
        }

        text = text[star..];
        pattern = pattern[(star + 1)..];
        for (star = pattern.IndexOf('*'); star >= 0; star = pattern.IndexOf('*'))
        {
            var at = text.IndexOf(pattern[..star], comparison);
            if (at < 0)
            {
                return false;
            }

            text = text[(at + star)..];
            pattern = pattern[(star + 1)..];
        }

        return text.EndsWith(pattern, comparison);
    }
}

namespace Governance.Core.Policy.Rules;

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

using System.Buffers;
using System.Globalization;
using System.Text;

namespace Governance.Teams.Cab;

/// <summary>
/// Makes text that others wrote into text that Teams shows as it is: no link, mention, markup, date function or hidden character in it takes
/// effect. What would be markup is replaced by a character that looks alike.
/// </summary>
/// <remarks>Backslashes are no way out: Teams' clients read them differently.</remarks>
internal static class CardText
{
    private static readonly SearchValues<char> Suspicious = SearchValues.Create("[]`<>*_~#|\\&{}$:-+");

    /// <summary>Makes a text harmless and short.</summary>
    /// <param name="text">Whatever somebody wrote; null is nothing.</param>
    /// <param name="max">Characters of the result, 1 or more.</param>
    /// <returns>One line.</returns>
    internal static string Neutral(string? text, int max)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return string.Empty;
        }

        var line = OneLine(text, max);
        return line.AsSpan().ContainsAny(Suspicious) ? Cut(Replaced(line), max) : line;
    }

    // Controls, line ends and whatever turns the direction of writing or is not seen become one space.
    private static string OneLine(string text, int max)
    {
        var line = new StringBuilder(Math.Min(text.Length, max + 2));
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length > max)
            {
                break;
            }

            var visible = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator);
            if (visible)
            {
                line.Append(rune.ToString());
            }
            else if (line.Length > 0 && line[^1] != ' ')
            {
                line.Append(' ');
            }
        }

        return Cut(line.ToString().TrimEnd(), max);
    }

    private static string Replaced(string line)
    {
        var result = new StringBuilder(line.Length + 8);
        for (var index = 0; index < line.Length; index++)
        {
            var next = index + 1 < line.Length ? line[index + 1] : '\0';
            result.Append(line[index] switch
            {
                '[' => "(",
                ']' => ")",
                '`' => "'",
                '<' => "‹",
                '>' => "›",
                '*' => "∗",
                '~' => "∼",
                '|' => "¦",
                '\\' => "∖",
                '#' => "♯",
                '_' when !IsWithin(line, index) => "‗",
                '{' when next == '{' => "{ ",
                '}' when next == '}' => "} ",
                '$' when next == '{' => "$ ",
                '&' when next is '#' || char.IsAsciiLetter(next) => "& ",
                ':' when next == '/' => ": ",
                '-' or '+' when result.Length == 0 && next == ' ' => "·",
                var other => other.ToString(),
            });
        }

        return result.ToString();
    }

    // An underscore inside a word is no emphasis anywhere.
    private static bool IsWithin(string line, int index) =>
        index > 0 && index + 1 < line.Length && char.IsLetterOrDigit(line[index - 1]) && char.IsLetterOrDigit(line[index + 1]);

    private static string Cut(string text, int max)
    {
        if (text.Length <= max)
        {
            return text;
        }

        var end = max - 1;
        return string.Concat(text.AsSpan(0, end > 0 && char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), "…");
    }
}

using System.Buffers;

namespace Governance.Core.Policy.Rules;

/// <summary>
/// Judges SPDX licence expressions (Annex D): of <c>A OR B</c> the better side may be chosen, <c>A AND B</c> needs both.
/// A text that is no expression is taken as the name of one licence.
/// </summary>
internal static class LicenseExpression
{
    private const int MaxLength = 4096;
    private const int MaxDepth = 32;

    /// <summary>Whether the licence cannot be accepted, whichever alternatives are chosen.</summary>
    /// <param name="text">An id, a name or an expression, as the SBOM states it.</param>
    /// <param name="denied">Whether one licence id is denied; asked in the current spelling (<c>-only</c>, <c>-or-later</c>).</param>
    public static bool IsDenied(string text, Func<string, bool> denied)
    {
        if (text.Length <= MaxLength)
        {
            var parser = new Parser(text, denied);
            if (parser.TryParse(out var answer))
            {
                return answer;
            }
        }

        return denied(text.Trim());
    }

    /// <summary>The current spelling of an id that SPDX has deprecated: <c>GPL-2.0</c> and <c>GPL-2.0+</c>.</summary>
    public static string Current(string id)
    {
        var plus = id.EndsWith('+');
        var bare = plus ? id[..^1] : id;
        var isGnu = GnuFamilies.Any(family => bare.StartsWith(family, StringComparison.OrdinalIgnoreCase))
            && bare.Length > 0 && char.IsAsciiDigit(bare[^1]);
        return isGnu ? bare + (plus ? "-or-later" : "-only") : id;
    }

    private static readonly SearchValues<char> Separators = SearchValues.Create(" \t\r\n()");
    private static readonly string[] GnuFamilies = ["GPL-", "LGPL-", "AGPL-", "GFDL-"];

    private ref struct Parser(string text, Func<string, bool> denied)
    {
        private int _at;

        public bool TryParse(out bool answer) => Or(0, out answer) && Next().IsEmpty;

        private bool Or(int depth, out bool answer)
        {
            if (!And(depth, out answer))
            {
                return false;
            }

            while (Take("OR"))
            {
                if (!And(depth, out var right))
                {
                    return false;
                }

                answer &= right;
            }

            return true;
        }

        private bool And(int depth, out bool answer)
        {
            if (!Term(depth, out answer))
            {
                return false;
            }

            while (Take("AND"))
            {
                if (!Term(depth, out var right))
                {
                    return false;
                }

                answer |= right;
            }

            return true;
        }

        private bool Term(int depth, out bool answer)
        {
            answer = true;
            if (Take("("))
            {
                return depth < MaxDepth && Or(depth + 1, out answer) && Take(")");
            }

            var id = Next();
            if (id.IsEmpty || !IsId(id))
            {
                return false;
            }

            _at += id.Length;
            answer = denied(Current(id.ToString()));
            if (!Take("WITH"))
            {
                return true;
            }

            // An exception only ever permits more; it does not lift a denial of the licence itself.
            var exception = Next();
            _at += exception.Length;
            return !exception.IsEmpty && IsId(exception);
        }

        private bool Take(string token)
        {
            var next = Next();
            var taken = next.SequenceEqual(token) || (char.IsAsciiLetter(token[0]) && next.SequenceEqual(token.ToLowerInvariant()));
            _at += taken ? token.Length : 0;
            return taken;
        }

        private ReadOnlySpan<char> Next()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }

            var rest = text.AsSpan(_at);
            var end = rest.IndexOfAny(Separators);
            return end switch { < 0 => rest, 0 => rest[..1], _ => rest[..end] };
        }

        private static bool IsId(ReadOnlySpan<char> id)
        {
            foreach (var c in id[^1] == '+' ? id[..^1] : id)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or ':'))
                {
                    return false;
                }
            }

            return id is not ("AND" or "OR" or "WITH" or "and" or "or" or "with");
        }
    }
}

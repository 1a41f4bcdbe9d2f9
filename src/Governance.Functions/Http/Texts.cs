using System.Buffers;
using System.Globalization;

namespace Governance.Functions.Http;

/// <summary>What may stand in a text from outside.</summary>
internal static class Texts
{
    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Append(127).Concat(Enumerable.Range(128, 32)).Select(code => (char)code)]);

    private static readonly SearchValues<char> ControlsButLines = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Except([9, 10, 13]).Append(127).Concat(Enumerable.Range(128, 32)).Select(code => (char)code)]);

    /// <summary>Says what is wrong with a text; null where nothing is.</summary>
    /// <param name="text">As it came.</param>
    /// <param name="min">Least UTF-16 characters, not counting white space at the ends.</param>
    /// <param name="max">Most UTF-16 characters.</param>
    /// <param name="lines">True where tabs and line ends are allowed.</param>
    public static string? Fault(string text, int min, int max, bool lines) =>
        text.Length > max ? $"at most {max.ToString(CultureInfo.InvariantCulture)} characters are allowed"
        : text.AsSpan().Trim().Length < min ? (min == 1 ? "must not be empty" : $"at least {min.ToString(CultureInfo.InvariantCulture)} characters are needed")
        : text.AsSpan().ContainsAny(lines ? ControlsButLines : Controls) ? "must not contain control characters"
        : null;
}

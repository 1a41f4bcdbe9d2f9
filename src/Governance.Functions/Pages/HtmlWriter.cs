using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Governance.Functions.Pages;

/// <summary>Writes an interpolated string as markup: literals as they stand, everything else escaped.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlWriter
{
    // Letters of every language may stay readable; what means something in markup never stays.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _text;

    /// <summary>Called by the compiler.</summary>
    public HtmlWriter(int literalLength, int formattedCount) => _text = new(literalLength + (formattedCount * 24));

    /// <summary>Markup of the source.</summary>
    public void AppendLiteral(string markup) => _text.Append(markup);

    /// <summary>A piece that is escaped already.</summary>
    public void AppendFormatted(Html? html) => _text.Append(html);

    /// <summary>Text, escaped.</summary>
    public void AppendFormatted(string? text) => _text.Append(text is null ? null : Encoder.Encode(text));

    /// <summary>A number, an id, an instant: in its invariant form, escaped.</summary>
    public void AppendFormatted<T>(T value) => AppendFormatted(value, null);

    /// <inheritdoc cref="AppendFormatted{T}(T)"/>
    public void AppendFormatted<T>(T value, string? format) =>
        AppendFormatted(value is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : value?.ToString());

    /// <summary>What was written.</summary>
    internal string ToText() => _text.ToString();
}

using System.Diagnostics.CodeAnalysis;

namespace Governance.Functions.Pages;

/// <summary>
/// A piece of a page. It can only be made from an interpolated string whose literal parts stand in the source: everything that is filled in is escaped, unless it is such a piece itself. So text from outside is never markup.
/// </summary>
internal sealed class Html
{
    private readonly string _text;

    private Html(string text) => _text = text;

    /// <summary>Nothing.</summary>
    public static Html Empty { get; } = new(string.Empty);

    /// <summary>Writes a piece; every attribute's value must stand in double quotes.</summary>
    public static Html Of(HtmlWriter writer) => new(writer.ToText());

    /// <summary>Pieces one after another.</summary>
    public static Html All<T>(IEnumerable<T> items, Func<T, Html> write) => new(string.Concat(items.Select(item => write(item)._text)));

    /// <summary>A piece where a value is there, nothing where it is not.</summary>
    public static Html Where<T>([NotNullWhen(true)] T? value, Func<T, Html> write)
        where T : class => value is null ? Empty : write(value);

    /// <summary>The markup.</summary>
    public override string ToString() => _text;
}

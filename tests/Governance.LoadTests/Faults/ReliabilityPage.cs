namespace Governance.LoadTests.Faults;

/// <summary>The generated part of docs/reliability.md, between two marks; what stands around it is written by hand.</summary>
internal static class ReliabilityPage
{
    private const string Begin = "<!-- faults: begin, written by the command above -->";
    private const string End = "<!-- faults: end -->";

    /// <summary>Puts the sections in place of those that are there.</summary>
    /// <param name="folder">Any folder of the repository.</param>
    /// <param name="sections">Markdown.</param>
    internal static void Write(string folder, IEnumerable<string> sections)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            var page = Path.Combine(at.FullName, "docs", "reliability.md");
            if (File.Exists(page))
            {
                File.WriteAllText(page, With(File.ReadAllText(page), string.Join('\n', sections)));
                return;
            }
        }

        Console.WriteLine($"No docs/reliability.md above {folder}: nothing is written.");
    }

    /// <summary>A page with another generated part.</summary>
    /// <exception cref="InvalidDataException">The page has no such part.</exception>
    internal static string With(string page, string generated)
    {
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        return begin >= 0 && end > begin
            ? $"{page[..(begin + Begin.Length)]}\n\n{generated.Trim()}\n\n{page[end..]}"
            : throw new InvalidDataException($"The page has no part between '{Begin}' and '{End}'.");
    }
}

using System.Text;

namespace Governance.Intune.Results;

/// <summary>Reads comma-separated values as RFC 4180 has them: quotes around cells that hold commas, quotes or line ends.</summary>
internal static class Csv
{
    /// <summary>All lines, empty ones left out.</summary>
    public static IEnumerable<IReadOnlyList<string>> Read(TextReader text)
    {
        var (cells, cell, quoted) = (new List<string>(), new StringBuilder(), false);
        for (int read; (read = text.Read()) != -1;)
        {
            var c = (char)read;
            switch (c)
            {
                case '"' when quoted && text.Peek() == '"':
                    text.Read();
                    cell.Append('"');
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    End(cells, cell);
                    break;
                case '\r' when !quoted && text.Peek() == '\n':
                    break;
                case '\n' when !quoted:
                    End(cells, cell);
                    if (cells is not [""])
                    {
                        yield return cells;
                    }

                    cells = [];
                    break;
                default:
                    cell.Append(c);
                    break;
            }
        }

        if (cell.Length > 0 || cells.Count > 0)
        {
            End(cells, cell);
            yield return cells;
        }
    }

    private static void End(List<string> cells, StringBuilder cell)
    {
        cells.Add(cell.ToString());
        cell.Clear();
    }
}

using System.Globalization;
using System.Text.Json;

namespace Governance.Intune.Results;

/// <summary>One page of the row report: <c>Schema</c>, <c>Values</c>, <c>TotalRowCount</c>.</summary>
/// <param name="Total">Rows of the whole report.</param>
/// <param name="Count">Rows on this page, unreadable ones included.</param>
/// <param name="Rows">The readable ones.</param>
internal sealed record ReportPage(int Total, int Count, IReadOnlyList<InstallRow> Rows)
{
    /// <summary>Reads a page.</summary>
    /// <exception cref="JsonException">It is no report, or lacks what counting needs.</exception>
    public static async Task<ReportPage> Read(Stream json, CancellationToken cancellation)
    {
        using var document = await JsonDocument.ParseAsync(json, default, cancellation).ConfigureAwait(false);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("Schema", out var schema) || schema.ValueKind != JsonValueKind.Array
            || !document.RootElement.TryGetProperty("Values", out var values) || values.ValueKind != JsonValueKind.Array
            || !document.RootElement.TryGetProperty("TotalRowCount", out var total) || !total.TryGetInt32(out var count))
        {
            throw new JsonException("The report has no schema, values or count.");
        }

        var columns = schema.EnumerateArray()
            .Select(column => column.ValueKind == JsonValueKind.Object && column.TryGetProperty("Column", out var name) ? name.ToString() : string.Empty)
            .ToArray();
        var read = new RowValues(columns);
        if (!read.CanCount)
        {
            throw new JsonException("The report lacks the device or the state.");
        }

        var rows = new List<InstallRow>(values.GetArrayLength());
        foreach (var row in values.EnumerateArray().Where(r => r.ValueKind == JsonValueKind.Array))
        {
            if (read.Read([.. row.EnumerateArray().Select(Text)]) is { } readable)
            {
                rows.Add(readable);
            }
        }

        return new(count, values.GetArrayLength(), rows);
    }

    private static string Text(JsonElement cell) => cell.ValueKind switch
    {
        JsonValueKind.Null => string.Empty,
        JsonValueKind.Number when cell.TryGetDouble(out var number) && number == Math.Floor(number) && Math.Abs(number) < 1e18 =>
            ((long)number).ToString(CultureInfo.InvariantCulture),
        _ => cell.ToString(),
    };
}

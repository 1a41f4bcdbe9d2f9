using System.Globalization;
using Governance.LoadTests.Load;

namespace Governance.LoadTests.Scale;

/// <summary>The same measurements with more and more deployments in the store, each of which was created over HTTP.</summary>
internal static class ScaleRun
{
    /// <summary>How it is called.</summary>
    internal const string Use = "scale [N …]";

    private static readonly int[] Usual = [1_000, 10_000, 100_000];

    /// <returns>0 where all was measured, 1 where something was in the way, 2 for wrong use.</returns>
    internal static async Task<int> Run(string[] arguments)
    {
        var fills = arguments.Length == 0 ? Usual : [.. arguments.Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var fill) ? fill : 0)];
        if (fills.Any(fill => fill is < 1 or > 1_000_000) || !fills.SequenceEqual(fills.Order()))
        {
            await Console.Error.WriteLineAsync($"{Use}: numbers from 1 to 1,000,000, ascending.");
            return 2;
        }

        try
        {
            await using var store = await ScaleStore.Start();
            var rows = new List<ScaleRow>();
            foreach (var fill in fills)
            {
                await store.FillTo(fill, Console.Error);
                rows.Add(await ScaleMeasurements.Of(store));
            }

            Console.WriteLine(ScaleRow.Table(rows));
            return 0;
        }
        catch (LoadException inTheWay)
        {
            await Console.Error.WriteLineAsync(inTheWay.Message);
            return 1;
        }
    }
}

/// <summary>What was measured at one fill.</summary>
/// <param name="Fill">Deployments in the store at the beginning.</param>
/// <param name="Cells">Heading and figure, in the order in which they are shown.</param>
internal sealed record ScaleRow(int Fill, IReadOnlyList<(string What, string Figure)> Cells)
{
    /// <summary>Rows as a table with a column for each fill.</summary>
    internal static string Table(IReadOnlyList<ScaleRow> rows) => string.Join(Environment.NewLine,
    [
        $"| with so many deployments in the store | {string.Join(" | ", rows.Select(row => row.Fill.ToString("N0", CultureInfo.InvariantCulture)))} |",
        $"|---|{string.Concat(Enumerable.Repeat("---|", rows.Count))}",
        .. rows[0].Cells.Select((cell, index) => $"| {cell.What} | {string.Join(" | ", rows.Select(row => row.Cells[index].Figure))} |"),
    ]);
}

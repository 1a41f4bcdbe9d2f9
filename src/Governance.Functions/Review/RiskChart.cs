using System.Globalization;
using Governance.Core.Policy;
using Governance.Functions.Pages;

namespace Governance.Functions.Review;

/// <summary>The factors as bars: how many of its points each one has. The table below says the same in figures, so readers of the page without eyes on it miss nothing.</summary>
internal static class RiskChart
{
    private const int Width = 700;
    private const int Names = 210;
    private const int Figures = 80;
    private const int RowHeight = 28;

    internal static Html Draw(PolicyCheckResult check)
    {
        var heaviest = Math.Max(1, check.Factors.Max(factor => factor.Weight));
        return Html.Of($"""
            <svg class="chart" viewBox="0 0 {Width} {(check.Factors.Count * RowHeight) + 4}" role="img" aria-labelledby="chart-title">
            <title id="chart-title">Risk by factor: {string.Join("; ", check.Factors.Select(factor => $"{Shown.Words(factor.Name)} {Shown.Points(factor.Contribution)} of {factor.Weight}"))}</title>
            {Html.All(check.Factors.Select((factor, row) => (factor, row)), bar => Bar(bar.factor, bar.row, heaviest))}
            </svg>
            """);
    }

    private static Html Bar(RiskFactor factor, int row, int heaviest)
    {
        var y = row * RowHeight;
        var track = (Width - Names - Figures) * (double)factor.Weight / heaviest;
        return Html.Of($"""
            <text x="0" y="{y + 19}">{Shown.Words(factor.Name)}</text>
            <rect class="track" x="{Names}" y="{y + 6}" width="{Pixels(track)}" height="17" rx="2"/>
            <rect class="bar" x="{Names}" y="{y + 6}" width="{Pixels(track * factor.Value / 100)}" height="17" rx="2"/>
            <text x="{Pixels(Names + track + 8)}" y="{y + 19}">{Shown.Points(factor.Contribution)} of {factor.Weight}</text>
            """);
    }

    private static string Pixels(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}

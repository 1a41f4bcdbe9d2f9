using System.Globalization;

namespace Governance.LoadTests.Budgets;

/// <summary>One budget and what was measured.</summary>
internal sealed record Figure(string What, string Budget, string Measured, bool Met);

/// <summary>Measures the budgets of the app, each by itself, and prints them as a table.</summary>
internal static class BudgetRun
{
    private static readonly (string Name, Func<TimeSpan, IAsyncEnumerable<Figure>> Measure)[] All =
    [
        ("risk", _ => RiskScoring.Measure().ToAsyncEnumerable()),
        ("create", CreatingIntents.Measure),
        ("check", _ => CheckingPolicy.Measure()),
        ("decide", Deciding.Measure),
        ("lists", Listing.Measure),
        ("deployments", WholeDeployments.Measure),
        ("compare", Comparing.Measure),
        ("memory", _ => KeepingMemory.Measure()),
    ];

    /// <returns>0 where every budget was met, 1 where one was not, 2 for wrong use.</returns>
    internal static async Task<int> Run(string[] arguments)
    {
        var seconds = 20;
        if (arguments is [var first, ..] && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var given))
        {
            (seconds, arguments) = (given, arguments[1..]);
        }

        if (arguments.Except(All.Select(each => each.Name)).FirstOrDefault() is { } unknown)
        {
            await Console.Error.WriteLineAsync($"'{unknown}' is none of {string.Join(", ", All.Select(each => each.Name))}.");
            return 2;
        }

        var met = true;
        Console.WriteLine("| what | budget | measured | met |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var (_, measure) in All.Where(each => arguments.Length == 0 || arguments.Contains(each.Name)))
        {
            await foreach (var figure in measure(TimeSpan.FromSeconds(seconds)))
            {
                met &= figure.Met;
                Console.WriteLine($"| {figure.What} | {figure.Budget} | {figure.Measured} | {(figure.Met ? "yes" : "**no**")} |");
            }
        }

        return met ? 0 : 1;
    }
}

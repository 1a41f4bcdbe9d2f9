using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Governance.LoadTests.Reports;

namespace Governance.LoadTests.Load;

/// <summary>The load scenarios from the command line.</summary>
internal static class LoadCommand
{
    /// <returns>0 where no request failed and every store was as it must be, 1 where not, 2 for wrong use.</returns>
    internal static async Task<int> Run(string[] arguments)
    {
        var (options, wrong) = LoadOptions.Parse(arguments, Environment.GetEnvironmentVariable);
        if (options is null)
        {
            await Console.Error.WriteLineAsync($"{wrong}{Environment.NewLine}{LoadOptions.Use}");
            return 2;
        }

        return await Run(options);
    }

    /// <inheritdoc cref="Run(string[])"/>
    internal static async Task<int> Run(LoadOptions options)
    {
        try
        {
            var report = await Run(options, new(Console.Out, !Console.IsOutputRedirected));
            await Write(report, options.Report);
            return report.Sound ? 0 : 1;
        }
        catch (LoadException inTheWay)
        {
            await Console.Error.WriteLineAsync(inTheWay.Message);
            return 1;
        }
    }

    /// <summary>Runs the scenarios one after the other, each against a stack of its own unless an app is named.</summary>
    /// <exception cref="LoadException">Something is in the way of preparing.</exception>
    internal static async Task<LoadReport> Run(LoadOptions options, LiveProgress progress)
    {
        var scenarios = new List<ScenarioReport>();
        foreach (var number in options.Scenarios)
        {
            await using var target = await LoadTarget.Start(options.Url);
            var scenario = await LoadRun.Run(Scenario(number, options), options, target, progress);
            scenarios.Add(scenario);
            if (!scenario.Sound)
            {
                progress.Say($"What the app wrote last:{Environment.NewLine}{string.Join(Environment.NewLine, target.LastLines)}");
            }
        }

        return new(
            DateTimeOffset.UtcNow,
            RuntimeInformation.OSDescription,
            Environment.ProcessorCount,
            RuntimeInformation.FrameworkDescription,
            options.Url is { } url ? url.ToString() : "app, simulated tenant, storage emulator (in memory) and users as processes of one machine",
            scenarios);
    }

    private static IScenario Scenario(int number, LoadOptions options) => (number, options.Users) switch
    {
        (1, var users) => new Publishers(users ?? 100),
        (2, var users) => new Approvers(users ?? 50),
        (3, var users) => new Repeats(users ?? 200),
        (4, var users) => new Burst(users ?? 1000),
        _ => throw new LoadException($"There is no scenario {number}."),
    };

    private static async Task Write(LoadReport report, string? folder)
    {
        var markdown = MarkdownReport.Of(report);
        Console.WriteLine();
        Console.WriteLine(markdown);
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            var name = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"load-{report.At:yyyyMMdd-HHmmss}"));
            await File.WriteAllTextAsync(name + ".md", markdown);
            await File.WriteAllBytesAsync(name + ".json", JsonSerializer.SerializeToUtf8Bytes(report, ReportJson.Default.LoadReport));
        }
    }
}

using System.Globalization;

namespace Governance.LoadTests.Faults;

/// <summary>What <c>faults</c> is told on the command line.</summary>
internal sealed record FaultsCommand(string What, int Kills, int Deployments, int Seed)
{
    /// <summary>The line of help.</summary>
    internal const string Use = "faults     [kills|storage|graph|clock|all] [--kills N] [--deployments N] [--seed S]";

    private static readonly string[] Known = ["kills", "storage", "graph", "clock", "all"];

    /// <summary>Reads <c>[kills|all] [--kills N] [--deployments N] [--seed S]</c>.</summary>
    /// <returns>Null where something is wrong.</returns>
    internal static FaultsCommand? Parse(string[] arguments)
    {
        var command = new FaultsCommand(Known[^1], 50, 200, 1);
        if (arguments is [var what, ..] && Known.Contains(what))
        {
            command = command with { What = what };
            arguments = arguments[1..];
        }

        foreach (var pair in arguments.Chunk(2))
        {
            if (pair is not [var name, var text] || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                || (name, value) switch
                {
                    ("--kills", <= 10_000) => command with { Kills = value },
                    ("--deployments", >= 1 and <= 10_000) => command with { Deployments = value },
                    ("--seed", _) => command with { Seed = value },
                    _ => null,
                } is not { } given)
            {
                return null;
            }

            command = given;
        }

        return command;
    }

    /// <summary>Runs what was asked for.</summary>
    /// <returns>0 where everything held, 1 where something did not, 2 for wrong use.</returns>
    internal static async Task<int> Run(string[] arguments)
    {
        if (Parse(arguments) is not { } command)
        {
            Console.Error.WriteLine(Use);
            return 2;
        }

        var (holds, sections) = (true, new List<string>());
        foreach (var plan in command.Plans)
        {
            Console.WriteLine($"{plan.Name}, {plan.Journeys.Count} deployments, seed {plan.Seed}");
            var report = await FaultRun.Run(plan, Console.WriteLine);
            sections.Add(FaultSection.Of(report));
            Console.WriteLine(sections[^1]);
            holds &= report.Holds;
        }

        if (command.What is "all")
        {
            ReliabilityPage.Write(Environment.CurrentDirectory, sections);
        }

        return holds ? 0 : 1;
    }

    private IEnumerable<FaultPlan> Plans => new[]
    {
        FaultPlan.Kills(Kills, Deployments, Seed),
        FaultPlan.Storage(3, TimeSpan.FromSeconds(20), Deployments, Seed),
        FaultPlan.Graph(2, TimeSpan.FromSeconds(6), Deployments, Seed),
        FaultPlan.Clock(4, Deployments, Seed),
    }.Where(plan => What is "all" || What == plan.Name);
}

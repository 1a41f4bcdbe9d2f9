using System.Globalization;

namespace Governance.LoadTests.Faults;

/// <summary>What <c>faults</c> is told on the command line.</summary>
internal sealed record FaultsCommand(string What, int Kills, int Deployments, int Seed)
{
    /// <summary>The line of help.</summary>
    internal const string Use = "faults     [kills|all] [--kills N] [--deployments N] [--seed S]";

    private static readonly string[] Known = ["kills", "all"];

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

        var report = await FaultRun.Run(FaultPlan.Kills(command.Kills, command.Deployments, command.Seed), Console.WriteLine);
        foreach (var wait in report.Check.Waits)
        {
            Console.WriteLine(wait);
        }

        foreach (var wrong in report.Failures.Concat(report.Check.Violations.Select(violation => violation.ToString())))
        {
            Console.WriteLine(wrong);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"restarts {report.Restarts.Count}, longest {report.Restarts.Longest.TotalSeconds:0.0} s; settled after {report.Settled.TotalSeconds:0.0} s; took {report.Took.TotalSeconds:0} s; repeats {report.Repeats}; least under way {report.LeastUnderWay}"));
        return report.Holds ? 0 : 1;
    }
}

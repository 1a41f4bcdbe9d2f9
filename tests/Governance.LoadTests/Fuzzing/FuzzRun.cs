using System.Diagnostics;
using System.Globalization;

namespace Governance.LoadTests.Fuzzing;

/// <summary>The command: so many requests or minutes of generated bad input against the whole app.</summary>
internal static class FuzzRun
{
    internal const string Use = "fuzz       [--requests N | --minutes N | --case N] [--seed S]";

    private const int Usual = 2000;
    private const int UsualSeed = 20250601;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    // The most that managed memory may have grown from the first batch to the last, bytes: caches that fill, and what the simulators in this process keep of each request that was taken.
    private const long CachesFill = 64L << 20;
    private const long KeptOfEach = 8 << 10;

    /// <returns>0 without failures, 1 with, 2 for wrong use.</returns>
    internal static async Task<int> Run(string[] arguments)
    {
        if (!TryRead(arguments, out var options))
        {
            await Console.Error.WriteLineAsync($"{Use}, each a whole number");
            return 2;
        }

        var seed = options.GetValueOrDefault("--seed", UsualSeed);
        await using var world = await FuzzWorld.Start();
        var session = new FuzzSession(world, seed, Longest);
        var clock = Stopwatch.StartNew();
        if (options.TryGetValue("--case", out var only))
        {
            await session.Run(only, 1);
        }
        else if (options.TryGetValue("--minutes", out var minutes))
        {
            await session.Run(0, int.MaxValue - FuzzSession.BatchSize, () => clock.Elapsed < TimeSpan.FromMinutes(minutes));
        }
        else
        {
            await session.Run(0, options.GetValueOrDefault("--requests", Usual));
        }

        if (session.Report.Growth > CachesFill + (KeptOfEach * session.Report.Taken))
        {
            session.Report.Failed(new(null, "memory", $"managed memory grew by {session.Report.Growth} bytes", null, null));
        }

        session.Report.Print(Console.Out);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{session.Report.Cases / clock.Elapsed.TotalSeconds:0} a second over {clock.Elapsed.TotalSeconds:0} s"));
        return session.Report.Failures.Count == 0 ? 0 : 1;
    }

    private static bool TryRead(string[] arguments, out Dictionary<string, int> options)
    {
        options = new(StringComparer.Ordinal);
        foreach (var pair in arguments.Chunk(2))
        {
            if (pair is not [("--requests" or "--minutes" or "--case" or "--seed") and var name, var text]
                || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || (number == 0 && name is ("--requests" or "--minutes")) || !options.TryAdd(name, number))
            {
                return false;
            }
        }

        return options.Keys.Count(name => name != "--seed") <= 1;
    }
}

using System.Text.Json.Nodes;
using Governance.Local.Storage;

namespace Governance.LoadTests.Faults;

/// <summary>What is done to the system when: seeded, so that a run can be done again.</summary>
internal static class ChaosSchedules
{
    private static readonly (string What, JsonObject Rule)[] Graph =
    [
        ("30% answered 429 with Retry-After", Answer(0.3, 429, "TooManyRequests", "1")),
        ("30% answered 503", Answer(0.3, 503, "ServiceUnavailable")),
        ("20% of the writes carried out, never answered", Write("POST|PATCH", new() { ["drop_after"] = true }, 0.2)),
        ("20% of all connections dropped", Write(null, new() { ["drop_before"] = true }, 0.2)),
        ("half of the uploads end as commitFileFailed", Write("POST", new() { ["end"] = "commitFileFailed" }, 0.5, "/commit$")),
        ("20% answered 500", Answer(0.2, 500, "InternalServerError")),
    ];

    /// <summary>Kills of the app at seeded moments, so soon after each other that work carried out before one lies in its rows after it.</summary>
    internal static IEnumerable<ChaosStep> Kills(int count, Random seeded) => Enumerable.Range(1, count)
        .Select(_ => new ChaosStep.KillApp(Milliseconds(seeded, 50, 3000)));

    /// <summary>Storage in every kind of trouble, each for some seconds.</summary>
    internal static IEnumerable<ChaosStep> Storage(int rounds, TimeSpan stopped, Random seeded)
    {
        for (var round = 0; round < rounds; round++)
        {
            yield return new ChaosStep.StopStorage(Milliseconds(seeded, 500, 3000), stopped);
            yield return new ChaosStep.RefuseStorage(Milliseconds(seeded, 500, 3000), TimeSpan.FromSeconds(seeded.Next(2, 6)));
            yield return new ChaosStep.TroubleStorage(Milliseconds(seeded, 500, 3000), TimeSpan.FromSeconds(8), Shares(seeded));

            // After the last round nothing but the app itself finds what was left undone.
            if (round < rounds - 1)
            {
                yield return new ChaosStep.KillApp(Milliseconds(seeded, 50, 1000)) { Redelivers = true };
            }
        }
    }

    /// <summary>Graph in every kind of trouble, and kills of the tenant between them.</summary>
    internal static IEnumerable<ChaosStep> TroubledGraph(int rounds, TimeSpan each, Random seeded)
    {
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (what, rule) in Graph)
            {
                yield return new ChaosStep.TroubleGraph(Milliseconds(seeded, 200, 1500), each, what, rule);
            }

            yield return new ChaosStep.KillTenant(Milliseconds(seeded, 200, 1500));
            yield return new ChaosStep.KillApp(Milliseconds(seeded, 50, 1500));
            yield return new ChaosStep.KillTenant(Milliseconds(seeded, 200, 1500));
        }
    }

    /// <summary>A clock that is set, forwards by up to an hour and back by up to 15 s, and kills between.</summary>
    internal static IEnumerable<ChaosStep> Clock(int rounds, Random seeded)
    {
        for (var round = 0; round < rounds; round++)
        {
            yield return new ChaosStep.JumpClock(Milliseconds(seeded, 500, 3000), TimeSpan.FromSeconds(seeded.Next(60, 3600)));
            yield return new ChaosStep.JumpClock(Milliseconds(seeded, 500, 3000), -TimeSpan.FromSeconds(seeded.Next(2, 15)));
            yield return new ChaosStep.KillApp(Milliseconds(seeded, 50, 3000)) { Redelivers = true };
            yield return new ChaosStep.JumpClock(Milliseconds(seeded, 500, 3000), -TimeSpan.FromSeconds(seeded.Next(2, 15)));
        }
    }

    private static StorageFaults Shares(Random seeded) => new()
    {
        Dropped = seeded.Next(2, 8) / 100.0,
        Busy = seeded.Next(2, 12) / 100.0,
        LostReplies = seeded.Next(2, 12) / 100.0,
        Late = 0.01,
        Doubled = seeded.Next(2, 8) / 100.0,
    };

    private static TimeSpan Milliseconds(Random seeded, int least, int most) => TimeSpan.FromMilliseconds(seeded.Next(least, most));

    private static JsonObject Answer(double share, int status, string code, string? retryAfter = null)
    {
        var answer = new JsonObject { ["status"] = status, ["code"] = code };
        if (retryAfter is not null)
        {
            answer["retry_after"] = retryAfter;
        }

        return Write(null, new() { ["answer"] = answer }, share);
    }

    private static JsonObject Write(string? method, JsonObject effect, double share, string path = ".")
    {
        var rule = new JsonObject { ["path"] = path, ["count"] = 10_000_000, ["probability"] = share, ["effect"] = effect };
        if (method is not null && !method.Contains('|', StringComparison.Ordinal))
        {
            rule["method"] = method;
        }

        return rule;
    }
}

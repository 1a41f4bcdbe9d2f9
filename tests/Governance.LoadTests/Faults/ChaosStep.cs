namespace Governance.LoadTests.Faults;

/// <summary>Something that is done to the system, so long after the step before has ended.</summary>
internal abstract record ChaosStep(TimeSpan After)
{
    /// <summary>SIGKILL for the app, and a fresh start at once.</summary>
    internal sealed record KillApp(TimeSpan After) : ChaosStep(After);

    /// <summary>SIGKILL for the simulated tenant, and a fresh start at once.</summary>
    internal sealed record KillTenant(TimeSpan After) : ChaosStep(After);

    /// <summary>SIGSTOP for every process of the storage, and SIGCONT after a time.</summary>
    internal sealed record StopStorage(TimeSpan After, TimeSpan For) : ChaosStep(After);

    /// <summary>What it is, in a report.</summary>
    internal string Name => this switch
    {
        KillApp => "kill -9 of the app",
        KillTenant => "kill -9 of the tenant",
        StopStorage stop => FormattableString.Invariant($"storage stopped for {stop.For.TotalSeconds:0} s"),
        _ => throw new InvalidOperationException($"{GetType().Name} has no name."),
    };

    /// <summary>Kills of the app at seeded moments.</summary>
    internal static IReadOnlyList<ChaosStep> Kills(int count, Random seeded) =>
        [.. Enumerable.Range(0, count).Select(_ => new KillApp(TimeSpan.FromMilliseconds(seeded.Next(50, 3000))))];
}

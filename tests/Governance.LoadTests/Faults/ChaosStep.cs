using System.Text.Json.Nodes;
using Governance.Local.Storage;

namespace Governance.LoadTests.Faults;

/// <summary>Something that is done to the system, so long after the step before has ended.</summary>
internal abstract record ChaosStep(TimeSpan After)
{
    /// <summary>SIGKILL for the app, and a fresh start at once.</summary>
    internal sealed record KillApp(TimeSpan After) : ChaosStep(After)
    {
        /// <summary>Whether follow-up work that was carried out lies in its rows again when it comes back: delivered twice, late, and out of order.</summary>
        public bool Redelivers { get; init; }
    }

    /// <summary>SIGKILL for the simulated tenant, and a fresh start at once.</summary>
    internal sealed record KillTenant(TimeSpan After) : ChaosStep(After);

    /// <summary>SIGSTOP for every process of the storage, and SIGCONT after a time.</summary>
    internal sealed record StopStorage(TimeSpan After, TimeSpan For) : ChaosStep(After);

    /// <summary>Connections to the storage are refused for a time.</summary>
    internal sealed record RefuseStorage(TimeSpan After, TimeSpan For) : ChaosStep(After);

    /// <summary>The storage misbehaves for a time.</summary>
    internal sealed record TroubleStorage(TimeSpan After, TimeSpan For, StorageFaults Faults) : ChaosStep(After);

    /// <summary>Graph misbehaves for a time.</summary>
    internal sealed record TroubleGraph(TimeSpan After, TimeSpan For, string What, JsonObject Rule) : ChaosStep(After);

    /// <summary>The app's clock jumps.</summary>
    internal sealed record JumpClock(TimeSpan After, TimeSpan By) : ChaosStep(After);

    /// <summary>What it is, in a report.</summary>
    internal string Name => this switch
    {
        KillApp { Redelivers: true } => "kill -9 of the app, follow-up work redelivered",
        KillApp => "kill -9 of the app",
        KillTenant => "kill -9 of the tenant",
        StopStorage stop => FormattableString.Invariant($"storage stopped (SIGSTOP) for {stop.For.TotalSeconds:0} s"),
        RefuseStorage refuse => FormattableString.Invariant($"storage refuses connections for {refuse.For.TotalSeconds:0} s"),
        TroubleStorage { Faults: var faults } trouble => FormattableString.Invariant(
            $"for {trouble.For.TotalSeconds:0} s of all storage requests {faults.Dropped:0%} dropped, {faults.Busy:0%} answered 503, {faults.LostReplies:0%} carried out unanswered, {faults.Late:0%} answered too late, {faults.Doubled:0%} carried out twice"),
        TroubleGraph trouble => FormattableString.Invariant($"Graph for {trouble.For.TotalSeconds:0} s: {trouble.What}"),
        JumpClock jump => FormattableString.Invariant($"clock jumps by {jump.By.TotalSeconds:+0;-0} s"),
        _ => throw new InvalidOperationException($"{GetType().Name} has no name."),
    };

    /// <summary>How long it takes by itself.</summary>
    internal TimeSpan Lasts => this switch
    {
        StopStorage stop => stop.For,
        RefuseStorage refuse => refuse.For,
        TroubleStorage trouble => trouble.For,
        TroubleGraph trouble => trouble.For,
        _ => TimeSpan.Zero,
    };
}

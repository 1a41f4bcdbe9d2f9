using Governance.Core.Deployments;

namespace Governance.Core.Rollout;

/// <summary>What one look at a rollout leads to. Pure: the same state, findings and memory always give the same decision.</summary>
/// <remarks>
/// It says what to try. Whether a ring may be claimed, completed or taken back is decided again by <see cref="RolloutDecider"/> on the state that
/// the change commits on.
/// </remarks>
public static class RolloutLook
{
    /// <summary>Decides, in the order in which the rules win: a breach, a hold, a retry that is not due, the gate.</summary>
    /// <param name="state">As it stands, APPROVED or ACTIVE.</param>
    /// <param name="found">What was measured and judged of exactly this state.</param>
    /// <param name="memory">What earlier looks left; <see cref="LookMemory.None"/> for a first one, and where it was lost.</param>
    /// <param name="gates">The figures.</param>
    public static LookDecision Decide(DeploymentState state, LookFindings found, LookMemory memory, PromotionGates gates)
    {
        var (remembered, alert) = Heard(memory.For(state), found.Verdict, gates);
        var decision = state switch
        {
            // Where a rollback has failed before, a person looks at it: nothing would be different the next minute.
            { Status: DeploymentStatus.Active, AssignmentsRemoved: false } when found.Breach.RollBack => new(LookAction.RollBack, remembered),
            { Holds.Count: > 0 } or { ApprovalStands: false } => Watch(found, remembered),
            { PublishRetry: { } retry } when found.Verdict.JudgedAt < retry.DueAt => Watch(found, remembered) with { Until = Earlier(retry.DueAt, found.WatchAgainAt) },
            _ when found.Verdict.Promotes => new LookDecision(state.NextRing is null ? LookAction.Complete : LookAction.Publish, remembered) { Ring = state.NextRing ?? state.CurrentRing },
            _ => Hold(found, remembered, gates),
        };
        return decision with { Alert = alert };
    }

    // What the plane does not answer is told to people once it has lasted for long.
    private static (LookMemory Memory, bool Alert) Heard(LookMemory memory, GateVerdict verdict, PromotionGates gates)
    {
        if (verdict.Verdict != GateResult.Unavailable)
        {
            return (memory with { SilentSince = null, Alerted = false }, false);
        }

        var since = memory.SilentSince ?? verdict.JudgedAt;
        var alert = !memory.Alerted && verdict.JudgedAt - since >= gates.AlertAfter;
        return (memory with { SilentSince = since, Alerted = memory.Alerted || alert }, alert);
    }

    // Held or waiting to try again: the ring that has the app is watched on for a breach; before the first publish there is none.
    private static LookDecision Watch(LookFindings found, LookMemory memory) => new(LookAction.Wait, memory)
    {
        Until = found is { Verdict.Verdict: GateResult.Unavailable, WatchAgainAt: not null } ? found.Verdict.LookAgainAt : found.WatchAgainAt,
    };

    // A look that somebody asked for comes beside the planned ones: it counts for nothing and puts none of them off.
    private static LookDecision Hold(LookFindings found, LookMemory memory, PromotionGates gates)
    {
        var verdict = found.Verdict;
        var planned = memory.DueAt is not { } due || verdict.JudgedAt >= due;
        var (looks, ask) = planned ? memory.Looks.After(verdict, gates) : (memory.Looks, false);
        var next = Earlier(verdict.LookAgainAt, found.WatchAgainAt);
        return new(LookAction.Wait, memory with { Looks = looks, DueAt = planned ? next : memory.DueAt })
        {
            Until = planned ? next : Earlier(next, memory.DueAt),
            AskCab = ask,
            Gate = verdict,
        };
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is { } left && other is { } right ? left < right ? left : right : one ?? other;
}

/// <summary>What was found at one look.</summary>
public sealed record LookFindings
{
    /// <summary>The gate in front of the next step, judged now.</summary>
    public required GateVerdict Verdict { get; init; }

    /// <summary>Whether the ring published last does so badly that it is taken back.</summary>
    public required Breach Breach { get; init; }

    /// <summary>When the ring published last is looked at again whatever its gate waits for, UTC; null while nothing is published.</summary>
    public DateTimeOffset? WatchAgainAt { get; init; }
}

/// <summary>
/// What a rollout remembers from look to look. It is not in the log: where it is lost, with an orchestration that is replaced, a question to the
/// CAB or an alert comes later, and nothing is done twice or left out.
/// </summary>
public sealed record LookMemory
{
    /// <summary>Nothing.</summary>
    public static LookMemory None { get; } = new();

    /// <summary>The step that the looks were at; null before the first.</summary>
    public GateStep? Step { get; init; }

    /// <summary>The revision that they were at.</summary>
    public int Revision { get; init; }

    /// <summary>The looks that count towards asking the CAB.</summary>
    public GateLooks Looks { get; init; } = GateLooks.None;

    /// <summary>When the next planned look is, UTC; null before the first.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Since when the plane has not answered, UTC; null while it does.</summary>
    public DateTimeOffset? SilentSince { get; init; }

    /// <summary>Whether people were told of that.</summary>
    public bool Alerted { get; init; }

    /// <summary>The memory as it holds for a state: what was counted at another step or revision counts no more.</summary>
    internal LookMemory For(DeploymentState state) =>
        Step == state.NextStep && Revision == state.Revision ? this : this with { Step = state.NextStep, Revision = state.Revision, Looks = GateLooks.None, DueAt = null };
}

/// <summary>What a look leads to.</summary>
/// <param name="Do">What to try.</param>
/// <param name="Memory">What to remember for the next look.</param>
public sealed record LookDecision(LookAction Do, LookMemory Memory)
{
    /// <summary>The ring to publish or to complete; null otherwise.</summary>
    public Ring? Ring { get; init; }

    /// <summary>For a wait: until when at most, UTC; null for as long as nothing changes.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The verdict that is logged, if it is a new failure; null where the gate does not decide now.</summary>
    public GateVerdict? Gate { get; init; }

    /// <summary>Whether to ask the CAB for an override.</summary>
    public bool AskCab { get; init; }

    /// <summary>Whether to tell people that the plane has not answered for long.</summary>
    public bool Alert { get; init; }
}

/// <summary>What a look tries.</summary>
public enum LookAction
{
    /// <summary>Nothing: look again later, or when something changes.</summary>
    Wait,

    /// <summary>Publish the next ring.</summary>
    Publish,

    /// <summary>Complete the deployment.</summary>
    Complete,

    /// <summary>Start taking the app back.</summary>
    RollBack,
}

namespace Governance.Intune.Graph;

/// <summary>What a call is, for the question whether it may be sent again.</summary>
/// <param name="Operation">Its name in logs.</param>
/// <param name="Repeatable">Whether sending it twice has the effect of sending it once.</param>
/// <param name="Write">Whether it counts as a write in Graph's limits.</param>
/// <param name="Propagates">Whether it follows a write of ours so closely that 404, 409 or 412 may only mean "not yet everywhere".</param>
internal readonly record struct CallPlan(string Operation, bool Repeatable, bool Write, bool Propagates = false)
{
    public static CallPlan Read(string operation, bool propagates = false) => new(operation, Repeatable: true, Write: false, propagates);

    public static CallPlan Repeatably(string operation, bool propagates = false) => new(operation, Repeatable: true, Write: true, propagates);

    /// <summary>Graph has no idempotency key: a repeat would make a second thing.</summary>
    public static CallPlan Create(string operation, bool propagates = false) => new(operation, Repeatable: false, Write: true, propagates);
}

/// <summary>Decides whether a call is sent again within one attempt, and after how long. Pure.</summary>
internal static class RetryRule
{
    /// <param name="plan">The call.</param>
    /// <param name="fault">How it failed this time.</param>
    /// <param name="sent">How often it has been sent, 1 or more.</param>
    /// <param name="elapsed">Time since it was first sent.</param>
    /// <param name="waited">How much of it was waiting between sendings.</param>
    /// <param name="pacing">The settings.</param>
    /// <returns>How long to wait before it is sent again; null to give up.</returns>
    public static TimeSpan? Next(CallPlan plan, GraphFault fault, int sent, TimeSpan elapsed, TimeSpan waited, IntunePacing pacing) => fault switch
    {
        { Kind: FaultKind.CircuitOpen or FaultKind.SignIn or FaultKind.SignInRefused } => null,
        // Refused before anything was done: even a create may go again.
        { Status: 429 } => Within(pacing, waited, fault.RetryAfter ?? TimeSpan.FromSeconds(5 * sent)),
        { IsBackEndForbidden: true } => Backoff(pacing, sent, fault, waited),
        { Status: 401 } when sent == 1 => TimeSpan.Zero,
        { IsApprovalPending: true } => null,
        { MayBePropagation: true } when plan.Propagates => elapsed < pacing.Propagation ? Polling.Wait(pacing, sent) : null,
        _ when !plan.Repeatable => null,
        // Some 500s are about the request itself and never go away.
        { Status: 500 } when sent > 2 => null,
        { Unclear: true } or { Kind: FaultKind.Garbled } => Backoff(pacing, sent, fault, waited),
        _ => null,
    };

    private static TimeSpan? Backoff(IntunePacing pacing, int sent, GraphFault fault, TimeSpan waited) =>
        sent <= pacing.Retry.Count ? Within(pacing, waited, fault.RetryAfter ?? pacing.Retry[sent - 1]) : null;

    /// <summary>One attempt waits no longer than twice what a single wait may be; then the caller comes back later.</summary>
    private static TimeSpan? Within(IntunePacing pacing, TimeSpan waited, TimeSpan wait) =>
        wait <= pacing.InlineRetryAfter && waited + wait <= 2 * pacing.InlineRetryAfter ? wait : null;
}

/// <summary>The waits between looks.</summary>
internal static class Polling
{
    /// <param name="pacing">The settings.</param>
    /// <param name="looks">Looks made so far, 1 or more.</param>
    public static TimeSpan Wait(IntunePacing pacing, int looks) =>
        pacing.Poll.Count == 0 ? TimeSpan.Zero : pacing.Poll[Math.Min(looks, pacing.Poll.Count) - 1];
}

using Governance.Intune.Graph;

namespace Governance.Intune.Publishing;

/// <summary>Looks again and again until something has come about.</summary>
internal static class Look
{
    /// <param name="caller">Clock and pacing.</param>
    /// <param name="claim">Hears from us while we wait.</param>
    /// <param name="within">How long.</param>
    /// <param name="look">One look; what fails in it counts as "not yet", except refusals that waiting can't cure.</param>
    /// <param name="there">Whether it has come about.</param>
    /// <param name="dead">Why it never will; null to go on looking.</param>
    /// <param name="late">What to say when the time is over.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<Step<T>> Until<T>(
        GraphCaller caller,
        ClaimHold claim,
        TimeSpan within,
        Func<CancellationToken, Task<GraphReply<T>>> look,
        Func<T, bool> there,
        Func<T, Stop?> dead,
        Func<Stop> late,
        CancellationToken cancellation)
        where T : class
    {
        var since = caller.Clock.GetTimestamp();
        for (var looks = 1; ; looks++)
        {
            var reply = await look(cancellation).ConfigureAwait(false);
            if (reply.Value is { } found)
            {
                if (there(found))
                {
                    return found;
                }

                if (dead(found) is { } stop)
                {
                    return stop;
                }
            }
            else if (!IsNotYet(reply))
            {
                return reply.Stop() ?? late();
            }

            if (await claim.SignOfLife(cancellation).ConfigureAwait(false) is { } lost)
            {
                return lost;
            }

            var wait = Polling.Wait(caller.Pacing, looks);
            if (caller.Clock.GetElapsedTime(since) + wait > within)
            {
                // What Graph said last tells more than that we waited.
                return reply.Stop() ?? late();
            }

            await caller.Pause(wait, cancellation).ConfigureAwait(false);
        }
    }

    private static bool IsNotYet<T>(GraphReply<T> reply) => reply switch
    {
        { Approval: not null } => false,
        { Fault: null } => true,
        { Fault.Kind: FaultKind.SignInRefused } => false,
        { Fault: { Unclear: true } or { MayBePropagation: true } or { Status: 429 } or { Kind: FaultKind.CircuitOpen or FaultKind.Garbled } } => true,
        { Fault.IsBackEndForbidden: true } => true,
        _ => false,
    };
}

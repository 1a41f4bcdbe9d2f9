using Governance.Intune.Graph;

namespace Governance.Intune.Publishing;

/// <summary>Makes a thing once, although Graph has no idempotency key: after an unclear answer it is looked for before it is made again.</summary>
internal static class Creation
{
    /// <param name="caller">Clock and pacing.</param>
    /// <param name="claim">Hears from us while we wait.</param>
    /// <param name="create">Sends the creation, once.</param>
    /// <param name="find">Looks for what it may have made; a null value means "not there".</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<Step<T>> Once<T>(
        GraphCaller caller, ClaimHold claim, Func<Task<GraphReply<T>>> create, Func<Task<Step<T>>> find, CancellationToken cancellation)
        where T : class
    {
        for (var tries = 1; ; tries++)
        {
            var made = await create().ConfigureAwait(false);
            if (made.Value is { } value)
            {
                return value;
            }

            // An empty 2xx has made something too, it only does not say what.
            var unclear = made.Ok || made.Fault is { Unclear: true } or { Kind: FaultKind.Garbled };
            if (!unclear)
            {
                return made.Stop()!;
            }

            var found = await Find(caller, claim, find, caller.Pacing.Looks, cancellation).ConfigureAwait(false);
            if (found.Stop is not null || found.Value is not null)
            {
                return found;
            }

            if (tries == 2)
            {
                return made.Stop() ?? Stop.Transient("CREATION_UNCLEAR", "Graph confirmed a creation and shows nothing.");
            }
        }
    }

    /// <summary>Looks several times: new things show late.</summary>
    /// <returns>A null value when it was not there any time.</returns>
    public static async Task<Step<T>> Find<T>(
        GraphCaller caller, ClaimHold claim, Func<Task<Step<T>>> find, int looks, CancellationToken cancellation)
        where T : class
    {
        for (var look = 1; ; look++)
        {
            var found = await find().ConfigureAwait(false);
            if (found.Stop is not null || found.Value is not null || look >= looks)
            {
                return found;
            }

            await caller.Pause(caller.Pacing.LookAgain, cancellation).ConfigureAwait(false);
            if (await claim.SignOfLife(cancellation).ConfigureAwait(false) is { } lost)
            {
                return lost;
            }
        }
    }
}

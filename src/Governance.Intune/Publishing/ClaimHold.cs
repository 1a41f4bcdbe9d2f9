using Governance.Core;
using Governance.Core.Rollout;
using Governance.Intune.Graph;
using Microsoft.Extensions.Logging;

namespace Governance.Intune.Publishing;

/// <summary>The claim under which one attempt works: stores ids as they come, shows signs of life, and tells when it is lost.</summary>
internal sealed class ClaimHold(IPublishFence fence, PlaneIds known, CorrelationId whose, GraphCaller caller, ILogger log)
{
    private long _heardAt = caller.Clock.GetTimestamp();

    /// <summary>What exists now, as far as we know.</summary>
    public PlaneIds Ids { get; private set; } = known;

    /// <summary>Stores new ids.</summary>
    /// <returns>Null to go on.</returns>
    public async Task<Stop?> Store(PlaneIds ids, CancellationToken cancellation)
    {
        Ids = ids;
        return Lost(await fence.Checkpoint(ids, cancellation).ConfigureAwait(false));
    }

    /// <summary>Shows a sign of life where the last one is some time ago; called before each write and while waiting.</summary>
    /// <returns>Null to go on.</returns>
    public async Task<Stop?> SignOfLife(CancellationToken cancellation) =>
        caller.Clock.GetElapsedTime(_heardAt) < caller.Pacing.SignOfLife
            ? null
            : Lost(await fence.Checkpoint(Ids, cancellation).ConfigureAwait(false));

    /// <summary>Whether the claim still is ours, as <see cref="SignOfLife"/> finds it.</summary>
    public async Task<bool> StillHeld(CancellationToken cancellation) => await SignOfLife(cancellation).ConfigureAwait(false) is null;

    /// <summary>From here on assignments may be written.</summary>
    /// <returns>Null to go on.</returns>
    public async Task<Stop?> EnterAssigning(CancellationToken cancellation) =>
        Lost(await fence.EnterAssigning(cancellation).ConfigureAwait(false));

    private Stop.ClaimLost? Lost(bool held)
    {
        _heardAt = caller.Clock.GetTimestamp();
        if (held)
        {
            return null;
        }

        log.ClaimLost(whose);
        return new();
    }
}

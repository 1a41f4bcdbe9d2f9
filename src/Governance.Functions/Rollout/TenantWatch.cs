using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Functions.Composition;
using Governance.Storage.Streams;

namespace Governance.Functions.Rollout;

/// <summary>Looks whether the tenant's own people have decided on a publish that waits for them.</summary>
internal sealed class TenantWatch(EventStreams<DeploymentState, DeploymentEvent> deployments, TenantDecisions tenants, AppSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Logs the decision where there is one. Safe to repeat.</summary>
    /// <returns>The deployment as it stands then, and when to ask again, UTC; null where nothing is waited for.</returns>
    internal async Task<(StreamHead<DeploymentState> Head, DateTimeOffset? AskAgainAt)> Settle(StreamHead<DeploymentState> head, CancellationToken cancellation)
    {
        if (!head.State.IsHeldFor(WaitReason.TenantApproval) || head.State.IsHeldFor(WaitReason.Rollback))
        {
            return (head, null);
        }

        var (now, row) = await deployments.ReadWithClaim(head.Id, cancellation);
        var claim = PublishClaim.Read(row);
        if (claim is not null && claim.Purpose != ClaimPurpose.Publish)
        {
            // Whoever mends asks for itself.
            return (head, clock.GetUtcNow() + Scaled(Longest));
        }

        var answer = claim?.Approval is { } approval ? await tenants.Ask(head.State, approval, cancellation) : TenantAnswer.GoOn;
        if (answer == TenantAnswer.Wait || (answer == TenantAnswer.TryIt && clock.GetUtcNow() - claim!.LeaseUntil < Scaled(Longest)))
        {
            return (head, clock.GetUtcNow() + (answer == TenantAnswer.TryIt ? Scaled(Longest) : Pause(claim!.Approval!.FiledAt)));
        }

        var settled = await deployments.ChangeWithClaim(
            head.Id,
            Actor.System,
            (state, held, at) => held?.ETag != row?.ETag
                ? (new ClaimVoid(), new ClaimWrite.Keep())
                : (
                    answer == TenantAnswer.Refused
                        ? RolloutDecider.TenantRefused(state, claim!.Ring, TenantDecisions.Refusal(claim.Approval!), DeploymentIds.Remediation(head.Id, now!.Sequence + 1), at)
                        : RolloutDecider.TenantDecided(state, Reason(answer)),
                    answer is TenantAnswer.FileAgain or TenantAnswer.Refused
                        ? new ClaimWrite.Put((claim! with { Approval = null }).Write())
                        : new ClaimWrite.Keep()),
            cancellation);
        return settled.Settled is { } after ? (after, null) : (head, clock.GetUtcNow() + Scaled(Shortest));
    }

    private static string Reason(TenantAnswer answer) => answer switch
    {
        TenantAnswer.FileAgain => "The tenant's approvers did not decide in time; the request is filed again.",
        TenantAnswer.TryIt => "Nobody may look what the tenant's approvers said; the call is repeated.",
        _ => "The tenant's approvers approved.",
    };

    // The longer people have been silent, the longer they may be: a quarter of the time so far.
    private TimeSpan Pause(DateTimeOffset filedAt)
    {
        var quarter = (clock.GetUtcNow() - filedAt) / 4;
        return quarter < Scaled(Shortest) ? Scaled(Shortest) : quarter > Scaled(Longest) ? Scaled(Longest) : quarter;
    }

    private TimeSpan Scaled(TimeSpan pause) => settings.Scaled(pause);
}

using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;

namespace Governance.Teams.Cab;

/// <summary>The CAB's requests as the app keeps them. What storage does not answer is an answer here, not an exception.</summary>
public interface ICabDesk
{
    /// <summary>One read.</summary>
    Task<DeskAnswer> Read(CorrelationId id, CancellationToken cancellation);

    /// <summary>The same command as over HTTP, tied to a digest. One read and one write.</summary>
    Task<DeskAnswer> Vote(CorrelationId id, Actor voter, Digest seen, TapDecision decision, CancellationToken cancellation);

    /// <summary>What was approved last of the same app, other than this deployment; some reads.</summary>
    /// <returns>Null where nothing was.</returns>
    Task<DeploymentState?> LastApproved(DeploymentState than, CancellationToken cancellation);

    /// <summary>Open requests, most urgent first; null where storage does not answer.</summary>
    Task<IReadOnlyList<DeploymentSummary>?> Pending(int limit, CancellationToken cancellation);
}

/// <summary>What the desk says.</summary>
public abstract record DeskAnswer
{
    private DeskAnswer()
    {
    }

    /// <summary>The deployment as it stands; after a vote, with it.</summary>
    public sealed record Stands(DeploymentState State) : DeskAnswer;

    /// <summary>The vote does not count; nothing has changed.</summary>
    public sealed record Refused(Refusal Reason, DeploymentState State) : DeskAnswer;

    /// <summary>There is no such deployment.</summary>
    public sealed record Missing : DeskAnswer;

    /// <summary>Others kept changing it; nothing was recorded.</summary>
    public sealed record Contended : DeskAnswer;

    /// <summary>Storage does not answer; whether a vote was recorded is not known.</summary>
    public sealed record Unreachable : DeskAnswer;
}

using Governance.Storage.Streams;

namespace Governance.Storage.Outbox;

/// <summary>Passes commits on to the dispatcher once there is one. What is committed before stays in its row, for the sweep.</summary>
internal sealed class CommitRelay : ICommitListener
{
    private volatile ICommitListener? _next;

    /// <summary>From now on commits go there.</summary>
    public void To(ICommitListener next) => _next = next;

    /// <inheritdoc/>
    public void Committed(CommittedChange change) => _next?.Committed(change);

    /// <inheritdoc/>
    public void Unclear(CommittedChange change) => _next?.Unclear(change);
}

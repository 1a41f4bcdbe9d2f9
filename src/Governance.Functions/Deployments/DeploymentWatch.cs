using System.Collections.Concurrent;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Storage.Streams;

namespace Governance.Functions.Deployments;

/// <summary>Lets a request wait for a deployment to change: told of commits of this process, and looking by itself for those of others.</summary>
internal sealed class DeploymentWatch(Func<EventStreams<DeploymentState, DeploymentEvent>> deployments, TimeProvider clock) : ICommitListener
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<CorrelationId, TaskCompletionSource> _waiting = new();

    /// <inheritdoc/>
    public void Committed(CommittedChange change)
    {
        if (_waiting.TryRemove(change.Id, out var waiting))
        {
            waiting.TrySetResult();
        }
    }

    /// <summary>Waits until the deployment is as wished, or the time is over.</summary>
    /// <returns>The deployment as it stands then.</returns>
    internal async Task<StreamHead<DeploymentState>> Until(
        StreamHead<DeploymentState> head, Func<DeploymentState, bool> wished, TimeSpan wait, CancellationToken cancellation)
    {
        var end = clock.GetUtcNow() + wait;
        TaskCompletionSource? changed = null;
        try
        {
            while (!wished(head.State) && clock.GetUtcNow() is var now && now < end)
            {
                changed = _waiting.GetOrAdd(head.Id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
                var current = await deployments().Read(head.Id, cancellation) ?? head;
                if (current.Sequence == head.Sequence)
                {
                    await Task.WhenAny(changed.Task, Task.Delay(end - now < LookEvery ? end - now : LookEvery, clock, cancellation));
                    cancellation.ThrowIfCancellationRequested();
                    current = await deployments().Read(head.Id, cancellation) ?? current;
                }

                head = current;
            }

            return head;
        }
        finally
        {
            // The commit may be another process's, which tells nobody here. Others who wait for the same deployment look again.
            if (changed is not null && _waiting.TryRemove(new(head.Id, changed)))
            {
                changed.TrySetResult();
            }
        }
    }
}

namespace Governance.Durable.Hub;

/// <summary>One ownership of the hub, from taking the shards over to its end: a stop, a crash, or another owner.</summary>
internal sealed class HubOwnership : IDisposable
{
    private readonly HubWorld _world;
    private readonly ActivityWorkers _activities;
    private readonly TurnWorkers _turns;
    private readonly HubTakeover _takeover;
    private Task _turning = Task.CompletedTask;

    public HubOwnership(HubWorld world)
    {
        _world = world;
        var delivery = new ParcelDelivery(world);
        (_activities, _turns, _takeover) = (new(world), new(world, delivery), new(world, delivery));
        Desk = new(world);
    }

    /// <summary>Where clients' calls are answered.</summary>
    public HubDesk Desk { get; }

    /// <summary>Fences the shards, reads what is under way and goes on with it.</summary>
    public async Task Begin(CancellationToken cancellation)
    {
        var (instances, messages) = await _takeover.Run(cancellation).ConfigureAwait(false);
        _world.Log.Owned(_world.Owner, instances, messages);
        (_turning, _) = (_turns.Run(), _activities.Run());
    }

    /// <summary>
    /// Lets activities under way end and stores their results; begins nothing new. What does not end in time is cancelled and will run again.
    /// </summary>
    /// <param name="cancellation">Cuts the wait short.</param>
    public async Task Drain(CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(_world.Options.StopTimeout, _world.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        _world.Draining = true;
        _activities.Close();
        await Wait(() => _activities.Idle, either.Token).ConfigureAwait(false);
        _world.Log.Stopped(_activities.Running);
        _activities.Abandon();
        _world.Ready.Close();
        await Wait(() => _turning, either.Token).ConfigureAwait(false);
        await Wait(() => Task.WhenAll(_world.Shards.Select(shard => shard.Writer.Flush())), either.Token).ConfigureAwait(false);
    }

    /// <summary>Ends the ownership where it stands, as a crash does, and waits until no turn runs any more. Activities that don't heed their token go on.</summary>
    public async Task End()
    {
        _world.End();
        _activities.Abandon();
        await _turning.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Desk.Dispose();
        _world.Dispose();
    }

    private static async Task Wait(Func<Task> work, CancellationToken cancellation)
    {
        try
        {
            await work().WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Time is up, or the ownership has ended meanwhile; storage knows what is open.
        }
    }
}

namespace Governance.Durable.Hub;

/// <summary>Where callers wait until this process owns the hub; a call that an ending ownership cuts short is made again with the next.</summary>
internal sealed class HubDoor
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<HubDesk> _desk = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The desk that is open; waits while there is none.</summary>
    /// <exception cref="InvalidOperationException">The hub has stopped.</exception>
    public Task<HubDesk> Desk(CancellationToken cancellation)
    {
        lock (_gate)
        {
            return _desk.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>This process owns the hub.</summary>
    public void Open(HubDesk desk)
    {
        lock (_gate)
        {
            _desk.TrySetResult(desk);
        }
    }

    /// <summary>The ownership is about to end; callers wait for the next.</summary>
    public void Shut()
    {
        lock (_gate)
        {
            if (_desk.Task.IsCompletedSuccessfully)
            {
                _desk = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    /// <summary>There will be no further ownership.</summary>
    public void Lock()
    {
        Shut();
        lock (_gate)
        {
            _desk.TrySetException(new InvalidOperationException("The task hub has stopped."));
            _ = _desk.Task.Exception;
        }
    }

    /// <summary>Makes a call, again with the next owner where its ownership ends before the answer.</summary>
    /// <param name="call">Safe to repeat.</param>
    public async Task<T> Call<T>(Func<HubDesk, CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        while (true)
        {
            var desk = await Desk(cancellation).ConfigureAwait(false);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, desk.Ended);
            try
            {
                return await call(desk, either.Token).WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (desk.Ended.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                await desk.Left.WaitAsync(cancellation).ConfigureAwait(false);
            }
        }
    }
}

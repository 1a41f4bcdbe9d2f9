using System.Diagnostics;
using Governance.Durable.Engine;
using Governance.Durable.Protocol;

namespace Governance.Durable.Hub;

/// <summary>Runs activities, at least once each. A result waits in memory for the turn that takes and stores it; a crash before that runs the activity again.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1001", Justification = "Activities may outlive the ownership and still hold the tokens; without timers the sources need no disposal.")]
internal sealed class ActivityWorkers(HubWorld world)
{
    private static readonly AsyncLocal<bool> Flow = new();

    private readonly CancellationTokenSource _closed = new();
    private readonly CancellationTokenSource _abandoned = new();
    private int _running;

    /// <summary>Whether the code that asks is that of an activity.</summary>
    public static bool InActivity => Flow.Value;

    /// <summary>Activities under way.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Ends when no worker runs any more.</summary>
    public Task Idle { get; private set; } = Task.CompletedTask;

    /// <summary>Runs activities until <see cref="Close"/>, and those under way to their ends.</summary>
    public Task Run() => Idle = Task.WhenAll(Enumerable.Range(0, world.Options.ConcurrentActivities).Select(_ => Task.Run(Work)));

    /// <summary>Begins no more activities.</summary>
    public void Close() => _closed.Cancel();

    /// <summary>Cancels the activities under way; they run again at the next start.</summary>
    public void Abandon() => _abandoned.Cancel();

    private async Task Work()
    {
        using var taking = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token, world.Ended);
        using var running = CancellationTokenSource.CreateLinkedTokenSource(_abandoned.Token, world.Ended);
        try
        {
            while (true)
            {
                var next = await world.Activities.Take(taking.Token).ConfigureAwait(false);
                Interlocked.Increment(ref _running);
                try
                {
                    await RunOne(next, running.Token).ConfigureAwait(false);
                }
                finally
                {
                    Interlocked.Decrement(ref _running);
                }
            }
        }
        catch (OperationCanceledException) when (taking.IsCancellationRequested || running.IsCancellationRequested)
        {
            // What was not run stands in storage as open.
        }
        catch (Exception fault)
        {
            // A hub with fewer and fewer workers would stand still unnoticed: everything is read again instead.
            world.Depose($"a worker has failed: {fault}");
        }
    }

    private async Task RunOne(QueuedActivity activity, CancellationToken cancellation)
    {
        var call = activity.Call;
        var result = await Outcome(call, cancellation).ConfigureAwait(false);
        if (activity.Caller is { } caller)
        {
            world.Wake(caller, new(result, call.ExecutionId, Row: null));
        }

        activity.Done?.Invoke();
    }

    private async Task<HistoryEvent> Outcome(ActivityCall call, CancellationToken cancellation)
    {
        // Ends with this method.
        Flow.Value = true;
        using var span = HubTraces.Run(call);
        var began = world.Clock.GetTimestamp();
        try
        {
            var result = await world.Handlers.RunActivity(call.Scheduled.Name, call.Input, call.InstanceId, cancellation).ConfigureAwait(false);
            Ended(call, span, began, !ActivityEnvelope.IsFailure(result));
            return HistoryEvents.Of(world.Clock.GetUtcNow(), e => e.TaskCompleted = new() { TaskScheduledId = call.TaskId, Result = result });
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            // The orchestrator gets it as the activity's failure, and decides.
            Ended(call, span, began, succeeded: false);
            var details = Failures.ToMessage(Failures.From(fault));
            return HistoryEvents.Of(world.Clock.GetUtcNow(), e => e.TaskFailed = new() { TaskScheduledId = call.TaskId, FailureDetails = details });
        }
    }

    private void Ended(ActivityCall call, Activity? span, long began, bool succeeded)
    {
        span?.SetStatus(succeeded ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
        world.Metrics.Ran(call.Scheduled.Name, succeeded, world.Clock.GetElapsedTime(began));
    }
}

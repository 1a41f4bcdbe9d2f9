using Google.Protobuf.WellKnownTypes;
using Governance.Durable.Protocol;

namespace Governance.Durable.Engine;

/// <summary>What stands behind the tasks that the context hands out. All of it runs as orchestrator code, on the orchestration's thread.</summary>
internal sealed partial class ReplayContext
{
    /// <summary>Calls until it succeeds or no further attempt is due. Each attempt and each delay takes an id.</summary>
    private async Task<TResult> Call<TResult>(TaskName name, TaskRetryOptions? retry, bool isActivity, Func<OpenTask> attempt)
    {
        var firstAttempt = state.Now;
        for (var attempts = 1; ; attempts++)
        {
            var task = attempt();
            var outcome = await task.Outcome;
            var (json, failure) = isActivity && outcome.Failure is null
                ? ActivityEnvelope.Open(outcome.Result)
                : (outcome.Result, outcome.Failure);
            if (failure is null)
            {
                return converter.Deserialize<TResult>(json)!;
            }

            if (failure.IsNonRetriable || retry is null || !await MayRetry(retry, attempts, failure, firstAttempt))
            {
                throw new TaskFailedException(name, task.Id, failure);
            }
        }
    }

    /// <summary>Waits as the policy or the handler wants before another attempt.</summary>
    /// <returns>Whether to try again.</returns>
    private async Task<bool> MayRetry(TaskRetryOptions retry, int attempts, TaskFailureDetails failure, DateTime firstAttempt)
    {
        if (retry.Handler is { } handler)
        {
            return await handler(new RetryContext(this, attempts, failure, state.Now - firstAttempt, CancellationToken.None));
        }

        if (retry.Policy is not { } policy
            || attempts >= policy.MaxNumberOfAttempts
            || (policy.RetryTimeout != Timeout.InfiniteTimeSpan && state.Now - firstAttempt >= policy.RetryTimeout)
            || policy.HandleTaskFailureDetails?.Invoke(failure) == false)
        {
            return false;
        }

        var delay = policy.DelayAfter(attempts);
        await Timer(delay < DateTime.MaxValue - state.Now ? state.Now + delay : DateTime.MaxValue, CancellationToken.None);
        return true;
    }

    private async Task Timer(DateTime fireAt, CancellationToken cancellation)
    {
        while (fireAt - state.Now > LongestTimer)
        {
            await OneTimer(state.Now + LongestTimer, cancellation);
        }

        await OneTimer(fireAt, cancellation);
    }

    private Task<TaskOutcome> OneTimer(DateTime fireAt, CancellationToken cancellation)
    {
        var action = new OrchestratorAction { CreateTimer = new CreateTimerAction { FireAt = Timestamp.FromDateTime(fireAt) } };
        return state.Tasks.Open(state.Actions.Add(action), cancellation).Outcome;
    }

    private async Task<T> Event<T>(string name, CancellationToken cancellation) =>
        converter.Deserialize<T>(await state.Events.Wait(name, cancellation))!;

    private async Task<T> EventOrTimeout<T>(string name, TimeSpan timeout, CancellationToken cancellation)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var late = Timer(state.Now.Add(timeout), timer.Token);
        var raised = Event<T>(name, wait.Token);
        await Task.WhenAny(raised, late);

        // Whichever lost is called off: a wait left behind would swallow the next event.
        // Not CancelAsync, which would do it on another thread.
        (raised.IsCompleted ? timer : wait).Cancel();
        return await raised;
    }
}

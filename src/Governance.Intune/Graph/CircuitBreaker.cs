using Governance.Core.Rollout;

namespace Governance.Intune.Graph;

/// <summary>Stops calls while Graph does not answer: a queue of publishes must not wait for one time-out each.</summary>
internal sealed class CircuitBreaker(CircuitOptions options, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private int _failures;
    private DateTimeOffset? _openUntil;
    private bool _trying;

    /// <summary>What it does with calls now.</summary>
    public CircuitState State
    {
        get
        {
            lock (_gate)
            {
                return _openUntil is not { } until ? CircuitState.Closed
                    : clock.GetUtcNow() < until ? CircuitState.Open
                    : CircuitState.HalfOpen;
            }
        }
    }

    /// <summary>Asks to make a call; whoever was let through reports how it ended.</summary>
    /// <returns>Null to go on, else how long to stay away.</returns>
    public TimeSpan? Enter()
    {
        lock (_gate)
        {
            if (_openUntil is not { } until)
            {
                return null;
            }

            var left = until - clock.GetUtcNow();
            if (left > TimeSpan.Zero)
            {
                return left;
            }

            if (_trying)
            {
                return options.OpenFor;
            }

            _trying = true;
            return null;
        }
    }

    /// <summary>A call ended without telling anything, such as by cancellation.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _trying = false;
        }
    }

    /// <summary>A call ended.</summary>
    /// <param name="outage">Whether Graph did not answer, or with an error of its own.</param>
    public void Report(bool outage)
    {
        lock (_gate)
        {
            _trying = false;
            if (!outage)
            {
                (_failures, _openUntil) = (0, null);
            }
            else if (++_failures >= options.Failures)
            {
                _openUntil = clock.GetUtcNow() + options.OpenFor;
            }
        }
    }
}

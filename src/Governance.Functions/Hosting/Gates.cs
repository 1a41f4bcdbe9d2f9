using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Governance.Functions.Observability;
using Governance.Functions.SignIn;

namespace Governance.Functions.Hosting;

/// <summary>
/// The concurrency limits: for each group of functions so many calls at once and so many waiting, each only for a short time. What is over that is turned away before any work, so that what is served stays fast.
/// </summary>
internal sealed class Gates : IDisposable
{
    // Sign-ins that are being looked at: with the tenant's keys in memory each is a fraction of a millisecond of pure computing, so many at once means that the keys cannot be had.
    private const int AdmissionsAtOnce = 256;

    private readonly ImmutableSortedDictionary<FunctionGroup, GroupGate> _groups;
    private readonly GroupGate _door;
    private readonly GateMetrics _metrics;
    private readonly TimeProvider _clock;

    /// <param name="settings">The limits.</param>
    /// <param name="clock">Measures how long calls take and wait.</param>
    public Gates(HttpSettings settings, TimeProvider clock)
    {
        _clock = clock;
        _groups = settings.Groups.ToImmutableSortedDictionary(group => group.Key, group => new GroupGate(group.Value, settings.Patience, clock));
        _door = new(new GroupLimit(AdmissionsAtOnce, 0), settings.Patience, clock);
        LongPolls = new(settings.LongPolls);
        _metrics = new(_groups, LongPolls);
    }

    /// <summary>Calls that wait outside of all groups.</summary>
    public LongPolls LongPolls { get; }

    /// <summary>The meter that shows them; each app has its own.</summary>
    public Meter Meter => _metrics.Meter;

    /// <summary>The gate of a limited group.</summary>
    public GroupGate Of(FunctionGroup group) => _groups[group];

    /// <summary>Whether a group turns away whoever comes; asked before anything is known of the caller.</summary>
    /// <param name="retryAfter">What the call is told.</param>
    public bool IsClosed(FunctionGroup group, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        if (!_groups.TryGetValue(group, out var gate) || !gate.IsClosed(out retryAfter))
        {
            return false;
        }

        Metrics.Refused(group);
        return true;
    }

    /// <summary>Lets a call be looked at: who makes it, and whether they may.</summary>
    /// <returns>Null where too many are; then nothing was done.</returns>
    public async ValueTask<Admission> Admit(FunctionGroup group, CancellationToken cancellation)
    {
        var admission = await _door.Enter(Guid.Empty, cancellation);
        if (admission.Place is null)
        {
            Metrics.Refused(group);
        }

        return admission;
    }

    /// <summary>Takes a place in a group.</summary>
    /// <param name="caller">Whose line the call waits in; those without sign-in share one.</param>
    public async ValueTask<Admission> Enter(FunctionGroup group, Caller? caller, CancellationToken cancellation)
    {
        if (!_groups.TryGetValue(group, out var gate))
        {
            return new(new Place(null, 0), TimeSpan.Zero);
        }

        var began = _clock.GetTimestamp();
        var entering = gate.Enter(caller?.Id.Value ?? Guid.Empty, cancellation);
        var waits = !entering.IsCompleted;
        var admission = await entering;
        if (waits)
        {
            _metrics.Waited(group, _clock.GetElapsedTime(began));
        }

        if (admission.Place is null)
        {
            Metrics.Refused(group);
        }

        return admission;
    }

    /// <inheritdoc/>
    public void Dispose() => _metrics.Dispose();
}

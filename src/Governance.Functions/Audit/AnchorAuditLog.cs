using Governance.Functions.Sweeps;
using Governance.Storage.Audit;
using Governance.Storage.Sweeps;

namespace Governance.Functions.Audit;

/// <summary>Every hour: an anchor over the streams that moved since the last one.</summary>
internal sealed class AnchorAuditLog(AnchorMaker maker) : ISweep
{
    private const string More = "more";

    /// <inheritdoc/>
    public TimeSpan Budget => TimeSpan.FromMinutes(20);

    /// <inheritdoc/>
    public async Task<SweepStep> Step(string? cursor, CancellationToken cancellation)
    {
        var step = await maker.Step(cancellation);
        return new(step.More ? More : null, step.Anchored + step.Lost, step.Anchored, step.Lost);
    }
}

using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Core.Policy;

namespace Governance.Core.Rollout;

/// <summary>Everything a promotion gate is judged from, gathered by its caller.</summary>
public sealed record GateInputs
{
    /// <summary>When the look happens, UTC.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Which step the gate stands in front of.</summary>
    public required GateStep Step { get; init; }

    /// <summary>
    /// Results of the ring that is measured: <see cref="GateStep.From"/>, by this deployment or, for a first ring, by earlier
    /// rollouts of the same app and version. Null where nothing was ever published there.
    /// </summary>
    public RingMeasurement? Measured { get; init; }

    /// <summary>Results of a lab run from the evidence; count only for CANARY as first ring and without <see cref="Measured"/>.</summary>
    public LabResults? LabResults { get; init; }

    /// <summary>How the devices of the ring to be entered reach the network: the compliance time that lab results are judged by.</summary>
    public Connectivity LabConnectivity { get; init; } = Connectivity.Online;

    /// <summary>Incidents reported for this deployment.</summary>
    public IncidentCounts Incidents { get; init; } = new(0, 0, 0, 0);

    /// <summary>What the approval is tied to.</summary>
    public EquatableArray<CabCondition> Conditions { get; init; } = [];

    /// <summary>Whether the approval stands for the revision and subject at hand.</summary>
    public required bool ApprovalStands { get; init; }

    /// <summary>Exceptions that the deployment relies on and that have ended without a replacement.</summary>
    public EquatableArray<Guid> EndedExceptions { get; init; } = [];

    /// <summary>Rules of the active policy set that newly block.</summary>
    public EquatableArray<RuleResult> NewBlocks { get; init; } = [];

    /// <summary>The freeze that holds the ring to be entered now; null where none does or an emergency approval lifts it.</summary>
    public Freeze? Freeze { get; init; }

    /// <summary>Whether the rollback plan was tried with success.</summary>
    public required bool RollbackPlanValidated { get; init; }

    /// <summary>What the evidence holds; null where no pack is linked.</summary>
    public Completeness? Completeness { get; init; }

    /// <summary>An approved gate override for this deployment, revision and step; null where there is none.</summary>
    public Guid? OverrideId { get; init; }
}

/// <summary>What a gate stands in front of.</summary>
/// <param name="Kind">Whether it is the first publish, a promotion or the completion.</param>
/// <param name="From">The ring that is left and measured; null only where LAB is the first ring.</param>
/// <param name="To">The ring that is entered; null for the completion.</param>
public sealed record GateStep(GateKind Kind, Ring? From, Ring? To)
{
    /// <summary>The first publish, into this ring: measured on the ring below.</summary>
    public static GateStep First(Ring to) => new(GateKind.First, to.Previous(), to);

    /// <summary>From this ring to the next.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no ring after GLOBAL.</exception>
    public static GateStep Promotion(Ring from) =>
        new(GateKind.Promotion, from, from.Next() ?? throw new ArgumentOutOfRangeException(nameof(from), from, "No ring follows GLOBAL."));

    /// <summary>The end of the rollout, in this ring.</summary>
    public static GateStep Completion(Ring ring) => new(GateKind.Completion, ring, null);
}

/// <summary>The results of a ring, or why they could not be had.</summary>
/// <param name="PublishedAt">The ring's publish event, UTC: periods count from here.</param>
/// <param name="Connectivity">How the ring's devices reach the network; decides the compliance time.</param>
/// <param name="Results">What devices report; null where the plane could not be asked.</param>
/// <param name="Unavailable">Why it could not be asked; null where it could.</param>
public sealed record RingMeasurement(DateTimeOffset PublishedAt, Connectivity Connectivity, RingResults? Results, string? Unavailable = null);

/// <summary>Devices of a ring, each 0 or more. What is neither of the last four has not reported.</summary>
/// <param name="Targeted">Devices that should have the app.</param>
/// <param name="Succeeded">It is installed.</param>
/// <param name="Failed">It is not, and devices say why.</param>
/// <param name="Pending">It is on its way.</param>
/// <param name="NotApplicable">It does not concern them; outside the rate.</param>
public sealed record RingResults(long Targeted, long Succeeded, long Failed, long Pending, long NotApplicable)
{
    /// <summary>As a device plane reads them.</summary>
    public static RingResults Of(RingDeviceResults read) => new(read.Targeted, read.Succeeded, read.Failed, read.Pending, read.NotApplicable);
}

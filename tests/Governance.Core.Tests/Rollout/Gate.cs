using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Core.Tests.Policy;

namespace Governance.Core.Tests.Rollout;

/// <summary>Gate inputs at which everything holds; a test states only what it is about.</summary>
internal static class Gate
{
    public static readonly DateTimeOffset Noon = Pack.Noon;

    public static readonly PromotionGates V1 = PromotionGates.V1;

    /// <summary>A promotion from this ring: observed for 30 days, 100 of 100 devices succeeded.</summary>
    public static GateInputs Leaving(Ring ring) => With(GateStep.Promotion(ring));

    public static GateInputs Completing(Ring ring) => With(GateStep.Completion(ring));

    public static GateInputs First(Ring ring) => With(GateStep.First(ring)) with { Measured = null };

    public static RingResults Results(long succeeded = 100, long failed = 0, long pending = 0, long notApplicable = 0, long unreported = 0) =>
        new(succeeded + failed + pending + notApplicable + unreported, succeeded, failed, pending, notApplicable);

    public static RingMeasurement Measured(RingResults? results, TimeSpan? observed = null, Connectivity connectivity = Connectivity.Online) =>
        new(Noon - (observed ?? TimeSpan.FromDays(30)), connectivity, results);

    public static GateVerdict Judge(GateInputs inputs) => GateEvaluator.Judge(V1, inputs);

    public static CabCondition MaxRing(Ring ring) => new() { Kind = CabConditionKind.MaxRing, Ring = ring };

    public static CabCondition MinRate(int basisPoints) => new() { Kind = CabConditionKind.MinSuccessRate, BasisPoints = basisPoints };

    public static CabCondition Observe(int hours) => new() { Kind = CabConditionKind.ObserveHours, Hours = hours };

    public static CabCondition NotBefore(DateTimeOffset at) => new() { Kind = CabConditionKind.NotBefore, At = at };

    public static CabCondition NotAfter(DateTimeOffset at) => new() { Kind = CabConditionKind.NotAfter, At = at };

    private static GateInputs With(GateStep step) => new()
    {
        Now = Noon,
        Step = step,
        Measured = Measured(Results()),
        ApprovalStands = true,
        RollbackPlanValidated = true,
        Completeness = PolicySet.V1.CompletenessOf(Pack.Inputs(Pack.Harmless)),
    };
}

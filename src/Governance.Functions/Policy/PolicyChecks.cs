using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Policy;
using Governance.Storage.Vault;
using Governance.Storage.Views;

namespace Governance.Functions.Policy;

/// <summary>Gathers what a policy check looks at, and has it made.</summary>
internal sealed class PolicyChecks(EvidenceVault vault, DeploymentViews views, ExceptionViews exceptions, PolicyData data, TimeProvider clock)
{
    /// <summary>Checks a deployment whose evidence is linked, for its target ring.</summary>
    internal async Task<(PolicyCheckResult Check, EquatableArray<Reliance> Reliances)> Check(DeploymentState state, CancellationToken cancellation)
    {
        var known = await exceptions.Of(state.Request.AppName, cancellation);
        var check = PolicyCheck.Run(await Request(state, known, cancellation), data.Model, data.Set);
        return (check, ExceptionMatching.Reliances(check, known));
    }

    /// <summary>Looks again with the active set before a promotion.</summary>
    internal async Task<PromotionCheck> AtPromotion(DeploymentState state, CancellationToken cancellation)
    {
        var known = await exceptions.Of(state.Request.AppName, cancellation);
        return PolicyCheck.AtPromotion(await Request(state, known, cancellation), data.Set, state.Check!);
    }

    /// <summary>Whether an exception changes the verdict on a deployment.</summary>
    internal async Task<bool> Matters(DeploymentState state, Guid exceptionId, CancellationToken cancellation)
    {
        var request = await Request(state, await exceptions.Of(state.Request.AppName, cancellation), cancellation);
        return ExceptionMatching.Matters(request, exceptionId, each => PolicyCheck.Run(each, data.Model, data.Set));
    }

    /// <summary>The override that stands for the gate that is next; null where none does.</summary>
    internal async Task<Guid?> OverrideFor(DeploymentState state, CancellationToken cancellation) =>
        ExceptionMatching.OverrideFor(state, await exceptions.Of(state.Request.AppName, cancellation), clock.GetUtcNow());

    private async Task<PolicyCheckRequest> Request(DeploymentState state, IReadOnlyList<ExceptionSummary> known, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var pack = await vault.Find(state.Evidence!.PackId, cancellation)
            ?? throw new InvalidOperationException($"Pack {state.Evidence.PackId}, linked to deployment {state.Id}, is not in the vault.");
        var target = state.Request.Scope.Of(state.Request.TargetRing)!;
        return new()
        {
            At = now,
            TargetRing = state.Request.TargetRing,
            SubmittedBy = state.Request.Submitter,
            Owners = state.Request.Owners,
            Evidence = pack.Facts,
            DeviceCount = target.DeviceCount,
            Criticality = state.Request.Scope.Criticality,
            Connectivity = target.Connectivity,
            Urgency = state.Request.Urgency,
            History = await views.History(state.Request.AppName, now, cancellation),
            Exceptions = ExceptionMatching.For(state, known, now),
        };
    }
}

using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Evidence;
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
        var (request, approved) = await Request(state, cancellation);
        var check = PolicyCheck.Run(request, data.Model, data.Set);
        return (check, [.. approved.Where(each => check.ExceptionIds.Contains(each.ExceptionId))]);
    }

    /// <summary>Looks again with the active set before a promotion.</summary>
    internal async Task<PromotionCheck> AtPromotion(DeploymentState state, CancellationToken cancellation)
    {
        var (request, _) = await Request(state, cancellation);
        return PolicyCheck.AtPromotion(request, data.Set, state.Check!);
    }

    private async Task<(PolicyCheckRequest Request, EquatableArray<Reliance> Approved)> Request(DeploymentState state, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var facts = await vault.GetFacts(state.Evidence!.PackId, cancellation)
            ?? throw new InvalidOperationException($"Pack {state.Evidence.PackId}, linked to deployment {state.Id}, is not in the vault.");
        var history = await views.History(state.Request.AppName, now, cancellation);
        var approved = await exceptions.Approved(state.Request.AppName, state.Request.Version, now, cancellation);
        var target = state.Request.Scope.Of(state.Request.TargetRing)!;
        var request = new PolicyCheckRequest
        {
            At = now,
            TargetRing = state.Request.TargetRing,
            SubmittedBy = state.Request.Submitter,
            Owners = state.Request.Owners,
            Evidence = facts,
            DeviceCount = target.DeviceCount,
            Criticality = state.Request.Scope.Criticality,
            Connectivity = target.Connectivity,
            Urgency = state.Request.Urgency,
            History = history,
            Exceptions = approved.Exceptions,
        };
        return (request, approved.Reliances);
    }
}

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

    /// <summary>Looks again with the active set and the exceptions that stand now, before a gate is judged.</summary>
    internal async Task<StandingPolicy> AtGate(DeploymentState state, CancellationToken cancellation)
    {
        var known = await exceptions.Of(state.Request.AppName, cancellation);
        var now = clock.GetUtcNow();
        return new(
            PolicyCheck.AtPromotion(await Request(state, known, cancellation), data.Set, state.Check!),
            ExceptionMatching.Ended(state, known, now),
            ExceptionMatching.OverrideFor(state, known, now));
    }

    /// <summary>Whether an exception changes the verdict on a deployment.</summary>
    internal async Task<bool> Matters(DeploymentState state, Guid exceptionId, CancellationToken cancellation)
    {
        var request = await Request(state, await exceptions.Of(state.Request.AppName, cancellation), cancellation);
        return ExceptionMatching.Matters(request, exceptionId, each => PolicyCheck.Run(each, data.Model, data.Set));
    }

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

/// <summary>What policy and exceptions say at a gate.</summary>
/// <param name="Check">The active policy set.</param>
/// <param name="Ended">Exceptions that the deployment rests on and whose time is over.</param>
/// <param name="OverrideId">The approved override for the step that is next; null where there is none.</param>
internal sealed record StandingPolicy(PromotionCheck Check, EquatableArray<Guid> Ended, Guid? OverrideId);

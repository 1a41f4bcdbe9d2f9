using Governance.Core;
using Governance.Core.Deployments;
using Governance.Functions.Pages;

namespace Governance.Functions.Review;

/// <summary>What it is, and where it stands.</summary>
internal static class SummarySection
{
    internal static Html Write(ReviewFile file)
    {
        var (state, request) = (file.State, file.State.Request);
        return Html.Of($"""
            <dl>
            <dt>Status</dt><dd><strong>{Shown.Words(state.Status.WireName())}</strong>{Waiting(file)}</dd>
            {Html.Where(state.Reason, reason => Html.Of($"<dt>Reason</dt><dd>{Shown.Text(reason)}</dd>"))}
            <dt>Risk</dt><dd>{Risk(state)}</dd>
            <dt>Rings</dt><dd>{Shown.Rings(request.StartRing, request.TargetRing)}, through {request.Connector}</dd>
            <dt>Submitted</dt><dd>{Shown.At(state.CreatedAt)} by {Shown.Actor(request.Submitter)}</dd>
            <dt>Urgency</dt><dd>{Shown.Words(request.Urgency.ToString())}</dd>
            {Html.Where(request.Justification, text => Html.Of($"<dt>Justification</dt><dd>{Shown.Text(text)}</dd>"))}
            <dt>Revision</dt><dd>{state.Revision}</dd>
            {Html.Where(state.Evidence?.Artifact, artifact => Html.Of($"<dt>Package</dt><dd>{Shown.Text(artifact.FileName)}, {artifact.SizeBytes:N0} bytes, SHA-256 <code>{artifact.Sha256}</code></dd>"))}
            </dl>
            {Scope(state)}
            """);
    }

    private static Html Waiting(ReviewFile file) =>
        file.WaitingFor.Count == 0 ? Html.Empty : Html.Of($""", waiting for {string.Join(", ", file.WaitingFor.Select(wait => Shown.Words(wait.ToString()).ToLowerInvariant()))}""");

    private static Html Risk(DeploymentState state) => state.Check is { } check
        ? Html.Of($"<strong>{check.Score} of 100</strong>; {string.Join("; ", check.Reasons)}")
        : Html.Of($"not checked yet");

    private static Html Scope(DeploymentState state) => Html.Of($"""
        <div class="wide">
        <table>
        <caption>Whom it reaches{Html.Where(state.Request.Scope.BusinessUnit, unit => Html.Of($" in {Shown.Text(unit)}"))}; criticality {state.Request.Scope.Criticality.ToString().ToLowerInvariant()}</caption>
        <thead><tr><th scope="col">Ring</th><th scope="col" class="number">Groups</th><th scope="col" class="number">Excluded</th><th scope="col" class="number">Devices</th><th scope="col">Network</th></tr></thead>
        <tbody>
        {Html.All(state.Request.Scope.Rings, ring => Html.Of($"""
            <tr><th scope="row">{ring.Ring.WireName()}</th><td class="number">{ring.GroupIds.Count}</td><td class="number">{ring.ExcludedGroupIds.Count}</td><td class="number">{Devices(ring)}</td><td>{Shown.Words(ring.Connectivity.ToString())}</td></tr>
            """))}
        </tbody>
        </table>
        </div>
        """);

    private static Html Devices(RingScope ring) => ring.DeviceCount is { } count ? Html.Of($"{count:N0}") : Html.Of($"not stated");
}

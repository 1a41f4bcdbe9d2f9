using Governance.Core;
using Governance.Core.Deployments;
using Governance.Functions.Pages;

namespace Governance.Functions.Review;

/// <summary>Which rings have it, and what the last gate said.</summary>
internal static class RolloutSection
{
    internal static Html Write(ReviewFile file) => file.State is { Rings.Count: 0, GateFailure: null } ? Html.Empty : Html.Of($"""
        <h2>Rollout</h2>
        {Rings(file.State)}
        {Html.Where(file.State.GateFailure, gate => Html.Of($"""<p><span class="bad">The gate does not pass:</span> {Shown.Text(gate.Reason)}</p>"""))}
        """);

    private static Html Rings(DeploymentState state) => state.Rings.Count == 0 ? Html.Empty : Html.Of($"""
        <div class="wide">
        <table class="cards">
        <caption>Rings that have the app</caption>
        <thead><tr><th scope="col">Ring</th><th scope="col">Published</th><th scope="col">What let it in</th></tr></thead>
        <tbody>
        {Html.All(state.Rings, ring => Html.Of($"""
            <tr><th scope="row">{ring.Ring.WireName()}</th><td>{Shown.At(ring.PublishedAt)}</td><td>{Shown.Text(ring.Gate?.Reason ?? "The first ring needs no gate.")}{Later(ring)}</td></tr>
            """))}
        </tbody>
        </table>
        </div>
        """);

    private static Html Later(RingState ring) => ring switch
    {
        { SupersededBy: { } by } => Html.Of($""" Taken over by <a href="/review/{by}">a later deployment</a>."""),
        { CompletedAt: { } at } => Html.Of($" Completed {Shown.At(at)}."),
        _ => Html.Empty,
    };
}

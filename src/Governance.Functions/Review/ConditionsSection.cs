using Governance.Core.Cab;
using Governance.Functions.Pages;

namespace Governance.Functions.Review;

/// <summary>What the approval is tied to, and whether it is kept.</summary>
internal static class ConditionsSection
{
    internal static Html Write(ReviewFile file) => file.Conditions.Count == 0 ? Html.Empty : Html.Of($"""
        <h2>Conditions</h2>
        <div class="wide">
        <table class="cards">
        <caption>What the approval is tied to</caption>
        <thead><tr><th scope="col">Condition</th><th scope="col">State</th><th scope="col">Why</th></tr></thead>
        <tbody>
        {Html.All(file.Conditions, standing => Html.Of($"""
            <tr><th scope="row">{Shown.Condition(standing.Condition)}</th><td><span class="{Class(standing.State)}">{Text(standing.State)}</span></td><td>{standing.Reason}</td></tr>
            """))}
        </tbody>
        </table>
        </div>
        """);

    private static string Class(ConditionState state) => state switch { ConditionState.Kept => "good", ConditionState.Broken => "bad", _ => "muted" };

    private static string Text(ConditionState state) => state switch
    {
        ConditionState.Kept => "kept",
        ConditionState.Broken => "broken",
        ConditionState.Pending => "not judged yet",
        _ => "for people",
    };
}

using System.Collections.Immutable;

namespace Governance.Core.Policy.Factors;

/// <summary>How earlier rollouts of the app went, from our own log: the worse of incidents and success counts.</summary>
internal sealed class TrackRecord : Rubric
{
    private const int Good = 0, Minor = 1, Moderate = 2, Major = 3, Security = 4, None = 5;

    /// <inheritdoc/>
    public override string Name => "history";

    /// <inheritdoc/>
    public override ImmutableArray<string> Conditions { get; } = ["good", "minor", "moderate", "major", "security", "none"];

    /// <inheritdoc/>
    public override ImmutableArray<string> Parameters { get; } = ["good_above_percent", "minor_from_percent", "moderate_from_percent"];

    /// <inheritdoc/>
    public override Assessed Assess(PolicyInputs inputs, FactorRules rules)
    {
        var history = inputs.History;
        var byIncidents = ByIncidents(history);
        var bySuccess = history.Completed + history.Failed == 0 ? Good : BySuccess(history, rules);
        var condition = history.Completed + history.Failed == 0 && byIncidents == Good
            ? None
            : rules.Values[byIncidents] >= rules.Values[bySuccess] ? byIncidents : bySuccess;
        return new(rules.Values[condition], Reason(history, condition, rules), Paths.History);
    }

    private static int ByIncidents(AppHistory history) => history.Incidents switch
    {
        { Security: > 0 } => Security,
        { Major: > 0 } => Major,
        { Moderate: > 0 } => Moderate,
        { Minor: > 0 } => Minor,
        _ => Good,
    };

    private static int BySuccess(AppHistory history, FactorRules rules)
    {
        var share = (Int128)history.Completed * 100;
        var all = (Int128)history.Completed + history.Failed;
        return share switch
        {
            _ when share > all * rules.Parameters["good_above_percent"] => Good,
            _ when share >= all * rules.Parameters["minor_from_percent"] => Minor,
            _ when share >= all * rules.Parameters["moderate_from_percent"] => Moderate,
            _ => Major,
        };
    }

    private static string Reason(AppHistory history, int condition, FactorRules rules) => condition == None
        ? "no history: nothing completed or failed and no incident"
        : $"{rules.When[condition]}: {history.Completed} of {history.Completed + history.Failed} rollouts completed, incidents: "
            + $"{history.Incidents.Minor} minor, {history.Incidents.Moderate} moderate, {history.Incidents.Major} major, {history.Incidents.Security} security";
}

using System.Text.Json.Serialization;

namespace Governance.Core.Policy;

/// <summary>A risk score with everything that led to it.</summary>
/// <param name="Score">0 to 100: the sum of the contributions, rounded half up.</param>
/// <param name="Outcome">What the score and the tool's category ask for.</param>
/// <param name="OutcomeReason">Why, with the figures.</param>
/// <param name="Factors">Every factor, in the model's order.</param>
/// <param name="WayDown">What would bring the score to the automated limit; null where it is there already.</param>
public sealed record RiskAssessment(
    int Score, RiskOutcome Outcome, string OutcomeReason, EquatableArray<RiskFactor> Factors, WayDown? WayDown);

/// <summary>One factor of a score.</summary>
/// <param name="Name">As the model names it.</param>
/// <param name="Value">Hundredths, 0 to 100.</param>
/// <param name="Weight">Points at value 100; all weights sum to 100.</param>
/// <param name="Contribution">Hundredths of a point: value × weight.</param>
/// <param name="Reason">Which condition of the rubric holds and why.</param>
/// <param name="EvidencePath">JSON path in the evidence document; what is not evidence begins with <c>deployment.</c> or is <c>app_history</c>.</param>
public sealed record RiskFactor(string Name, int Value, int Weight, int Contribution, string Reason, string EvidencePath);

/// <summary>What a score asks for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RiskOutcome>))]
public enum RiskOutcome
{
    /// <summary>The score alone needs no person.</summary>
    [JsonStringEnumMemberName("AUTOMATED_ALLOWED")]
    AutomatedAllowed,

    /// <summary>The CAB decides.</summary>
    [JsonStringEnumMemberName("CAB_REQUIRED")]
    CabRequired,
}

/// <summary>The smallest set of changes that would bring a score to the automated limit: fewest changes, then the largest reduction.</summary>
/// <param name="Target">The highest score that is allowed without the CAB.</param>
/// <param name="Reachable">Whether changes of the submitter's own can reach it.</param>
/// <param name="ScoreAfter">The score after all steps; where it is not reachable, the best that can be had.</param>
/// <param name="Changes">How many changes the steps need together.</param>
/// <param name="Steps">One for each factor that would have to change, largest reduction first.</param>
public sealed record WayDown(int Target, bool Reachable, int ScoreAfter, int Changes, EquatableArray<WayDownStep> Steps);

/// <summary>What would have to change for one factor.</summary>
/// <param name="Factor">The factor.</param>
/// <param name="Change">What to do, for a person: "sign the artifact: −9".</param>
/// <param name="Reduction">Hundredths of a point that it takes off.</param>
/// <param name="EvidencePaths">The parts of the evidence document that would have to change, one for each change.</param>
public sealed record WayDownStep(string Factor, string Change, int Reduction, EquatableArray<string> EvidencePaths);

using System.Globalization;
using Governance.Core;
using Governance.Core.Cab;

namespace Governance.Teams.Cab;

/// <summary>What a pressed button decides.</summary>
/// <param name="Ballot">Yes or no.</param>
/// <param name="Comments">At most 1,000 characters.</param>
/// <param name="Conditions">What an approval is tied to.</param>
public sealed record TapDecision(Ballot Ballot, string Comments, EquatableArray<CabCondition> Conditions)
{
    private const int MaxText = 1000;

    /// <summary>Reads it from the inputs. Pure; what a client has checked is checked again.</summary>
    /// <param name="verb">The button's verb.</param>
    /// <param name="inputs">The inputs; other names among them are left aside.</param>
    /// <returns>The decision, or a sentence about what is wrong with the inputs.</returns>
    internal static (TapDecision? Decision, string? Wrong) Read(string verb, IReadOnlyDictionary<string, string> inputs)
    {
        var text = Text(inputs, verb == CardVerbs.Reject ? CardInputs.Reason : CardInputs.Note);
        if (text is null)
        {
            return (null, $"The text is longer than {MaxText} characters.");
        }

        switch (verb)
        {
            case CardVerbs.Approve:
                return (new(Ballot.Approve, text, []), null);
            case CardVerbs.Reject:
                return text.Length == 0 ? (null, "Say why you reject: the submitter learns from it.") : (new(Ballot.Reject, text, []), null);
            default:
                var conditions = new List<CabCondition>();
                var wrong = Rules.Select(rule => rule(inputs, conditions)).FirstOrDefault(problem => problem is not null);
                return wrong is not null ? (null, wrong)
                    : conditions.Count == 0 ? (null, "State at least one condition, or approve without.")
                    : (new(Ballot.Approve, text, [.. conditions]), null);
        }
    }

    private static readonly Func<IReadOnlyDictionary<string, string>, List<CabCondition>, string?>[] Rules =
    [
        (inputs, into) => Add(inputs, CardInputs.MaxRing, into, "The ring is none of LAB, CANARY, PILOT, DEPARTMENT, GLOBAL.", text =>
            Rings.TryParse(text, out var ring) ? new() { Kind = CabConditionKind.MaxRing, Ring = ring } : null),
        (inputs, into) => Add(inputs, CardInputs.MinSuccessRate, into, "The success rate is no percentage from 0 to 100 with at most two decimals.", text =>
            decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is >= 0 and <= 100 && percent * 100 % 1 == 0
                ? new() { Kind = CabConditionKind.MinSuccessRate, BasisPoints = (int)(percent * 100) }
                : null),
        (inputs, into) => Add(inputs, CardInputs.ObserveHours, into, "The hours to observe are no whole number from 1 to 2160.", text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && hours is >= 1 and <= 2160
                ? new() { Kind = CabConditionKind.ObserveHours, Hours = hours }
                : null),
        (inputs, into) => Add(inputs, CardInputs.NotBefore, into, "'Not before' is no date.", text =>
            Day(text) is { } day ? new() { Kind = CabConditionKind.NotBefore, At = day } : null),
        (inputs, into) => Add(inputs, CardInputs.NotAfter, into, "'Not after' is no date.", text =>
            Day(text) is { } day ? new() { Kind = CabConditionKind.NotAfter, At = day.AddDays(1) } : null),
        (inputs, into) => Add(inputs, CardInputs.Condition, into, $"The condition is longer than {MaxText} characters.", _ =>
            Text(inputs, CardInputs.Condition) is { } note ? new() { Kind = CabConditionKind.Note, Text = note } : null),
    ];

    private static string? Add(
        IReadOnlyDictionary<string, string> inputs, string name, List<CabCondition> into, string wrong, Func<string, CabCondition?> read)
    {
        if (!inputs.TryGetValue(name, out var text) || string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (read(text.Trim()) is not { } condition)
        {
            return wrong;
        }

        into.Add(condition);
        return null;
    }

    private static DateTimeOffset? Day(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day)
        && day.Year is >= 2000 and < 9000 ? day : null;

    // Line ends stay; other control characters are nobody's words.
    private static string? Text(IReadOnlyDictionary<string, string> inputs, string name)
    {
        var text = string.Concat(inputs.GetValueOrDefault(name, string.Empty).Where(character => !char.IsControl(character) || character is '\n' or '\t')).Trim();
        return text.Length <= MaxText ? text : null;
    }
}

using System.Collections.Immutable;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Functions.Cab;
using Governance.Functions.Http;

namespace Governance.Functions.Review;

/// <summary>Reads the forms of the review page.</summary>
internal static class DecisionForms
{
    /// <summary>The digest of what the page showed; goes with every vote.</summary>
    internal const string Seen = "subject_digest";

    private static readonly ImmutableSortedDictionary<string, ReviewOutcome> Outcomes = new[]
    {
        KeyValuePair.Create("confirmed", ReviewOutcome.Confirmed), KeyValuePair.Create("objected", ReviewOutcome.Objected),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    internal static VoteWish Approval(FormFields form) =>
        new(Ballot.Approve, form.OptionalText("comments", 4000, lines: true) ?? string.Empty, [.. Conditions(form)], SeenIn(form));

    internal static VoteWish Rejection(FormFields form) => new(Ballot.Reject, form.Prose("comments", 4000), [], SeenIn(form));

    internal static EmergencyWish Emergency(FormFields form) => new(form.Text("incident_id", 100), form.Prose("reason", 4000));

    internal static ReviewWish Review(FormFields form) => new(form.Choice("outcome", Outcomes), form.OptionalText("comments", 4000, lines: true) ?? string.Empty);

    private static Digest SeenIn(FormFields form) => form.Parsed<Digest>(Seen, "a digest");

    private static IEnumerable<CabCondition> Conditions(FormFields form)
    {
        if (form.OptionalRing("max_ring") is { } ring)
        {
            yield return new() { Kind = CabConditionKind.MaxRing, Ring = ring };
        }

        if (form.OptionalPercent("min_success_rate") is { } basisPoints)
        {
            yield return new() { Kind = CabConditionKind.MinSuccessRate, BasisPoints = basisPoints };
        }

        if (form.OptionalInteger("observe_hours", 1, 2160) is { } hours)
        {
            yield return new() { Kind = CabConditionKind.ObserveHours, Hours = hours };
        }

        if (form.OptionalUtc("not_before") is { } earliest)
        {
            yield return new() { Kind = CabConditionKind.NotBefore, At = earliest };
        }

        if (form.OptionalUtc("not_after") is { } latest)
        {
            yield return new() { Kind = CabConditionKind.NotAfter, At = latest };
        }

        if (form.OptionalText("note", 2000, lines: true) is { } note)
        {
            yield return new() { Kind = CabConditionKind.Note, Text = note };
        }
    }
}

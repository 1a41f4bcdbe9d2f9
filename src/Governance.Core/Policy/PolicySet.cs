using System.Collections.Immutable;
using Governance.Core.Deployments;
using Governance.Core.Policy.Rules;

namespace Governance.Core.Policy;

/// <summary>A versioned set of rules, and of the evidence that the rings need.</summary>
public sealed class PolicySet
{
    // More steps than any calendar of freezes needs; an endless one ends there.
    private const int MaxFreezes = 1000;

    internal PolicySet(DataVersion identity, ReadOnlyMemory<byte> source, ImmutableArray<Rule> rules, ImmutableArray<NeededEvidence> needed) =>
        (Identity, Source, Rules, NeededEvidence) = (identity, source, rules, needed);

    /// <summary>The default set that is part of this program.</summary>
    public static PolicySet V1 { get; } = Load(DataFile.Embedded("policy-set-v1.0.json")).OrThrow("policy-set-v1.0.json");

    /// <summary>Version and digest, as every check records them.</summary>
    public DataVersion Identity { get; }

    /// <summary>The file as it was read, UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Source { get; }

    internal ImmutableArray<Rule> Rules { get; }

    internal ImmutableArray<NeededEvidence> NeededEvidence { get; }

    /// <summary>Reads a policy set.</summary>
    /// <param name="json">UTF-8 JSON; the caller leaves the bytes unchanged.</param>
    /// <returns>The set, or every problem of the file: unknown kinds, effects, parameters, rings and time zones, ids that stand twice, members that are missing.</returns>
    public static Loaded<PolicySet> Load(ReadOnlyMemory<byte> json) => PolicySetFile.Read(json);

    /// <summary>Asks every rule. Rules look at the target ring.</summary>
    /// <returns>Every rule in the set's order, also those that pass or do not apply.</returns>
    public PolicyResult Evaluate(PolicyInputs inputs) => new([.. Rules.Select(rule => rule.Ask(inputs))]);

    /// <summary>Lists which evidence is there, missing or stale, and for which ring it is needed.</summary>
    public Completeness CompletenessOf(PolicyInputs inputs) =>
        new([.. NeededEvidence.Select(needed => EvidenceItems.Find(needed, inputs.Evidence, inputs.At))]);

    /// <summary>Whether this ring may not be published or promoted to now, and until when.</summary>
    /// <param name="ring">The ring to be entered.</param>
    /// <param name="urgency">The deployment's.</param>
    /// <param name="now">UTC.</param>
    /// <returns>Null where no freeze holds. An emergency approval lifts a freeze: then the caller does not ask.</returns>
    public Freeze? FreezeAt(Ring ring, Urgency urgency, DateTimeOffset now)
    {
        Freeze? freeze = null;
        for (var step = 0; step < MaxFreezes; step++)
        {
            // Windows that touch or overlap are one freeze: what counts is the first instant at which none holds.
            if (Longest(ring, urgency, freeze?.Until ?? now) is not { } next)
            {
                break;
            }

            freeze = next;
        }

        return freeze;
    }

    private Freeze? Longest(Ring ring, Urgency urgency, DateTimeOffset at)
    {
        Freeze? longest = null;
        foreach (var rule in Rules)
        {
            if (rule.Condition is FreezeWindow window && !(rule.FromRing > ring) && window.Concerns(ring, urgency)
                && window.EndOf(at) is { } until && (longest is null || until > longest.Until))
            {
                longest = new(rule.Id, rule.Title, until);
            }
        }

        return longest;
    }
}

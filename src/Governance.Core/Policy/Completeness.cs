using System.Text.Json.Serialization;

namespace Governance.Core.Policy;

/// <summary>Which evidence a pack holds of what the rings need. What is missing is listed, never scored.</summary>
/// <param name="Items">Every item a ring needs, in ring order.</param>
public sealed record Completeness(EquatableArray<CompletenessItem> Items)
{
    /// <summary>Whether everything is there that this ring and those before it need.</summary>
    public bool IsCompleteFor(Ring ring) => !MissingFor(ring).Any();

    /// <summary>What is not there of what this ring and those before it need.</summary>
    public IEnumerable<CompletenessItem> MissingFor(Ring ring) =>
        Items.Where(item => item.NeededFor <= ring && item.State != EvidenceState.Present);
}

/// <summary>One item that a ring needs.</summary>
/// <param name="Item">Its name, such as sbom.</param>
/// <param name="NeededFor">The first ring that needs it.</param>
/// <param name="State">Whether it is there.</param>
/// <param name="Reason">What is there or missing, for a person.</param>
/// <param name="EvidencePath">Where it belongs in the evidence document.</param>
public sealed record CompletenessItem(string Item, Ring NeededFor, EvidenceState State, string Reason, string EvidencePath);

/// <summary>Whether an item of evidence is there.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EvidenceState>))]
public enum EvidenceState
{
    /// <summary>It is there.</summary>
    [JsonStringEnumMemberName("present")]
    Present,

    /// <summary>It is not there.</summary>
    [JsonStringEnumMemberName("missing")]
    Missing,

    /// <summary>It is there and too old.</summary>
    [JsonStringEnumMemberName("stale")]
    Stale,

    /// <summary>It is there and was not tried with success.</summary>
    [JsonStringEnumMemberName("not_validated")]
    NotValidated,
}

using System.Collections.Immutable;
using Governance.Core.Evidence;

namespace Governance.Core.Policy.Factors;

/// <summary>Who made the artifact and how well that is proven. The signature is the pipeline's claim; provenance is verified.</summary>
internal sealed class SupplyChainTrust : Rubric<SupplyChainTrust.Reading>
{
    private const int VerifiedProvenance = 0, WeakProvenance = 1, UnknownVendor = 2, KnownOrigin = 3, UncertainOrigin = 4;

    /// <inheritdoc/>
    public override string Name => "supply_chain_trust";

    /// <inheritdoc/>
    public override ImmutableArray<string> Conditions { get; } =
        ["known_vendor_verified_provenance", "known_vendor_weak_provenance", "unknown_vendor", "self_signed_or_known_origin", "unsigned_uncertain_origin"];

    /// <inheritdoc/>
    protected override ImmutableArray<Change<Reading>> Options { get; } =
    [
        new(
            Paths.Signature,
            (r, _) => r.Status == SignatureStatus.Valid ? "sign the artifact as a known vendor" : "sign the artifact",
            r => r with { Status = SignatureStatus.Valid, KnownVendor = true }),
        new(Paths.Provenance, (_, _) => "add provenance that verifies", r => r with { Provenance = ProvenanceVerdict.Verified }),
    ];

    /// <inheritdoc/>
    protected override Reading Read(PolicyInputs inputs) => inputs.Evidence is { } evidence
        ? new(evidence.Signature?.Status, evidence.Signature?.KnownVendor == true, evidence.Provenance?.Verdict)
        : default;

    /// <inheritdoc/>
    protected override Judged Judge(Reading reading, FactorRules rules) => reading switch
    {
        { Status: SignatureStatus.Valid, KnownVendor: true, Provenance: ProvenanceVerdict.Verified } => new(VerifiedProvenance, Paths.Provenance),
        { Status: SignatureStatus.Valid, KnownVendor: true } => new(WeakProvenance, Paths.Provenance),
        { Status: SignatureStatus.Valid } => new(UnknownVendor, Paths.KnownVendor),
        { Status: SignatureStatus.SelfSigned } => new(KnownOrigin, Paths.SignatureStatus),
        { Status: null } => Judged.NotStated(Paths.SignatureStatus, "signature.status is not stated, so the worst value counts"),

        // For an unsigned file only verified provenance proves an origin; a vendor's name beside it is no more than a claim.
        { Provenance: ProvenanceVerdict.Verified } => new(KnownOrigin, Paths.Provenance),
        _ => new(UncertainOrigin, Paths.SignatureStatus),
    };

    /// <inheritdoc/>
    protected override string Reason(Reading reading, Judged judged, FactorRules rules) => judged switch
    {
        { Condition: WeakProvenance } => reading.Provenance switch
        {
            null => "signed, known vendor, no provenance",
            ProvenanceVerdict.Unverified => "signed, known vendor, provenance that no configured key signed",
            ProvenanceVerdict.SubjectMismatch => "signed, known vendor, provenance of another file",
            _ => "signed, known vendor, provenance with a wrong signature",
        },
        _ => base.Reason(reading, judged, rules),
    };

    /// <summary>What the factor looks at.</summary>
    internal readonly record struct Reading(SignatureStatus? Status, bool KnownVendor, ProvenanceVerdict? Provenance);
}

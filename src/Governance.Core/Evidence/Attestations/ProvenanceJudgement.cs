using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Attestations;

/// <summary>Build provenance that was read, not yet judged.</summary>
/// <param name="Attestation">Where it came from.</param>
/// <param name="Slsa">What it says.</param>
internal sealed record Provenance(Attestation Attestation, SlsaProvenance Slsa)
{
    /// <summary>Takes the build provenance out of attestations; others are left alone with a warning, as a missing one denies anyway.</summary>
    public static IReadOnlyList<Provenance> Of(IReadOnlyList<Attestation> attestations, ProblemLog problems, CancellationToken cancellation)
    {
        var provenance = new List<Provenance>();
        foreach (var attestation in attestations)
        {
            var statement = attestation.Statement;
            if (!SlsaProvenance.IsKnown(statement.PredicateType))
            {
                problems.Warn(attestation.Path, $"{Shown.Quoted(statement.PredicateType, 80)} is no SLSA provenance 0.2 or 1 and is left alone");
                continue;
            }

            SlsaProvenance? slsa = null;
            JsonText.Read(statement.Predicate, statement.PredicatePath, problems, (ref json) => slsa = SlsaProvenance.Read(ref json), nullIsAbsent: true, cancellation);
            if (slsa is not null)
            {
                provenance.Add(new(attestation, slsa));
            }
        }

        return provenance;
    }
}

/// <summary>Judges build provenance: is it about this artifact, and did a configured key sign it?</summary>
internal static class ProvenanceJudgement
{
    /// <summary>The best of several verdicts: verified, else a bad signature, else what is merely unverified, else a mismatch. Null without any provenance.</summary>
    public static ProvenanceFacts? Judge(IReadOnlyList<Provenance> provenance, Digest? artifact, EvidenceTrust trust) => provenance
        .Select(p => Judge(p, artifact, trust))
        .MinBy(f => f.Verdict switch
        {
            ProvenanceVerdict.Verified => 0,
            ProvenanceVerdict.BadSignature => 1,
            ProvenanceVerdict.Unverified => 2,
            _ => 3,
        });

    /// <summary>The verdict on one.</summary>
    public static ProvenanceFacts Judge(Provenance provenance, Digest? artifact, EvidenceTrust trust)
    {
        var signature = SignatureFinding.Of(provenance.Attestation.Envelope, trust);
        ProvenanceFacts Facts(ProvenanceVerdict verdict, string reason) =>
            new(verdict, provenance.Slsa.BuilderId, provenance.Slsa.BuildType, signature.Key?.Id, reason);

        if (signature.IsBad)
        {
            return Facts(ProvenanceVerdict.BadSignature, signature.Reason);
        }

        if (artifact is not { } wanted)
        {
            return Facts(ProvenanceVerdict.Unverified, "the pack names no artifact that the provenance could be about");
        }

        if (!provenance.Attestation.Statement.Subjects.Contains(wanted))
        {
            return Facts(ProvenanceVerdict.SubjectMismatch, $"none of its subjects has the artifact's digest {wanted}");
        }

        return signature.Key switch
        {
            null => Facts(ProvenanceVerdict.Unverified, signature.Reason),
            _ when provenance.Slsa.BuilderId is null => Facts(ProvenanceVerdict.Unverified, $"{signature.Reason}, but it names no builder"),
            { BuilderIds: { IsDefaultOrEmpty: false } builders } when !builders.Contains(provenance.Slsa.BuilderId) =>
                Facts(ProvenanceVerdict.Unverified, $"{signature.Reason}, which does not speak for builder {Shown.Text(provenance.Slsa.BuilderId, 200)}"),
            _ => Facts(ProvenanceVerdict.Verified, $"{signature.Reason} and its subject is the artifact"),
        };
    }
}

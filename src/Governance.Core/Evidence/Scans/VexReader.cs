using System.Buffers;
using Governance.Core.Evidence.Attestations;
using Governance.Core.Evidence.Json;
using Governance.Core.Evidence.Sboms.CycloneDx;

namespace Governance.Core.Evidence.Scans;

/// <summary>Reads VEX documents: OpenVEX, CycloneDX, and both inside attestations.</summary>
internal static class VexReader
{
    /// <returns>The documents, each with its envelope where it came in one; empty, with errors noted, where there is none.</returns>
    public static IReadOnlyList<ReadVex> Read(ReadOnlySequence<byte> bytes, Detected detected, string path, ProblemLog problems, CancellationToken cancellation)
    {
        if (AttestationReader.Reads(detected.Format))
        {
            return [.. AttestationReader.Read(bytes, path, problems, cancellation).SelectMany(a => Inner(a, problems, cancellation))];
        }

        return One(bytes, detected, path, problems, cancellation) is { } document ? [new(document, null)] : [];
    }

    private static IEnumerable<ReadVex> Inner(Attestation attestation, ProblemLog problems, CancellationToken cancellation)
    {
        var statement = attestation.Statement;
        return One(statement.Predicate, EvidenceFormats.Detect(statement.Predicate), statement.PredicatePath, problems, cancellation) is { } document
            ? [new(document, attestation.Envelope)]
            : [];
    }

    private static VexDocument? One(ReadOnlySequence<byte> bytes, Detected detected, string path, ProblemLog problems, CancellationToken cancellation)
    {
        switch (detected.Format)
        {
            case EvidenceFormat.OpenVex:
                VexDocument? document = null;
                return JsonText.Read(bytes, path, problems, (ref json) => document = OpenVexReader.Read(ref json), nullIsAbsent: true, cancellation) ? document : null;
            case EvidenceFormat.CycloneDx:
                return CycloneDxReader.Read(bytes, detected.SpecVersion, path, problems, cancellation)?.ToVex();
            case EvidenceFormat.Unknown when !JsonText.IsObject(bytes, path, problems, cancellation):
                return null;
            default:
                problems.Error(path, $"is {EvidenceFormats.Name(detected.Format)}; OpenVEX or CycloneDX is expected");
                return null;
        }
    }
}

/// <summary>A VEX document that was read, whose signature is not yet judged.</summary>
internal sealed record ReadVex(VexDocument Document, DsseEnvelope? Envelope)
{
    /// <summary>The document with the configured key that signed it, if one did.</summary>
    public VexDocument Signed(EvidenceTrust trust) => Document with { SignedBy = Envelope is null ? null : SignatureFinding.Of(Envelope, trust).Key?.Id };
}

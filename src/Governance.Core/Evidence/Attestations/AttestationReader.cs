using System.Buffers;
using System.Text.Json;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Attestations;

/// <summary>A statement with the envelope that it came in.</summary>
/// <param name="Envelope">Null for a statement that nobody signed.</param>
/// <param name="Path">Where it stands, for messages.</param>
internal sealed record Attestation(DsseEnvelope? Envelope, InTotoStatement Statement, string Path);

/// <summary>Reads attestations: DSSE envelopes, Sigstore bundles, npm's lists of bundles, bare statements, and any of them as JSON Lines.</summary>
internal static class AttestationReader
{
    /// <summary>Whether a format is one of an attestation.</summary>
    public static bool Reads(EvidenceFormat format) =>
        format is EvidenceFormat.DsseEnvelope or EvidenceFormat.SigstoreBundle or EvidenceFormat.InTotoStatement or EvidenceFormat.NpmAttestations;

    /// <summary>Reads all attestations of a file. Lines of JSON Lines that are no attestation are passed over, as the format asks.</summary>
    /// <returns>Empty, with errors noted, where there is none.</returns>
    public static IReadOnlyList<Attestation> Read(ReadOnlySequence<byte> bytes, string path, ProblemLog problems, CancellationToken cancellation)
    {
        var attestations = new List<Attestation>();
        var lines = JsonLines.Split(bytes);
        for (var i = 0; i < lines.Count; i++)
        {
            var linePath = lines.Count == 1 ? path : $"{path}[{i}]";
            var detected = EvidenceFormats.Detect(lines[i]);
            if (Reads(detected.Format))
            {
                ReadOne(lines[i], detected.Format, linePath, attestations, problems, cancellation);
            }
            else if (lines.Count == 1)
            {
                NoAttestation(lines[i], detected.Format, path, problems, cancellation);
            }
        }

        if (lines.Count > 1 && attestations.Count == 0)
        {
            problems.Error(path, "holds no attestation");
        }

        return attestations;
    }

    private static void NoAttestation(ReadOnlySequence<byte> bytes, EvidenceFormat format, string path, ProblemLog problems, CancellationToken cancellation)
    {
        if (format != EvidenceFormat.Unknown || JsonText.IsObject(bytes, path, problems, cancellation))
        {
            problems.Error(path, $"is {EvidenceFormats.Name(format)}; a DSSE envelope, a Sigstore bundle or an in-toto statement is expected");
        }
    }

    private static void ReadOne(
        ReadOnlySequence<byte> bytes, EvidenceFormat format, string path, List<Attestation> attestations, ProblemLog problems, CancellationToken cancellation)
    {
        switch (format)
        {
            case EvidenceFormat.NpmAttestations:
                foreach (var (raw, bundlePath) in NpmBundles(bytes, path, problems, cancellation))
                {
                    ReadOne(raw, EvidenceFormat.SigstoreBundle, bundlePath, attestations, problems, cancellation);
                }

                break;
            case EvidenceFormat.InTotoStatement:
                Statement(bytes, null, path, path, attestations, problems, cancellation);
                break;
            default:
                DsseEnvelope? envelope = null;
                JsonText.Read(
                    bytes,
                    path,
                    problems,
                    (ref json) => envelope = format == EvidenceFormat.SigstoreBundle ? EnvelopeReader.Bundle(ref json, problems, cancellation) : EnvelopeReader.Envelope(ref json),
                    nullIsAbsent: true,
                    cancellation);
                if (envelope is not null)
                {
                    Payload(envelope, path, attestations, problems, cancellation);
                }

                break;
        }
    }

    private static void Payload(DsseEnvelope envelope, string path, List<Attestation> attestations, ProblemLog problems, CancellationToken cancellation)
    {
        var type = envelope.PayloadType;
        if (type == "application/vnd.in-toto+json" || (type.StartsWith("application/vnd.in-toto.", StringComparison.Ordinal) && type.EndsWith("+json", StringComparison.Ordinal)))
        {
            Statement(new(envelope.Payload), envelope, $"{path}.payload", path, attestations, problems, cancellation);
        }
        else
        {
            problems.Warn(path, $"a payload of type {Shown.Quoted(type)} is no in-toto statement and is left alone");
        }
    }

    private static void Statement(
        ReadOnlySequence<byte> bytes, DsseEnvelope? envelope, string path, string attestationPath, List<Attestation> attestations, ProblemLog problems, CancellationToken cancellation)
    {
        InTotoStatement? statement = null;
        if (JsonText.Read(bytes, path, problems, (ref json) => statement = InTotoStatement.Read(ref json), nullIsAbsent: true, cancellation) && statement is not null)
        {
            attestations.Add(new(envelope, statement, attestationPath));
        }
    }

    private static List<(ReadOnlySequence<byte> Raw, string Path)> NpmBundles(ReadOnlySequence<byte> bytes, string path, ProblemLog problems, CancellationToken cancellation)
    {
        var bundles = new List<(ReadOnlySequence<byte>, string)>();
        JsonText.Read(
            bytes,
            path,
            problems,
            (ref json) =>
            {
                json.EnterObject();
                while (json.NextProperty())
                {
                    if (json.Name != "attestations" || !json.EnterArray())
                    {
                        continue;
                    }

                    while (json.NextItem())
                    {
                        if (bundles.Count == EvidenceLimits.PackFiles)
                        {
                            JsonCursor.Refuse($"more than {EvidenceLimits.PackFiles} attestations");
                        }

                        if (!json.EnterObject())
                        {
                            continue;
                        }

                        while (json.NextProperty())
                        {
                            if (json.Name == "bundle" && json.Kind == JsonTokenType.StartObject)
                            {
                                var bundlePath = json.Path;
                                bundles.Add((json.TakeRaw(), bundlePath));
                            }
                        }
                    }
                }
            },
            nullIsAbsent: true,
            cancellation);
        return bundles;
    }
}

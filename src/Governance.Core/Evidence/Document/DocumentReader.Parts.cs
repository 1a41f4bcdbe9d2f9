using System.Buffers;
using Governance.Core.Evidence.Attestations;
using Governance.Core.Evidence.Json;
using Governance.Core.Evidence.Sboms;
using Governance.Core.Evidence.Scans;
using Governance.Core.Evidence.TestReports;

namespace Governance.Core.Evidence.Document;

/// <content>The parts that may be a foreign format, a plain form of ours, or the name of an upload.</content>
internal sealed partial class DocumentReader
{
    private void Sbom(ref JsonCursor json) => Part(
        ref json, EvidenceFileKind.Sbom, (raw, detected, path) => _sbom = SbomReader.Read(raw, detected, path, _problems, cancellation));

    private void Scan(ref JsonCursor json) => Part(ref json, EvidenceFileKind.Scan, (raw, detected, path) =>
    {
        // Plain counts have read their own date already.
        var stated = detected.Format == EvidenceFormat.PlainCounts ? null : ScannedAt(detected.ScannedAt, path);
        _scans.AddRange(ScanReader.Read(raw, detected, path, _problems, cancellation).Select(r => r.At(stated)));
    });

    // A native report may carry a scanned_at of ours beside its own properties.
    private DateTimeOffset? ScannedAt(string? text, string path)
    {
        if (text is null)
        {
            return null;
        }

        if (Rfc3339.TryParse(text, out var at))
        {
            return at;
        }

        _problems.Error($"{path}.scanned_at", "must be an RFC 3339 date and time with a zone, such as 2025-01-31T12:00:00Z");
        return null;
    }

    private void Test(ref JsonCursor json) => Part(
        ref json, EvidenceFileKind.Tests, (raw, detected, path) => _tests.AddIfRead(TestReader.Read(raw, detected, path, _problems, cancellation)));

    private void Vex(ref JsonCursor json) => Part(
        ref json, EvidenceFileKind.Vex, (raw, detected, path) => _vex.AddRange(VexReader.Read(raw, detected, path, _problems, cancellation)));

    private void Provenance(ref JsonCursor json) => Part(
        ref json,
        EvidenceFileKind.Provenance,
        (raw, _, path) => _provenance.AddRange(Attestations.Provenance.Of(AttestationReader.Read(raw, path, _problems, cancellation), _problems, cancellation)));

    private void Part(ref JsonCursor json, EvidenceFileKind kind, Action<ReadOnlySequence<byte>, Detected, string> read)
    {
        if (json.IsNull())
        {
            return;
        }

        var path = json.Path;
        var raw = json.TakeRaw();
        var detected = EvidenceFormats.Detect(raw);
        if (detected.Format == EvidenceFormat.Reference)
        {
            Reference(raw, path, kind);
        }
        else
        {
            read(raw, detected, path);
        }
    }

    private void Reference(ReadOnlySequence<byte> raw, string path, EvidenceFileKind kind)
    {
        Digest? sha256 = null;
        DateTimeOffset? scannedAt = null;
        JsonText.Read(
            raw,
            path,
            _problems,
            (ref json) =>
            {
                if (!json.EnterObject())
                {
                    return;
                }

                while (json.NextProperty())
                {
                    switch (json.Name)
                    {
                        case "sha256":
                            sha256 = json.Sha256();
                            break;
                        case "scanned_at" when kind == EvidenceFileKind.Scan:
                            scannedAt = json.Timestamp();
                            break;
                    }
                }

                if (sha256 is null)
                {
                    json.Error("needs the sha256 of an upload");
                }
            },
            nullIsAbsent: true,
            cancellation);
        if (sha256 is { } digest)
        {
            _files.Add(new(kind, digest, path, scannedAt));
        }
    }
}

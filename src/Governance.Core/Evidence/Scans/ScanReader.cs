using System.Buffers;
using Governance.Core.Evidence.Json;
using Governance.Core.Evidence.Sboms.CycloneDx;

namespace Governance.Core.Evidence.Scans;

/// <summary>Reads a scan report of any accepted format.</summary>
internal static class ScanReader
{
    /// <returns>One report, or for SARIF one for each run; empty, with errors noted, where it is none or could not be read.</returns>
    public static IReadOnlyList<ScanReport> Read(ReadOnlySequence<byte> bytes, Detected detected, string path, ProblemLog problems, CancellationToken cancellation)
    {
        switch (detected.Format)
        {
            case EvidenceFormat.Trivy:
                return One(bytes, path, problems, TrivyReader.Read, cancellation);
            case EvidenceFormat.Grype:
                return One(bytes, path, problems, GrypeReader.Read, cancellation);
            case EvidenceFormat.OsvScanner:
                return One(bytes, path, problems, OsvReader.Read, cancellation);
            case EvidenceFormat.PlainCounts:
                return One(bytes, path, problems, PlainCounts.Read, cancellation);
            case EvidenceFormat.Sarif:
                IReadOnlyList<ScanReport> runs = [];
                return JsonText.Read(bytes, path, problems, (ref json) => runs = SarifReader.Read(ref json), nullIsAbsent: true, cancellation) ? runs : [];
            case EvidenceFormat.CycloneDx:
                return CycloneDx(bytes, detected, path, problems, cancellation);
            case EvidenceFormat.Unknown:
                return Unread(bytes, path, problems, cancellation);
            default:
                problems.Error(path, $"is {EvidenceFormats.Name(detected.Format)}; a report of Trivy, Grype, OSV-Scanner, SARIF 2.1.0 or CycloneDX, or plain counts are expected");
                return [];
        }
    }

    private delegate ScanReport? ReportBody(ref JsonCursor json);

    private static IReadOnlyList<ScanReport> One(ReadOnlySequence<byte> bytes, string path, ProblemLog problems, ReportBody body, CancellationToken cancellation)
    {
        ScanReport? report = null;
        return JsonText.Read(bytes, path, problems, (ref json) => report = body(ref json), nullIsAbsent: true, cancellation) && report is not null ? [report] : [];
    }

    private static IReadOnlyList<ScanReport> CycloneDx(ReadOnlySequence<byte> bytes, Detected detected, string path, ProblemLog problems, CancellationToken cancellation)
    {
        var document = CycloneDxReader.Read(bytes, detected.SpecVersion, path, problems, cancellation);
        if (document is { Vulnerabilities: null })
        {
            problems.Error(path, "has no vulnerabilities, not even an empty list: it is no scan report");
        }

        return document is { Vulnerabilities: not null } ? [document.ToReport()] : [];
    }

    // Broken JSON says more about itself than "of no known format" does.
    private static IReadOnlyList<ScanReport> Unread(ReadOnlySequence<byte> bytes, string path, ProblemLog problems, CancellationToken cancellation)
    {
        if (JsonText.IsObject(bytes, path, problems, cancellation))
        {
            problems.Error(path, "is no report of Trivy, Grype, OSV-Scanner, SARIF 2.1.0 or CycloneDX, has no counts, and names no upload by sha256");
        }

        return [];
    }
}

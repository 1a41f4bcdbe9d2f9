using System.Buffers;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Scans;

/// <summary>Reads a scan report of any accepted format.</summary>
internal static class ScanReader
{
    /// <returns>Null, with errors noted, where it is none or could not be read.</returns>
    public static ScanReport? Read(ReadOnlySequence<byte> bytes, Detected detected, string path, ProblemLog problems, CancellationToken cancellation)
    {
        switch (detected.Format)
        {
            case EvidenceFormat.PlainCounts:
                ScanReport? plain = null;
                JsonText.Read(bytes, path, problems, (ref json) => plain = PlainCounts.Read(ref json), nullIsAbsent: true, cancellation);
                return plain;
            default:
                problems.Error(path, $"is {EvidenceFormats.Name(detected.Format)}; a report of Trivy, Grype, OSV-Scanner, SARIF 2.1.0 or CycloneDX, or plain counts are expected");
                return null;
        }
    }
}

using System.Buffers;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Sboms;

/// <summary>Reads an SBOM of any accepted format.</summary>
internal static class SbomReader
{
    /// <returns>Null, with errors noted, where it is none or could not be read.</returns>
    public static SbomDocument? Read(ReadOnlySequence<byte> bytes, Detected detected, string path, ProblemLog problems, CancellationToken cancellation)
    {
        switch (detected.Format)
        {
            case EvidenceFormat.CycloneDx:
                return CycloneDx.CycloneDxReader.Read(bytes, detected.SpecVersion, path, problems, cancellation)?.ToSbom();
            case EvidenceFormat.Spdx2:
                return Spdx.Spdx2Reader.Read(bytes, detected.SpecVersion, path, problems, cancellation);
            case EvidenceFormat.Spdx3:
                return Spdx.Spdx3Reader.Read(bytes, path, problems, cancellation);
            case EvidenceFormat.PlainComponents:
                SbomDocument? plain = null;
                JsonText.Read(bytes, path, problems, (ref json) => plain = PlainSbom.Read(ref json), nullIsAbsent: true, cancellation);
                return plain;
            case EvidenceFormat.Unknown:
                return Unread(bytes, path, problems, cancellation);
            default:
                problems.Error(path, $"is {EvidenceFormats.Name(detected.Format)}; an SBOM in CycloneDX 1.4–1.7, SPDX 2.2, 2.3 or 3.0, or a plain one is expected");
                return null;
        }
    }

    // Broken JSON says more about itself than "of no known format" does.
    private static SbomDocument? Unread(ReadOnlySequence<byte> bytes, string path, ProblemLog problems, CancellationToken cancellation)
    {
        if (JsonText.IsObject(bytes, path, problems, cancellation))
        {
            problems.Error(path, "is neither CycloneDX 1.4–1.7, SPDX 2.2, 2.3 or 3.0, nor a plain SBOM with components, nor does it name an upload by sha256");
        }

        return null;
    }
}

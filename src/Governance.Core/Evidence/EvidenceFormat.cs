using System.Buffers;
using System.Text.Json;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence;

/// <summary>The formats that evidence comes in.</summary>
internal enum EvidenceFormat
{
    /// <summary>None that is known.</summary>
    Unknown,
    SigstoreBundle,
    DsseEnvelope,
    InTotoStatement,
    NpmAttestations,
    CycloneDx,
    Spdx2,
    Spdx3,
    Sarif,
    OpenVex,
    Csaf,
    Trivy,
    TrivyList,
    TrivyCluster,
    Grype,
    OsvScanner,
    Ctrf,
    Xml,

    /// <summary>An object with this product's own <c>components</c>.</summary>
    PlainComponents,

    /// <summary>An object with this product's own <c>critical</c>, <c>high</c>, <c>medium</c> or <c>low</c>.</summary>
    PlainCounts,

    /// <summary>An object with <c>total</c>, <c>passed</c> or <c>failed</c>.</summary>
    PlainTests,

    /// <summary>An object that names an upload by <c>sha256</c>.</summary>
    Reference,
}

/// <summary>A recognised document.</summary>
/// <param name="Format">Which format.</param>
/// <param name="SpecVersion">The version that the document states, for formats that state one at their top.</param>
/// <param name="ScannedAt">The text of a top-level <c>scanned_at</c>, which inline reports may carry beside their own properties.</param>
internal readonly record struct Detected(EvidenceFormat Format, string? SpecVersion = null, string? ScannedAt = null);

/// <summary>Tells formats apart by what stands in a document, never by a file's name or declared type.</summary>
internal static class EvidenceFormats
{
    /// <summary>How messages call a format.</summary>
    public static string Name(EvidenceFormat format) => format switch
    {
        EvidenceFormat.SigstoreBundle => "a Sigstore bundle",
        EvidenceFormat.DsseEnvelope => "a DSSE envelope",
        EvidenceFormat.InTotoStatement => "an in-toto statement",
        EvidenceFormat.NpmAttestations => "npm attestations",
        EvidenceFormat.CycloneDx => "CycloneDX",
        EvidenceFormat.Spdx2 or EvidenceFormat.Spdx3 => "SPDX",
        EvidenceFormat.Sarif => "SARIF",
        EvidenceFormat.OpenVex => "OpenVEX",
        EvidenceFormat.Csaf => "CSAF",
        EvidenceFormat.Trivy => "a Trivy report",
        EvidenceFormat.TrivyList => "a Trivy report of the old kind",
        EvidenceFormat.TrivyCluster => "a Trivy cluster report",
        EvidenceFormat.Grype => "a Grype report",
        EvidenceFormat.OsvScanner => "an OSV-Scanner report",
        EvidenceFormat.Ctrf => "CTRF",
        EvidenceFormat.Xml => "XML",
        EvidenceFormat.PlainComponents => "a plain list of components",
        EvidenceFormat.PlainCounts => "plain counts",
        EvidenceFormat.PlainTests => "a test summary",
        EvidenceFormat.Reference => "a reference to an upload",
        _ => "of no known format",
    };

    /// <summary>
    /// Recognises a document. Looks at the whole top level, as property order is free; the first format that fits wins.
    /// Text that is no JSON, or not UTF-8, is <see cref="EvidenceFormat.Unknown"/>: reading it will say what is wrong.
    /// </summary>
    public static Detected Detect(ReadOnlySequence<byte> bytes)
    {
        var utf8 = JsonText.WithoutMark(bytes);
        var first = new SequenceReader<byte>(utf8);
        first.AdvancePastAny((byte)' ', (byte)'\t', (byte)'\r', (byte)'\n');
        if (!first.TryPeek(out var lead))
        {
            return new(EvidenceFormat.Unknown);
        }

        if (lead == (byte)'<')
        {
            return new(EvidenceFormat.Xml);
        }

        var signs = new FormatSigns();
        try
        {
            var reader = new Utf8JsonReader(utf8, isFinalBlock: true, new JsonReaderState(new JsonReaderOptions { MaxDepth = EvidenceLimits.JsonDepth }));
            reader.Read();
            signs.Read(ref reader);
        }
        catch (JsonException)
        {
            // What was seen before the fault decides whose reader reports it.
        }

        return signs.Decide();
    }
}

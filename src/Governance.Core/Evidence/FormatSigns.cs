using System.Text.Json;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence;

/// <summary>The property names and few scalar values at the top of a document by which formats are told apart.</summary>
internal sealed class FormatSigns
{
    private const int LongestSign = 256;
    private static readonly string[] TrivyNames = ["Target"];
    private static readonly string[] OsvNames = ["source", "packages"];
    private static readonly string[] NpmNames = ["predicateType", "bundle"];
    private static readonly string[] InnerNames = ["csaf_version", "name"];
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Reads the root value that the reader stands on.</summary>
    public void Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            ReadItems(ref reader, "[]", TrivyNames);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = ShortText(ref reader);
            reader.Read();
            if (name is not null)
            {
                Note(ref reader, name);
            }

            reader.Skip();
        }
    }

    /// <summary>The first format in the order of precedence whose signs are there.</summary>
    public Detected Decide() => new(Format(), Text("specVersion") ?? Text("spdxVersion"), Text("scanned_at"));

    private EvidenceFormat Format() => this switch
    {
        _ when Starts("mediaType", "application/vnd.dev.sigstore.bundle") && (Has("dsseEnvelope") || Has("messageSignature")) => EvidenceFormat.SigstoreBundle,
        _ when Has("payload") && Has("payloadType") && Has("signatures") => EvidenceFormat.DsseEnvelope,
        _ when Starts("_type", "https://in-toto.io/Statement/") && Has("predicateType") => EvidenceFormat.InTotoStatement,
        _ when Has("attestations.predicateType") && Has("attestations.bundle") => EvidenceFormat.NpmAttestations,
        _ when Is("bomFormat", "CycloneDX") => EvidenceFormat.CycloneDx,
        _ when Starts("spdxVersion", "SPDX-2.") => EvidenceFormat.Spdx2,
        _ when Text("@context")?.Contains("spdx.org/rdf/3.", StringComparison.Ordinal) == true && (Has("@graph") || Has("type")) => EvidenceFormat.Spdx3,
        _ when Is("version", "2.1.0") && Has("runs") => EvidenceFormat.Sarif,
        _ when Starts("@context", "https://openvex.dev/ns") && Has("statements") => EvidenceFormat.OpenVex,
        _ when Has("document.csaf_version") => EvidenceFormat.Csaf,
        _ when Has("ClusterName") => EvidenceFormat.TrivyCluster,
        _ when Has("SchemaVersion") && (Has("ArtifactName") || Has("ArtifactType")) => EvidenceFormat.Trivy,
        _ when Has("[].Target") => EvidenceFormat.TrivyList,
        _ when Has("matches") && Is("descriptor.name", "grype") => EvidenceFormat.Grype,
        _ when Is("reportFormat", "CTRF") => EvidenceFormat.Ctrf,
        _ when Has("results.source") && Has("results.packages") => EvidenceFormat.OsvScanner,
        _ when Is("results", "empty") => EvidenceFormat.OsvScanner,
        _ when Has("components") => EvidenceFormat.PlainComponents,
        _ when Has("critical") || Has("high") || Has("medium") || Has("low") => EvidenceFormat.PlainCounts,
        _ when Has("total") || Has("passed") || Has("failed") => EvidenceFormat.PlainTests,
        _ when Has("sha256") => EvidenceFormat.Reference,
        _ => EvidenceFormat.Unknown,
    };

    private bool Has(string name) => _names.Contains(name);

    private string? Text(string name) => _texts.GetValueOrDefault(name);

    private bool Is(string name, string text) => Text(name) == text;

    private bool Starts(string name, string text) => Text(name)?.StartsWith(text, StringComparison.Ordinal) == true;

    private void Note(ref Utf8JsonReader reader, string name)
    {
        _names.Add(name);
        switch (reader.TokenType)
        {
            case JsonTokenType.String when ShortText(ref reader) is { } text:
                _texts.TryAdd(name, text);
                break;
            case JsonTokenType.StartArray when name is "attestations" or "results":
                ReadItems(ref reader, name, name == "results" ? OsvNames : NpmNames);
                break;
            case JsonTokenType.StartArray when name == "@context":
                ReadContext(ref reader);
                break;
            case JsonTokenType.StartObject when name is "document" or "descriptor":
                ReadInner(ref reader, name, InnerNames);
                break;
        }
    }

    /// <summary>Looks into the first object of an array and passes over the rest.</summary>
    private void ReadItems(ref Utf8JsonReader reader, string name, string[] wanted)
    {
        var depth = reader.CurrentDepth;
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            _texts.TryAdd(name, "empty");
            return;
        }

        if (reader.TokenType == JsonTokenType.StartObject)
        {
            ReadInner(ref reader, name, wanted);
        }

        LeaveTo(ref reader, depth);
    }

    private void ReadInner(ref Utf8JsonReader reader, string outer, string[] wanted)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = ShortText(ref reader);
            reader.Read();
            if (name is not null && wanted.Contains(name))
            {
                _names.Add($"{outer}.{name}");
                if (reader.TokenType == JsonTokenType.String && ShortText(ref reader) is { } text)
                {
                    _texts.TryAdd($"{outer}.{name}", text);
                }
            }

            reader.Skip();
        }
    }

    private void ReadContext(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.String && ShortText(ref reader) is { } text && text.Contains("spdx.org/rdf/3.", StringComparison.Ordinal))
            {
                _texts.TryAdd("@context", text);
            }
        }
    }

    private static void LeaveTo(ref Utf8JsonReader reader, int depth)
    {
        while (reader.CurrentDepth > depth)
        {
            reader.Read();
        }
    }

    /// <summary>A name or text that is short enough to be a sign; null for others and for those whose characters cannot be read.</summary>
    private static string? ShortText(ref Utf8JsonReader reader)
    {
        var length = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        return length <= LongestSign && JsonText.CanDecode(ref reader) ? reader.GetString() : null;
    }
}

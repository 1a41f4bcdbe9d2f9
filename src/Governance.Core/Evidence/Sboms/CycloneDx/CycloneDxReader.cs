using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Sboms.CycloneDx;

/// <summary>
/// Reads CycloneDX JSON 1.4 to 1.7, with the rules of the stated version. What the specification's prose or schema forbids is an error;
/// what real tools get wrong without harm (properties of a later version, references to nothing) is a warning.
/// </summary>
internal sealed partial class CycloneDxReader
{
    private readonly ComponentList _components = new();
    private readonly References _references = new();
    private readonly string _specVersion;
    private readonly int _minor;
    private SbomRoot? _root;
    private string? _rootReference;
    private DateTimeOffset? _timestamp;
    private string? _tool;
    private string? _author;

    private CycloneDxReader(string specVersion, int minor) => (_specVersion, _minor) = (specVersion, minor);

    /// <summary>Reads a document that was recognised as CycloneDX.</summary>
    /// <param name="specVersion">As the document states it, wherever it does.</param>
    /// <returns>Null, with errors noted, where the version is not accepted or the text cannot be read to its end.</returns>
    public static CycloneDxDocument? Read(ReadOnlySequence<byte> bytes, string? specVersion, string path, ProblemLog problems, CancellationToken cancellation)
    {
        if (specVersion is not ['1', '.', >= '4' and <= '7'])
        {
            problems.Error($"{path}.specVersion", $"CycloneDX {Shown.Quoted(specVersion ?? "of no version")} is not accepted; 1.4 to 1.7 are");
            return null;
        }

        var reader = new CycloneDxReader(specVersion, specVersion[2] - '0');
        return JsonText.Read(bytes, path, problems, (ref json) => reader.Document(ref json), nullIsAbsent: false, cancellation)
            ? reader.Finish(path, problems)
            : null;
    }

    private CycloneDxDocument Finish(string path, ProblemLog problems)
    {
        var vulnerabilities = ResolveVulnerabilities(path, problems);
        var unresolved = _references.Settle(path, problems);
        return new()
        {
            SpecVersion = _specVersion,
            Facts = _components.ToFacts("cyclonedx", _specVersion),
            Quality = _components.Quality with { DependencyEntries = _dependencies.Count, DependencyEdges = _edges, UnresolvedReferences = unresolved },
            Root = _root,
            Timestamp = _timestamp,
            Tool = _tool,
            Author = _author,
            Vulnerabilities = vulnerabilities,
        };
    }

    private void Document(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return;
        }

        var hasVersion = false;
        while (json.NextProperty())
        {
            CycloneDxWords.WarnIfUnknown(ref json, CycloneDxWords.Document, _minor);
            switch (json.Name)
            {
                case "$schema":
                    Schema(ref json);
                    break;
                case "serialNumber":
                    SerialNumber(ref json);
                    break;
                case "version":
                    hasVersion = true;
                    json.Integer(_minor == CycloneDxWords.Oldest ? long.MinValue : 1, long.MaxValue);
                    break;
                case "metadata":
                    Metadata(ref json);
                    break;
                case "components":
                    Components(ref json);
                    break;
                case "services":
                    Services(ref json);
                    break;
                case "dependencies":
                    Dependencies(ref json);
                    break;
                case "vulnerabilities":
                    Vulnerabilities(ref json);
                    break;
            }
        }

        if (!hasVersion && _minor == CycloneDxWords.Oldest)
        {
            json.Error("needs a version: CycloneDX 1.4 demands it");
        }
    }

    private void Schema(ref JsonCursor json)
    {
        if (json.Text() is { } schema && _minor <= 5 && schema != $"http://cyclonedx.org/schema/bom-{_specVersion}.schema.json")
        {
            json.Warn($"is not the schema of CycloneDX {_specVersion}");
        }
    }

    private static void SerialNumber(ref JsonCursor json)
    {
        const string Prefix = "urn:uuid:";
        if (json.Text() is not { } serial)
        {
            return;
        }

        if (!serial.StartsWith(Prefix, StringComparison.Ordinal) || !Guid.TryParseExact(serial.AsSpan(Prefix.Length), "D", out _))
        {
            json.Error("must be urn:uuid: and a UUID");
        }
        else if (serial.Any(char.IsAsciiLetterUpper))
        {
            json.Warn("must be in lower case");
        }
    }

    private void Metadata(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return;
        }

        string? supplier = null, manufacturer = null, author = null;
        while (json.NextProperty())
        {
            CycloneDxWords.WarnIfUnknown(ref json, CycloneDxWords.Metadata, _minor);
            switch (json.Name)
            {
                case "timestamp":
                    _timestamp = json.Timestamp();
                    break;
                case "component":
                    Root(ref json);
                    break;
                case "tools":
                    Tools(ref json);
                    break;
                case "supplier":
                    supplier = NameOf(ref json);
                    break;
                case "manufacture" or "manufacturer":
                    manufacturer = NameOf(ref json);
                    break;
                case "authors" when json.EnterArray():
                    while (json.NextItem())
                    {
                        author ??= NameOf(ref json);
                    }

                    break;
            }
        }

        _author = supplier ?? manufacturer ?? author;
    }

    /// <summary>An array of tools, or since 1.5 an object with the tools as components and services. The first one's name is taken.</summary>
    private void Tools(ref JsonCursor json)
    {
        if (json.Kind == JsonTokenType.StartObject && _minor >= 5)
        {
            json.EnterObject();
            while (json.NextProperty())
            {
                if (json.Name is "components" or "services")
                {
                    ToolList(ref json);
                }
            }

            return;
        }

        ToolList(ref json);
    }

    private void ToolList(ref JsonCursor json)
    {
        if (!json.EnterArray())
        {
            return;
        }

        while (json.NextItem())
        {
            _tool ??= NameOf(ref json);
        }
    }

    /// <summary>The name of an object; bom-refs within it are taken, as they may not be given twice.</summary>
    private string? NameOf(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        string? name = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "name":
                    name = json.OptionalIdentifier();
                    break;
                case "bom-ref" when json.Text(EvidenceLimits.NameBytes) is { Length: > 0 } reference && !_references.TryDefine(reference, References.Other):
                    json.Warn($"{Shown.Quoted(reference)} is the bom-ref of something else too");
                    break;
            }
        }

        return name;
    }

    private void Services(ref JsonCursor json)
    {
        if (!json.EnterArray())
        {
            return;
        }

        while (json.NextItem())
        {
            if (!json.EnterObject())
            {
                continue;
            }

            string? name = null;
            while (json.NextProperty())
            {
                switch (json.Name)
                {
                    case "name":
                        name = json.Identifier();
                        break;
                    case "bom-ref":
                        BomRef(ref json, References.Other);
                        break;
                    case "services":
                        Services(ref json); // as deep as the JSON itself may be
                        break;
                }
            }

            if (name is null)
            {
                json.Error("needs a name");
            }
        }
    }

    /// <summary>Takes a bom-ref, which may stand only once in a document.</summary>
    private string? BomRef(ref JsonCursor json, int target)
    {
        var reference = _minor == CycloneDxWords.Oldest ? json.OptionalIdentifier() : json.Identifier();
        if (reference is not null && !_references.TryDefine(reference, target))
        {
            json.Error($"{Shown.Quoted(reference)} is the bom-ref of something else too");
        }

        return reference;
    }
}

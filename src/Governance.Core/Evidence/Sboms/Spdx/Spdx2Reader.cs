using System.Buffers;
using System.Collections.Frozen;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Sboms.Spdx;

/// <summary>
/// Reads SPDX 2.2 and 2.3 JSON. Document fields, ids and packages are held to the specification; what fresh output of well-known
/// tools gets wrong against the schema (missing licence fields in 2.2, fields and categories of the other version) is a warning.
/// </summary>
internal sealed partial class Spdx2Reader
{
    private const string DocumentId = "SPDXRef-DOCUMENT";

    private static readonly FrozenSet<string> Known = FrozenSet.ToFrozenSet(
        [
            "spdxVersion", "SPDXID", "name", "dataLicense", "documentNamespace", "creationInfo", "externalDocumentRefs", "hasExtractedLicensingInfos",
            "annotations", "comment", "documentDescribes", "files", "packages", "relationships", "reviewers", "revieweds", "snippets",
        ],
        StringComparer.Ordinal);

    private readonly ComponentList _components = new();
    private readonly References _references = new();
    private readonly SpdxGraph _graph = new();
    private readonly bool _is22;
    private readonly string _version;
    private DateTimeOffset? _created;
    private int _files;
    private int _relationships;

    private Spdx2Reader(string version) => (_version, _is22) = (version, version == "2.2");

    /// <summary>Reads a document that was recognised as SPDX 2.</summary>
    /// <param name="spdxVersion">As the document states it, <c>SPDX-2.3</c>.</param>
    /// <returns>Null, with errors noted, where the version is not accepted or the text cannot be read to its end.</returns>
    public static SbomDocument? Read(ReadOnlySequence<byte> bytes, string? spdxVersion, string path, ProblemLog problems, CancellationToken cancellation)
    {
        if (spdxVersion is not ("SPDX-2.2" or "SPDX-2.3"))
        {
            problems.Error($"{path}.spdxVersion", $"{Shown.Quoted(spdxVersion ?? "no version")} is not accepted; SPDX-2.2 and SPDX-2.3 are");
            return null;
        }

        var reader = new Spdx2Reader(spdxVersion[5..]);
        return JsonText.Read(bytes, path, problems, (ref json) => reader.Document(ref json), nullIsAbsent: false, cancellation)
            ? reader.Finish(path, problems)
            : null;
    }

    private SbomDocument Finish(string path, ProblemLog problems)
    {
        var unresolved = _references.Settle(path, problems);
        var root = _graph.Root(DocumentId, _references);
        if (root is null)
        {
            problems.Warn(path, "does not say what it describes");
        }

        return new(
            _components.ToFacts("spdx", _version),
            root is { } index && _components[index] is { } component ? Root(component, index) : null,
            _created,
            _components.Quality with { DependencyEntries = _graph.Dependents, DependencyEdges = _graph.Dependencies, UnresolvedReferences = unresolved, Files = _files },
            Report: null);
    }

    private SbomRoot Root(SbomComponent component, int index) => new(
        component.Name, component.Version, PackageIdentity.Of(component.Purl, component.Name, component.Version), _graph.DigestsOf(index));

    private void Document(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return;
        }

        var missing = new List<string> { "SPDXID", "name", "dataLicense", "documentNamespace", "creationInfo" };
        while (json.NextProperty())
        {
            missing.Remove(json.Name);
            if (!Known.Contains(json.Name))
            {
                json.Warn($"is no property of SPDX {_version}");
            }

            switch (json.Name)
            {
                case "SPDXID":
                    Expect(ref json, DocumentId);
                    _references.TryDefine(DocumentId, References.Other);
                    break;
                case "name":
                    json.Identifier();
                    break;
                case "dataLicense":
                    Expect(ref json, "CC0-1.0");
                    break;
                case "documentNamespace":
                    Namespace(ref json);
                    break;
                case "creationInfo":
                    CreationInfo(ref json);
                    break;
                case "externalDocumentRefs" when json.EnterArray():
                    while (json.NextItem())
                    {
                        ExternalDocument(ref json);
                    }

                    break;
                case "documentDescribes" when json.EnterArray():
                    while (json.NextItem())
                    {
                        Describes(ref json);
                    }

                    break;
                case "packages":
                    Packages(ref json);
                    break;
                case "files":
                    Elements(ref json, "fileName", counted: true);
                    break;
                case "snippets":
                    Elements(ref json, null, counted: false);
                    break;
                case "relationships":
                    Relationships(ref json);
                    break;
            }
        }

        foreach (var name in missing)
        {
            json.Error($"needs {name}");
        }
    }

    private static void Expect(ref JsonCursor json, string value)
    {
        if (json.Text(EvidenceLimits.NameBytes) is { } text && text != value)
        {
            json.Error($"must be {value}");
        }
    }

    private static void Namespace(ref JsonCursor json)
    {
        if (json.Identifier() is { } text && (!Uri.TryCreate(text, UriKind.Absolute, out _) || text.Contains('#', StringComparison.Ordinal)))
        {
            json.Error("must be an absolute URI without a fragment");
        }
    }

    private void CreationInfo(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return;
        }

        bool hasCreated = false, hasCreators = false;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "created":
                    hasCreated = true;
                    _created = json.Timestamp();
                    break;
                case "creators":
                    hasCreators = true;
                    Creators(ref json);
                    break;
            }
        }

        if (!hasCreated || !hasCreators)
        {
            json.Error("needs created and creators");
        }
    }

    private static void Creators(ref JsonCursor json)
    {
        if (!json.EnterArray())
        {
            return;
        }

        var any = false;
        while (json.NextItem())
        {
            any = true;
            if (json.Identifier() is { } creator
                && !(creator.StartsWith("Person:", StringComparison.Ordinal) || creator.StartsWith("Organization:", StringComparison.Ordinal) || creator.StartsWith("Tool:", StringComparison.Ordinal)))
            {
                json.Warn("must start with Person:, Organization: or Tool:");
            }
        }

        if (!any)
        {
            json.Error("needs at least one creator");
        }
    }

    private void ExternalDocument(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return;
        }

        while (json.NextProperty())
        {
            if (json.Name == "externalDocumentId" && json.Identifier() is { } id)
            {
                _references.TryDefine(id, References.Other);
            }
        }
    }

    private void Describes(ref JsonCursor json)
    {
        if (json.Identifier() is { } target)
        {
            _references.Use(target, ref json);
            _graph.Describe(DocumentId, target);
        }
    }

    /// <summary>Takes an element's id, which may stand only once in a document.</summary>
    private bool Id(ref JsonCursor json, int target)
    {
        if (json.Identifier() is not { } id)
        {
            return true;
        }

        if (!id.StartsWith("SPDXRef-", StringComparison.Ordinal))
        {
            json.Error("must start with SPDXRef-");
        }
        else if (id.AsSpan(8).ContainsAnyExcept(IdCharacters))
        {
            json.Warn("may hold only letters, digits, dots and hyphens");
        }

        if (!_references.TryDefine(id, target))
        {
            json.Error($"{Shown.Quoted(id)} is the id of another element too");
        }

        return true;
    }

    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
}

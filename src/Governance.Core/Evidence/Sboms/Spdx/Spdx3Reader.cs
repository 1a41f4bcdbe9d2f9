using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Sboms.Spdx;

/// <summary>
/// Reads SPDX 3.0 as JSON-LD: one pass over <c>@graph</c> collects elements and relationships, which come in any order, then they are put together.
/// The context is never fetched; names are taken as the published context has them.
/// </summary>
internal sealed class Spdx3Reader
{
    private readonly ComponentList _components = new();
    private readonly References _references = new();
    private readonly SpdxGraph _graph = new();
    private readonly Spdx3Security _security = new();
    private readonly Dictionary<string, string> _licenses = new(StringComparer.Ordinal);
    private readonly List<(string From, ImmutableArray<string> To)> _licensed = [];
    private readonly List<string> _documents = [];
    private readonly List<string> _collections = [];
    private string? _specVersion;
    private DateTimeOffset? _created;
    private int _files;
    private int _edges;

    /// <summary>Reads a document that was recognised as SPDX 3.</summary>
    /// <returns>Null, with errors noted, where the version is not accepted or the text cannot be read to its end.</returns>
    public static SbomDocument? Read(ReadOnlySequence<byte> bytes, string path, ProblemLog problems, CancellationToken cancellation)
    {
        var reader = new Spdx3Reader();
        return JsonText.Read(bytes, path, problems, (ref json) => reader.Document(ref json), nullIsAbsent: false, cancellation)
            ? reader.Finish(path, problems)
            : null;
    }

    private void Document(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return;
        }

        var hasGraph = false;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "@context":
                    Context(ref json);
                    break;
                case "@graph" when json.EnterArray():
                    hasGraph = true;
                    while (json.NextItem())
                    {
                        if (Spdx3Element.Read(ref json) is { } element)
                        {
                            Take(element, ref json);
                        }
                    }

                    break;
            }
        }

        if (!hasGraph)
        {
            json.Error("needs @graph: a single element is no SBOM");
        }
    }

    private static void Context(ref JsonCursor json)
    {
        const string Published = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld";
        if (json.Kind != JsonTokenType.String || json.Text() != Published)
        {
            json.Warn($"is not {Published}");
        }
    }

    private void Take(Spdx3Element element, ref JsonCursor json)
    {
        switch (element.Type)
        {
            case "":
                json.Error("needs a type");
                return;
            case "CreationInfo":
                TakeCreation(element, ref json);
                return;
            case "software_Package" or "ai_AIPackage" or "dataset_DatasetPackage":
                TakePackage(element, ref json);
                return;
            case "software_File" when ++_files > EvidenceLimits.SbomFiles:
                JsonCursor.Refuse($"more than {EvidenceLimits.SbomFiles} files");
                break;
        }

        Define(element, References.Other, ref json);
        switch (element.Type)
        {
            case "SpdxDocument" when element.Id is { } id:
                _documents.Add(id);
                Describe(element, id);
                break;
            case "software_Sbom" or "Bom" or "Bundle" when element.Id is { } id:
                _collections.Add(id);
                Describe(element, id);
                break;
            case "simplelicensing_LicenseExpression" when element is { Id: { } id, License: { } license }:
                _licenses[id] = license;
                break;
            case "security_Vulnerability":
                _security.AddVulnerability(element);
                break;
            default:
                if (element.RelationshipType.Length > 0)
                {
                    Relate(element, ref json);
                }

                break;
        }
    }

    private void TakeCreation(Spdx3Element element, ref JsonCursor json)
    {
        _created ??= element.Created;
        if (element.SpecVersion is null)
        {
            json.Error("needs a specVersion");
        }
        else if (element.SpecVersion is "3.0.1" or "3.0.0" or "3.0")
        {
            _specVersion ??= element.SpecVersion;
        }
        else
        {
            json.Error($"SPDX {Shown.Quoted(element.SpecVersion)} is not accepted; 3.0.0 and 3.0.1 are");
        }
    }

    private void TakePackage(Spdx3Element element, ref JsonCursor json)
    {
        var index = _components.Reserve();
        if (index >= EvidenceLimits.Components)
        {
            JsonCursor.Refuse($"more than {EvidenceLimits.Components} packages");
        }

        Define(element, index, ref json);
        if (element.Name is null)
        {
            json.Error("needs a name");
            return;
        }

        if (element.Purl is { } purl && !PackageUrl.TryParse(purl, out _))
        {
            json.Warn($"{Shown.Quoted(purl)} is no package URL");
        }

        if (!element.Sha256.IsEmpty)
        {
            _graph.SetDigests(index, element.Sha256);
        }

        _components.Set(index, new(element.Name, element.Version, element.Purl, []), element.HasStrongHash);
    }

    private void Define(Spdx3Element element, int target, ref JsonCursor json)
    {
        if (element.Id is null)
        {
            json.Warn("has no spdxId");
        }
        else if (!_references.TryDefine(element.Id, target))
        {
            json.Error($"{Shown.Quoted(element.Id)} is the id of another element too");
        }
    }

    private void Describe(Spdx3Element element, string id)
    {
        foreach (var root in element.Roots)
        {
            _graph.Describe(id, root);
        }
    }

    private void Relate(Spdx3Element element, ref JsonCursor json)
    {
        _edges += element.To.Length;
        if (_edges > EvidenceLimits.Edges)
        {
            JsonCursor.Refuse($"more than {EvidenceLimits.Edges} relationships");
        }

        if (element.From is not { } from)
        {
            json.Warn("a relationship needs from");
            return;
        }

        _references.Use(from, ref json);
        foreach (var to in element.To)
        {
            // Individuals of the model, such as NoAssertionLicense, are defined by it.
            if (!to.StartsWith("https://spdx.org/", StringComparison.Ordinal) && to is not ("NoneElement" or "NoAssertionElement"))
            {
                _references.Use(to, ref json);
            }
        }

        switch (element.RelationshipType)
        {
            case "hasdeclaredlicense" or "hasconcludedlicense":
                _licensed.Add((from, element.To));
                break;
            case "describes":
                foreach (var to in element.To)
                {
                    _graph.Describe(from, to);
                }

                break;
            case "dependson":
                foreach (var _ in element.To)
                {
                    _graph.Depend(from);
                }

                break;
            default:
                _security.AddRelationship(element);
                break;
        }
    }

    private SbomDocument Finish(string path, ProblemLog problems)
    {
        var unresolved = _references.Settle(path, problems);
        GiveLicenses();
        var root = _documents.Concat(_collections).Select(d => _graph.Root(d, _references)).FirstOrDefault(r => r is not null);
        if (root is null)
        {
            problems.Warn(path, "does not say what it describes");
        }

        if (_specVersion is null)
        {
            problems.Warn(path, "has no CreationInfo with a specVersion");
        }

        return new(
            _components.ToFacts("spdx", _specVersion ?? "3.0"),
            root is { } index && _components[index] is { } component
                ? new(component.Name, component.Version, PackageIdentity.Of(component.Purl, component.Name, component.Version), _graph.DigestsOf(index))
                : null,
            _created,
            _components.Quality with { DependencyEntries = _graph.Dependents, DependencyEdges = _graph.Dependencies, UnresolvedReferences = unresolved, Files = _files },
            _security.ToReport(_components, _references, _created));
    }

    private void GiveLicenses()
    {
        foreach (var license in _licenses.Values.Where(LicenseText.IsStated))
        {
            _components.AddLicense(license);
        }

        foreach (var (from, to) in _licensed)
        {
            if (_references.Find(from) is not (>= 0 and var index) || _components[index] is not { } component)
            {
                continue;
            }

            foreach (var id in to)
            {
                if (_licenses.TryGetValue(id, out var license) && LicenseText.IsStated(license) && !component.Licenses.Contains(license))
                {
                    component = component with { Licenses = component.Licenses.Add(license) };
                }
            }

            _components.Set(index, component);
        }
    }
}

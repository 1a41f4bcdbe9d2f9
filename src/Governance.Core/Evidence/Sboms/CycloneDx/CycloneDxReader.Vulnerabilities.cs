using System.Collections.Immutable;
using Governance.Core.Evidence.Json;
using Governance.Core.Evidence.Scans;

namespace Governance.Core.Evidence.Sboms.CycloneDx;

/// <content>Vulnerabilities with ratings, affected packages and analysis.</content>
internal sealed partial class CycloneDxReader
{
    private readonly DistinctItems _distinctVulnerabilities = new();
    private List<ReadVulnerability>? _vulnerabilities;
    private int _affects;

    private void Vulnerabilities(ref JsonCursor json)
    {
        if (!json.EnterArray())
        {
            return;
        }

        _vulnerabilities = [];
        while (json.NextItem())
        {
            if (_vulnerabilities.Count == EvidenceLimits.Findings)
            {
                JsonCursor.Refuse($"more than {EvidenceLimits.Findings} vulnerabilities");
            }

            var start = json.Start;
            if (!json.EnterObject())
            {
                continue;
            }

            var read = new ReadVulnerability { Index = json.OuterIndex };
            while (json.NextProperty())
            {
                CycloneDxWords.WarnIfUnknown(ref json, CycloneDxWords.Vulnerability, _minor);
                Property(ref json, read);
            }

            if (!_distinctVulnerabilities.Add($"{read.Reference}|{read.Id}", json.Since(start)))
            {
                json.Error("is the same as a vulnerability before it");
            }

            _vulnerabilities.Add(read);
        }
    }

    private void Property(ref JsonCursor json, ReadVulnerability read)
    {
        switch (json.Name)
        {
            case "bom-ref":
                read.Reference = json.OptionalIdentifier();
                if (read.Reference is { } reference && !_references.TryDefine(reference, References.Other))
                {
                    json.Warn($"{Shown.Quoted(reference)} is the bom-ref of something else too");
                }

                break;
            case "id":
                read.Id = VulnerabilityId.Read(ref json);
                break;
            case "references" when json.EnterArray():
                while (json.NextItem())
                {
                    Alias(ref json, read);
                }

                break;
            case "ratings" when json.EnterArray():
                var ratings = 0;
                while (json.NextItem())
                {
                    if (++ratings > EvidenceLimits.Ratings)
                    {
                        JsonCursor.Refuse($"more than {EvidenceLimits.Ratings} ratings");
                    }

                    Rating(ref json, read);
                }

                break;
            case "cwes" when json.EnterArray():
                while (json.NextItem())
                {
                    if (json.Kind != System.Text.Json.JsonTokenType.Number)
                    {
                        json.Warn("must be a number such as 79");
                    }
                }

                break;
            case "affects" when json.EnterArray():
                while (json.NextItem())
                {
                    Affected(ref json, read);
                }

                break;
            case "analysis":
                Analysis(ref json, read);
                break;
        }
    }

    private static void Alias(ref JsonCursor json, ReadVulnerability read)
    {
        if (!json.EnterObject())
        {
            return;
        }

        while (json.NextProperty())
        {
            if (json.Name == "id" && VulnerabilityId.Read(ref json) is { } alias)
            {
                read.AddAlias(alias);
            }
        }
    }

    private void Rating(ref JsonCursor json, ReadVulnerability read)
    {
        if (!json.EnterObject())
        {
            return;
        }

        string? severity = null, method = null, scoreText = null;
        double? score = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "severity":
                    severity = CycloneDxWords.Word(ref json, CycloneDxWords.Severities, _minor);
                    break;
                case "method":
                    method = CycloneDxWords.Word(ref json, CycloneDxWords.Methods, _minor);
                    break;
                case "score":
                    scoreText = json.Kind == System.Text.Json.JsonTokenType.Number ? json.NumberText() : null;
                    score = json.Number();
                    break;
            }
        }

        read.Rate(severity, method, score, scoreText);
    }

    private void Affected(ref JsonCursor json, ReadVulnerability read)
    {
        if (++_affects > EvidenceLimits.Findings || read.Affects.Count == EvidenceLimits.Affects)
        {
            JsonCursor.Refuse($"more than {EvidenceLimits.Affects} affected packages of a vulnerability, or {EvidenceLimits.Findings} in all");
        }

        if (!json.EnterObject())
        {
            return;
        }

        string? reference = null;
        ImmutableArray<CoveredVersion> versions = [];
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "ref":
                    reference = json.Identifier();
                    break;
                case "versions" when json.EnterArray():
                    var builder = ImmutableArray.CreateBuilder<CoveredVersion>();
                    while (json.NextItem())
                    {
                        if (Version(ref json) is { } version)
                        {
                            builder.Add(version);
                        }
                    }

                    versions = builder.DrainToImmutable();
                    break;
            }
        }

        if (reference is null)
        {
            json.Error("needs a ref");
            return;
        }

        read.Affects.Add((reference, new(versions)));
    }

    private CoveredVersion? Version(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        string? version = null, range = null, status = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "version":
                    version = json.OptionalIdentifier(EvidenceLimits.VersionBytes);
                    break;
                case "range":
                    range = json.OptionalIdentifier();
                    break;
                case "status":
                    status = CycloneDxWords.Word(ref json, CycloneDxWords.Statuses, _minor);
                    break;
            }
        }

        if (version is null == range is null)
        {
            json.Error("needs either version or range");
            return null;
        }

        return new(version, range, status switch { "unaffected" => VersionStatus.Unaffected, "unknown" => VersionStatus.Unknown, _ => VersionStatus.Affected });
    }

    private void Analysis(ref JsonCursor json, ReadVulnerability read)
    {
        if (!json.EnterObject())
        {
            return;
        }

        string? state = null, justification = null, detail = null;
        DateTimeOffset? first = null, last = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "state":
                    state = CycloneDxWords.Word(ref json, CycloneDxWords.States, _minor);
                    break;
                case "justification":
                    justification = CycloneDxWords.Word(ref json, CycloneDxWords.Justifications, _minor);
                    break;
                case "response" when json.EnterArray():
                    while (json.NextItem())
                    {
                        CycloneDxWords.Word(ref json, CycloneDxWords.Responses, _minor);
                    }

                    break;
                case "detail":
                    detail = json.Text();
                    break;
                case "firstIssued":
                    first = json.Timestamp();
                    break;
                case "lastUpdated":
                    last = json.Timestamp();
                    break;
            }
        }

        read.AnalysedAt = last ?? first;
        read.Claim = state switch
        {
            null => null,
            "not_affected" or "false_positive" => new(VexStatus.NotAffected, VexReason.Kept(justification, detail)),
            "resolved" or "resolved_with_pedigree" => new(VexStatus.Fixed, VexReason.Kept(justification, detail)),
            "exploitable" => new(VexStatus.Affected, null),
            _ => new(VexStatus.UnderInvestigation, null),
        };
        if (read.Claim is { Status: VexStatus.NotAffected, Suppresses: false })
        {
            json.Warn("gives no justification and no detail, so the finding stays open");
        }
    }

    /// <summary>Turns references into packages, once all components are known.</summary>
    private ImmutableArray<CycloneDxVulnerability>? ResolveVulnerabilities(string path, ProblemLog problems)
    {
        if (_vulnerabilities is null)
        {
            return null;
        }

        var resolved = ImmutableArray.CreateBuilder<CycloneDxVulnerability>(_vulnerabilities.Count);
        foreach (var read in _vulnerabilities)
        {
            var affects = ImmutableArray.CreateBuilder<CycloneDxAffected>();
            foreach (var (reference, versions) in read.Affects)
            {
                affects.Add(new(Package(reference, $"{path}.vulnerabilities[{read.Index}]", problems), versions));
            }

            // Without "affects" it concerns what the document describes.
            if (affects.Count == 0)
            {
                affects.Add(new(_root?.Package ?? PackageIdentity.Named("unnamed", null), VersionCoverage.All));
            }

            var id = read.Id ?? (read.Aliases.Count > 0 ? read.Aliases[0] : read.Reference) ?? $"unnamed-{read.Index}";
            resolved.Add(new(
                id, [.. read.Aliases.Where(a => a != id)], read.Severity, read.Word, read.Score, read.Claim, read.AnalysedAt, affects.ToImmutable()));
        }

        return resolved.MoveToImmutable();
    }

    private PackageIdentity Package(string reference, string path, ProblemLog problems)
    {
        switch (_references.Find(reference))
        {
            case >= 0 and var index when _components[index] is { } component:
                return PackageIdentity.Of(component.Purl, component.Name, component.Version);
            case References.Other when _root is not null && reference == _rootReference:
                return _root.Package;
            case null when !reference.StartsWith("urn:cdx:", StringComparison.Ordinal):
                problems.Warn(path, $"{Shown.Quoted(reference)} names nothing in this document");
                break;
        }

        return PackageIdentity.Of(reference, reference, null);
    }
}

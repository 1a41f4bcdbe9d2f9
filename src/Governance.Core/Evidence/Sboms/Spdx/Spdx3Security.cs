using System.Collections.Immutable;
using Governance.Core.Evidence.Scans;

namespace Governance.Core.Evidence.Sboms.Spdx;

/// <summary>The security profile of an SPDX 3 document: vulnerabilities, what they affect, their CVSS assessments and VEX.</summary>
internal sealed class Spdx3Security
{
    private readonly Dictionary<string, Spdx3Element> _vulnerabilities = new(StringComparer.Ordinal);
    private readonly List<Spdx3Element> _relationships = [];

    public void AddVulnerability(Spdx3Element element)
    {
        if (element.Id is { } id && _vulnerabilities.Count < EvidenceLimits.Findings)
        {
            _vulnerabilities.TryAdd(id, element);
        }
    }

    /// <summary>Keeps a relationship if it has to do with vulnerabilities.</summary>
    public void AddRelationship(Spdx3Element element)
    {
        if (element.Type.StartsWith("security_", StringComparison.Ordinal) || element.RelationshipType == "hasassociatedvulnerability")
        {
            _relationships.Add(element);
        }
    }

    /// <summary>One finding for each vulnerability and package that a relationship brings together; null where there is no vulnerability.</summary>
    public ScanReport? ToReport(ComponentList components, References references, DateTimeOffset? created)
    {
        if (_vulnerabilities.Count == 0)
        {
            return null;
        }

        var severities = new Dictionary<string, (Severity Severity, string? Word, string? Score)>(StringComparer.Ordinal);
        var pairs = new Dictionary<(string Vulnerability, string Package), VexClaim?>();
        foreach (var relationship in _relationships)
        {
            if (relationship.Score is not null || relationship.Severity is not null)
            {
                Assess(relationship, severities);
            }
            else
            {
                Relate(relationship, pairs);
            }
        }

        var findings = ImmutableArray.CreateBuilder<ReportedFinding>();
        foreach (var ((vulnerability, package), claim) in pairs)
        {
            if (findings.Count < EvidenceLimits.Findings && references.Find(package) is >= 0 and var index && components[index] is { } component)
            {
                findings.Add(Finding(_vulnerabilities[vulnerability], component, severities.GetValueOrDefault(vulnerability), claim));
            }
        }

        return new("SPDX", created, findings.DrainToImmutable());
    }

    private void Assess(Spdx3Element assessment, Dictionary<string, (Severity Severity, string? Word, string? Score)> severities)
    {
        if (assessment.From is not { } vulnerability || !_vulnerabilities.ContainsKey(vulnerability))
        {
            return;
        }

        var byWord = SeverityScale.OfWord(assessment.Severity);
        var severity = byWord != Severity.Unknown ? byWord
            : assessment.Type.Contains("CvssV2", StringComparison.Ordinal) ? SeverityScale.OfScoreV2(assessment.Score)
            : SeverityScale.OfScore(assessment.Score);
        if (!severities.TryGetValue(vulnerability, out var known) || severity > known.Severity)
        {
            severities[vulnerability] = (severity, assessment.Severity, assessment.ScoreText);
        }
    }

    private void Relate(Spdx3Element relationship, Dictionary<(string Vulnerability, string Package), VexClaim?> pairs)
    {
        var isReversed = relationship.RelationshipType == "hasassociatedvulnerability";
        foreach (var to in relationship.To)
        {
            var (vulnerability, package) = isReversed ? (to, relationship.From!) : (relationship.From!, to);
            if (!_vulnerabilities.ContainsKey(vulnerability))
            {
                continue;
            }

            var claim = Claim(relationship);
            if (!pairs.TryGetValue((vulnerability, package), out var known) || known is null || (claim is not null && claim.Status > known.Status))
            {
                pairs[(vulnerability, package)] = claim;
            }
        }
    }

    private static VexClaim? Claim(Spdx3Element relationship) => relationship.RelationshipType switch
    {
        "doesnotaffect" => new(VexStatus.NotAffected, VexReason.Kept(relationship.Justification, relationship.ImpactStatement)),
        "fixedin" => new(VexStatus.Fixed, null),
        "affects" => new(VexStatus.Affected, null),
        "underinvestigationfor" => new(VexStatus.UnderInvestigation, null),
        _ => null,
    };

    private static ReportedFinding Finding(
        Spdx3Element vulnerability, SbomComponent component, (Severity Severity, string? Word, string? Score) rating, VexClaim? claim)
    {
        ImmutableArray<string> ids = [.. ((string?[])[vulnerability.Name, .. vulnerability.Identifiers]).Select(i => i is null ? null : VulnerabilityId.Canonical(i)).OfType<string>().Distinct(StringComparer.Ordinal)];
        return new(ids.IsEmpty ? vulnerability.Id! : ids[0], ids.IsEmpty ? [] : ids[1..], rating.Severity, PackageIdentity.Of(component.Purl, component.Name, component.Version))
        {
            Word = rating.Word,
            Score = rating.Score,
            Claim = claim,
        };
    }
}

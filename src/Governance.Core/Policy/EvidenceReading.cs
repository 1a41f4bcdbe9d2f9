using System.Collections.Immutable;
using Governance.Core.Evidence;
using Governance.Core.Policy.Rules;

namespace Governance.Core.Policy;

/// <summary>Takes from an evidence pack, and from the exceptions, what a check looks at. Linear in components × rules and in findings.</summary>
internal static class EvidenceReading
{
    private const int ShownComponents = 5;
    private const int ShownLength = 300;

    /// <summary>Gathers the inputs of a check.</summary>
    public static PolicyInputs Inputs(PolicyCheckRequest request, PolicySet set)
    {
        var standing = request.Exceptions.Where(exception => exception.ExpiresAt > request.At).ToImmutableArray();
        return new()
        {
            At = request.At,
            TargetRing = request.TargetRing,
            SubmittedBy = request.SubmittedBy,
            Owners = request.Owners,
            Evidence = request.Evidence is { } facts ? Read(facts, set, standing) : null,
            DeviceCount = request.DeviceCount,
            Criticality = request.Criticality,
            Connectivity = request.Connectivity,
            Urgency = request.Urgency,
            History = request.History,
            LiftedRules = [.. Lifted(standing)],
        };
    }

    private static IEnumerable<LiftedRule> Lifted(ImmutableArray<ApprovedException> standing)
    {
        foreach (var exception in standing)
        {
            if (exception.RuleId is { } rule)
            {
                yield return new(rule, exception.Id);
            }
        }
    }

    private static CheckedEvidence Read(EvidenceFacts facts, PolicySet set, ImmutableArray<ApprovedException> exceptions) => new()
    {
        PackId = facts.PackId,
        PackDigest = facts.PackDigest,
        StoredAt = facts.StoredAt,
        ArtifactSha256 = facts.Artifact?.Sha256,
        Install = facts.Install is { } install ? Install(install) : null,
        Signature = facts.Signature is { Publisher: { } publisher } signature ? signature with { Publisher = Shown.Text(publisher, 200) } : facts.Signature,
        Behaviour = facts.Behaviour,
        Sbom = facts.Sbom is { } sbom ? Sbom(sbom, set) : null,
        Scan = facts.Scan is { } scan ? Scan(scan, facts.StoredAt, exceptions) : null,
        Provenance = facts.Provenance is { } provenance ? new(provenance.Verdict, provenance.BuilderId is { } id ? Shown.Text(id, ShownLength) : null) : null,
        Tests = facts.Tests,
        HasRolloutPlan = facts.HasRolloutPlan,
        RollbackPlan = facts.RollbackPlan is { } plan ? new(plan.TargetVersion is { } version ? Shown.Text(version, 100) : null, plan.IsValidated) : null,
        RequestedBy = facts.BuildInfo?.RequestedBy,
    };

    private static CheckedInstall Install(InstallFacts install) => new()
    {
        HasCommand = !string.IsNullOrWhiteSpace(install.Command),
        HasUninstallCommand = !string.IsNullOrWhiteSpace(install.UninstallCommand),
        Context = install.Context,
        Elevation = install.Elevation,
        Service = install.Service,
        KernelDriver = install.KernelDriver,
        Reboot = install.Reboot,
        Minutes = install.Minutes,
        OfflineImport = install.OfflineImport,
        Sequenced = install.Sequenced,
        DetectionRules = install.Detection.Length,
    };

    private static CheckedSbom Sbom(SbomFacts sbom, PolicySet set)
    {
        var denied = new List<DeniedComponents>();
        foreach (var rule in set.Rules)
        {
            if (rule.Condition is ComponentCondition condition && Denied(rule.Id, condition, sbom) is { Count: > 0 } found)
            {
                denied.Add(found);
            }
        }

        return new(sbom.Format, sbom.Components.Length, [.. denied]);
    }

    private static DeniedComponents Denied(string ruleId, ComponentCondition condition, SbomFacts sbom)
    {
        var (count, first) = (0, new List<string>());
        foreach (var component in sbom.Components)
        {
            if (condition.Denies(component) is { } why)
            {
                count++;
                if (first.Count < ShownComponents)
                {
                    var version = component.Version is { } stated ? $" {Shown.Text(stated, 50)}" : string.Empty;
                    first.Add(Shown.Text($"{Shown.Text(component.Name, 120)}{version} ({why})", ShownLength));
                }
            }
        }

        return new(ruleId, count, [.. first]);
    }

    private static CheckedScan Scan(ScanFacts scan, DateTimeOffset storedAt, ImmutableArray<ApprovedException> exceptions)
    {
        // A scan cannot be younger than its pack: a date in the future would keep it fresh for ever.
        var date = scan.ScannedAt is { } stated && stated < storedAt ? stated : storedAt;
        return new(scan.Counts, Covered(scan, exceptions), date, scan.ScannedAt is not null);
    }

    private static EquatableArray<CoveredFindings> Covered(ScanFacts scan, ImmutableArray<ApprovedException> exceptions)
    {
        var covers = new Dictionary<string, Guid>(StringComparer.OrdinalIgnoreCase);
        foreach (var exception in exceptions)
        {
            foreach (var id in exception.FindingIds)
            {
                covers.TryAdd(id, exception.Id);
            }
        }

        if (covers.Count == 0)
        {
            return [];
        }

        var covered = new SortedDictionary<Guid, SeverityCounts>();
        foreach (var finding in scan.Open)
        {
            if (Cover(finding, covers) is { } by)
            {
                covered[by] = OneMore(covered.GetValueOrDefault(by) ?? new(0, 0, 0, 0), finding.Severity);
            }
        }

        return [.. covered.Select(pair => new CoveredFindings(pair.Key, pair.Value))];
    }

    private static Guid? Cover(Finding finding, Dictionary<string, Guid> covers)
    {
        if (covers.TryGetValue(finding.Id, out var by))
        {
            return by;
        }

        foreach (var alias in finding.Aliases)
        {
            if (covers.TryGetValue(alias, out by))
            {
                return by;
            }
        }

        return null;
    }

    private static SeverityCounts OneMore(SeverityCounts counts, Severity severity) => severity switch
    {
        Severity.Critical => counts with { Critical = counts.Critical + 1 },
        Severity.High => counts with { High = counts.High + 1 },
        Severity.Medium => counts with { Medium = counts.Medium + 1 },
        Severity.Low => counts with { Low = counts.Low + 1 },
        Severity.Informational => counts with { Informational = counts.Informational + 1 },
        _ => counts with { Unknown = counts.Unknown + 1 },
    };
}

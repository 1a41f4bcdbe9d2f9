using System.Collections.Immutable;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Scans;

/// <summary>The findings of one report while it is read.</summary>
internal sealed class FindingList
{
    private readonly ImmutableArray<ReportedFinding>.Builder _findings = ImmutableArray.CreateBuilder<ReportedFinding>();

    public void Add(ReportedFinding finding)
    {
        if (_findings.Count == EvidenceLimits.Findings)
        {
            JsonCursor.Refuse($"more than {EvidenceLimits.Findings} findings");
        }

        _findings.Add(finding);
    }

    public ImmutableArray<ReportedFinding> ToImmutable() => _findings.DrainToImmutable();
}

/// <summary>Reading lists of ids.</summary>
internal static class IdList
{
    /// <summary>Reads an array of ids of the same vulnerability, at most 64.</summary>
    public static List<string> Read(ref JsonCursor json)
    {
        var ids = new List<string>();
        if (!json.EnterArray())
        {
            return ids;
        }

        while (json.NextItem())
        {
            if (ids.Count == EvidenceLimits.Aliases)
            {
                JsonCursor.Refuse($"more than {EvidenceLimits.Aliases} ids of one vulnerability");
            }

            if (VulnerabilityId.Read(ref json) is { } id && !ids.Contains(id))
            {
                ids.Add(id);
            }
        }

        return ids;
    }
}

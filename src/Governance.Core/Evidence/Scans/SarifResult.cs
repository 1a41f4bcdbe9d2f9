using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Scans;

/// <summary>What is read of a SARIF result; its rule may come later in the file.</summary>
internal sealed partial record SarifResult
{
    public string? RuleId { get; private set; }

    /// <summary>Into the extension's rules where <see cref="Extension"/> is stated, else into the driver's.</summary>
    public int? RuleIndex { get; private set; }

    public int? Extension { get; private set; }

    private string? Kind { get; set; }

    private string? Level { get; set; }

    private string? Baseline { get; set; }

    private string? Score { get; set; }

    private string? Uri { get; set; }

    private long? Line { get; set; }

    private string? Fingerprint { get; set; }

    private VexClaim? Claim { get; set; }

    /// <summary>Whether it reports something wrong that is still there.</summary>
    public bool IsFailure => Kind is null or "fail" && Baseline != "absent";

    public static SarifResult? Read(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var result = new SarifResult();
        var hasMessage = false;
        while (json.NextProperty())
        {
            hasMessage |= json.Name == "message";
            result.Property(ref json);
        }

        if (!hasMessage)
        {
            json.Warn("needs a message");
        }

        return result;
    }

    /// <summary>The finding: severity from the result's or the rule's score, else from the level, which is a level of style more than of danger.</summary>
    public ReportedFinding ToFinding(SarifRule? rule)
    {
        var score = Score ?? rule?.Score;
        var level = Level ?? rule?.Level ?? "warning";
        var severity = SarifProperties.SeverityOf(score) ?? level switch
        {
            "error" => Severity.High,
            "warning" => Severity.Medium,
            "note" => Severity.Low,
            "none" => Severity.Informational,
            _ => Severity.Unknown,
        };
        var (id, package) = Named(RuleId ?? rule?.Id ?? "unnamed");
        var place = package is null ? Place : $"{package} in {Place}";
        return new(id, [], severity, new(place, place, null)) { Word = level, Score = score, Claim = Claim };
    }

    // Trivy and Grype write CVE-2021-1234 or CVE-2021-1234-package.
    private static (string Id, string? Package) Named(string ruleId)
    {
        var match = Vulnerability().Match(ruleId);
        if (!match.Success || (match.Length < ruleId.Length && ruleId[match.Length] != '-'))
        {
            return (ruleId, null);
        }

        return (VulnerabilityId.Canonical(match.Value)!, match.Length < ruleId.Length ? ruleId[(match.Length + 1)..] : null);
    }

    // There is no package in SARIF: file and line stand for it.
    private string Place => Uri is not null ? string.Create(CultureInfo.InvariantCulture, $"{Uri}:{Line ?? 0}") : Fingerprint ?? "unnamed";

    private void Property(ref JsonCursor json)
    {
        switch (json.Name)
        {
            case "ruleId":
                RuleId = json.OptionalIdentifier();
                break;
            case "ruleIndex":
                RuleIndex = IndexOf(ref json) ?? RuleIndex;
                break;
            case "rule" when json.Kind == JsonTokenType.StartObject:
                Rule(ref json);
                break;
            case "kind":
                Kind = json.OptionalIdentifier();
                break;
            case "level":
                Level = json.OptionalIdentifier();
                break;
            case "baselineState":
                Baseline = json.OptionalIdentifier();
                break;
            case "properties" when json.Kind == JsonTokenType.StartObject:
                var ignored = false;
                Score = SarifProperties.Read(ref json, ref ignored);
                break;
            case "locations" when !json.IsNull() && json.EnterArray():
                while (json.NextItem())
                {
                    if (Uri is null && json.Kind == JsonTokenType.StartObject)
                    {
                        Location(ref json);
                    }
                }

                break;
            case "partialFingerprints" when json.Kind == JsonTokenType.StartObject:
                json.EnterObject();
                while (json.NextProperty())
                {
                    Fingerprint = json.Name == "primaryLocationLineHash" ? json.OptionalIdentifier() : Fingerprint;
                }

                break;
            case "suppressions" when !json.IsNull() && json.EnterArray():
                while (json.NextItem())
                {
                    Suppression(ref json);
                }

                break;
        }
    }

    private static int? IndexOf(ref JsonCursor json) => (int?)json.Integer(-1, int.MaxValue) is >= 0 and var index ? index : null;

    private void Rule(ref JsonCursor json)
    {
        json.EnterObject();
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "id":
                    RuleId ??= json.OptionalIdentifier();
                    break;
                case "index":
                    RuleIndex = IndexOf(ref json) ?? RuleIndex;
                    break;
                case "toolComponent" when json.Kind == JsonTokenType.StartObject:
                    json.EnterObject();
                    while (json.NextProperty())
                    {
                        Extension = json.Name == "index" ? IndexOf(ref json) : Extension;
                    }

                    break;
            }
        }
    }

    private void Location(ref JsonCursor json)
    {
        json.EnterObject();
        while (json.NextProperty())
        {
            if (json.Name != "physicalLocation" || !json.EnterObject())
            {
                continue;
            }

            while (json.NextProperty())
            {
                if (json.Name is not ("artifactLocation" or "region") || json.Kind != JsonTokenType.StartObject)
                {
                    continue;
                }

                json.EnterObject();
                while (json.NextProperty())
                {
                    switch (json.Name)
                    {
                        case "uri":
                            Uri = json.OptionalIdentifier();
                            break;
                        case "startLine":
                            Line = json.Integer(0, int.MaxValue);
                            break;
                    }
                }
            }
        }
    }

    /// <summary>Suppressed when any suppression is accepted or has no status; an empty list means "looked at, not suppressed".</summary>
    private void Suppression(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return;
        }

        string? status = null, justification = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "status":
                    status = json.OptionalIdentifier();
                    break;
                case "justification":
                    justification = json.Text();
                    break;
            }
        }

        if (status is null or "accepted")
        {
            Claim = new(VexStatus.NotAffected, VexReason.Kept(null, justification));
        }
    }

    [GeneratedRegex("^(?:CVE-[0-9]{4}-[0-9]{4,19}|GHSA(?:-[0-9a-z]{4}){3})", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Vulnerability();
}

using Governance.Core.Evidence;

namespace Governance.Core.Policy.Rules;

/// <summary>At most so many findings of a severity or worse; findings under an approved exception don't count.</summary>
internal sealed class MaxFindings(Severity severity, string word, int count) : Condition
{
    /// <summary>The severities a rule may name. Findings of unknown severity count as medium: unknown is not low.</summary>
    private static readonly IReadOnlyDictionary<string, Severity> Severities = new Dictionary<string, Severity>
    {
        ["critical"] = Severity.Critical,
        ["high"] = Severity.High,
        ["medium"] = Severity.Medium,
        ["low"] = Severity.Low,
    };

    /// <summary>Reads the parameters.</summary>
    public static MaxFindings Read(DataNode parameters)
    {
        parameters.Only("severity", "count");
        return new(parameters.Word("severity", Severities), parameters.Text("severity"), parameters.Integer("count", 0, 1_000_000));
    }

    /// <inheritdoc/>
    public override Answer Ask(PolicyInputs inputs, string ruleId)
    {
        if (inputs.Evidence?.Scan is not { } scan)
        {
            return Answer.NotApplicable("no scan is stored to look at", Paths.Scan);
        }

        var (found, excepted, ids) = (Count(scan.Counts), 0L, new List<Guid>());
        foreach (var covered in scan.Covered)
        {
            var lifted = Count(covered.Counts);
            excepted += lifted;
            if (lifted > 0)
            {
                ids.Add(covered.ExceptionId);
            }
        }

        var open = found - excepted;
        var under = excepted == 0 ? string.Empty : $", {excepted} more under an approved exception";
        var what = severity == Severity.Critical ? "critical findings" : $"findings of severity {word} or worse";
        return Answer.PassIf(open <= count, $"{open} {what}{under}, at most {count} allowed", Paths.Scan) with { ExceptionIds = [.. ids] };
    }

    private long Count(SeverityCounts counts) => severity switch
    {
        Severity.Critical => counts.Critical,
        Severity.High => (long)counts.Critical + counts.High,
        Severity.Medium => (long)counts.Critical + counts.High + counts.Medium + counts.Unknown,
        _ => (long)counts.Critical + counts.High + counts.Medium + counts.Unknown + counts.Low,
    };
}

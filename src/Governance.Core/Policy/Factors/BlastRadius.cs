using System.Collections.Immutable;
using Governance.Core.Deployments;

namespace Governance.Core.Policy.Factors;

/// <summary>How many devices a mistake reaches. The submitter cannot lower it: it is what the deployment is for.</summary>
internal sealed class BlastRadius : Rubric
{
    /// <inheritdoc/>
    public override string Name => "blast_radius";

    /// <inheritdoc/>
    public override ImmutableArray<string> Conditions { get; } = ["lab", "canary", "pilot", "department", "global"];

    /// <inheritdoc/>
    public override ImmutableArray<string> Parameters { get; } =
        ["lab_below", "canary_below", "pilot_below", "department_at_most", "critical_percent"];

    /// <inheritdoc/>
    public override Assessed Assess(PolicyInputs inputs, FactorRules rules)
    {
        var byRing = (int)inputs.TargetRing;
        var byDevices = inputs.DeviceCount is { } count ? ByDevices(count, rules) : 0;
        var value = Math.Max(rules.Values[byRing], inputs.DeviceCount is null ? 0 : rules.Values[byDevices]);
        var critical = inputs.Criticality == Criticality.Critical;
        if (critical)
        {
            value = Math.Min(100, ((value * rules.Parameters["critical_percent"]) + 50) / 100);
        }

        return new(value, Reason(inputs, rules, critical), byDevices > byRing ? Paths.DeviceCount : Paths.TargetRing);
    }

    private static int ByDevices(long count, FactorRules rules) => count switch
    {
        _ when count < rules.Parameters["lab_below"] => 0,
        _ when count < rules.Parameters["canary_below"] => 1,
        _ when count < rules.Parameters["pilot_below"] => 2,
        _ when count <= rules.Parameters["department_at_most"] => 3,
        _ => 4,
    };

    private static string Reason(PolicyInputs inputs, FactorRules rules, bool critical)
    {
        var ring = inputs.TargetRing.WireName();
        var reach = inputs.DeviceCount is { } count ? $"{ring} with {count} devices" : $"{ring}, no device count stated";
        return critical ? $"{reach}, × {rules.Parameters["critical_percent"]} % for critical devices" : reach;
    }
}

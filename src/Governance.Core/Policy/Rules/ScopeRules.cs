using System.Collections.Immutable;
using Governance.Core.Evidence;

namespace Governance.Core.Policy.Rules;

/// <summary>At most so many devices in the target ring. A scope that states no count cannot be shown to keep it.</summary>
internal sealed class MaxScope(ImmutableDictionary<Ring, int> devices) : Condition
{
    /// <summary>Reads the parameters: <c>{"devices": {"LAB": 50}}</c>; rings that are left out have no limit.</summary>
    public static MaxScope Read(DataNode parameters)
    {
        parameters.Only("devices");
        var limits = ImmutableDictionary.CreateBuilder<Ring, int>();
        foreach (var (name, value) in parameters.Object("devices").Members())
        {
            if (Rings.TryParse(name, out var ring))
            {
                limits[ring] = value.Integer(0, 10_000_000);
            }
            else
            {
                value.Problem($"'{name}' is no ring.");
            }
        }

        return new(limits.ToImmutable());
    }

    /// <inheritdoc/>
    public override Answer Ask(PolicyInputs inputs, string ruleId)
    {
        var ring = inputs.TargetRing.WireName();
        return devices.TryGetValue(inputs.TargetRing, out var max)
            ? inputs.DeviceCount is { } count
                ? Answer.PassIf(count <= max, $"{count} devices in {ring}, at most {max} allowed", Paths.DeviceCount)
                : Answer.Fail($"no device count is stated for {ring}, at most {max} devices allowed", Paths.DeviceCount)
            : Answer.NotApplicable($"{ring} has no limit", Paths.TargetRing);
    }
}

/// <summary>Tools of these categories go to the CAB.</summary>
internal sealed class AlwaysCab(ImmutableArray<ToolCategory> categories, bool includeUnstated) : Condition
{
    /// <summary>Reads the parameters.</summary>
    public static AlwaysCab Read(DataNode parameters)
    {
        parameters.Only("tool_categories", "include_unstated");
        return new(
            [.. parameters.Items("tool_categories").Select(item => item.Word(ToolCategories.ByName))], parameters.Flag("include_unstated", absent: true));
    }

    /// <inheritdoc/>
    public override Answer Ask(PolicyInputs inputs, string ruleId) => inputs.Evidence?.Behaviour?.ToolCategory is { } category
        ? Answer.PassIf(!categories.Contains(category), $"the tool's category is {ToolCategories.WireName(category)}", Paths.ToolCategory)
        : Answer.PassIf(!includeUnstated, "the tool's category is not stated", Paths.ToolCategory);
}

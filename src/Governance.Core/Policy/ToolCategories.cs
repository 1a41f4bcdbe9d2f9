using Governance.Core.Evidence;

namespace Governance.Core.Policy;

/// <summary>The names of tool categories in evidence and data files.</summary>
internal static class ToolCategories
{
    /// <summary>By name.</summary>
    public static IReadOnlyDictionary<string, ToolCategory> ByName { get; } = new Dictionary<string, ToolCategory>
    {
        ["standard"] = ToolCategory.Standard,
        ["security"] = ToolCategory.Security,
        ["administration"] = ToolCategory.Administration,
    };

    /// <summary>The name.</summary>
    public static string WireName(ToolCategory category) => category switch
    {
        ToolCategory.Security => "security",
        ToolCategory.Administration => "administration",
        _ => "standard",
    };
}

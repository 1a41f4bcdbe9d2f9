using System.Text.Json;

namespace Governance.Local.Intune;

/// <summary>What Intune refuses about a win32LobApp. Each answer is the sentence of its 400; null means it is taken.</summary>
internal static class AppRules
{
    private static readonly HashSet<string> Known =
    [
        "@odata.type", "displayName", "description", "publisher", "largeIcon", "isFeatured", "privacyInformationUrl", "informationUrl", "owner",
        "developer", "notes", "fileName", "installCommandLine", "uninstallCommandLine", "applicableArchitectures", "allowedArchitectures",
        "minimumFreeDiskSpaceInMB", "minimumMemoryInMB", "minimumNumberOfProcessors", "minimumCpuSpeedInMHz", "rules", "installExperience",
        "returnCodes", "msiInformation", "setupFilePath", "minimumSupportedWindowsRelease", "committedContentVersion", "displayVersion",
    ];

    private static readonly HashSet<string> Releases =
    [
        "1607", "1703", "1709", "1803", "1809", "1903", "1909", "2004", "2H20", "21H1",
        "Windows10_21H2", "Windows10_22H2", "Windows11_21H2", "Windows11_22H2", "Windows11_23H2",
    ];

    private static readonly HashSet<string> Operators =
        ["notConfigured", "equal", "notEqual", "greaterThan", "greaterThanOrEqual", "lessThan", "lessThanOrEqual"];

    /// <summary>The first property that v1.0 does not have.</summary>
    public static string? UnknownProperty(JsonElement body) => body.EnumerateObject()
        .Select(property => property.Name)
        .FirstOrDefault(name => !Known.Contains(name) && !name.Contains('@', StringComparison.Ordinal)) is { } unknown
        ? $"The property '{unknown}' does not exist on type 'microsoft.graph.win32LobApp'. Make sure to only use property names that are defined by the type."
        : null;

    public static string? Create(JsonElement body) =>
        Type(body) is { } type ? type
        : UnknownProperty(body) is { } unknown ? unknown
        : !HasText(body, "displayName") ? "Cannot create an app without the DisplayName set."
        : Missing(body, "description", "publisher", "fileName", "setupFilePath", "installCommandLine", "uninstallCommandLine", "minimumSupportedWindowsRelease")
            is { } missing ? $"The app's {missing} must be set."
        : !Releases.Contains(Text(body, "minimumSupportedWindowsRelease")!) ? "The minimumSupportedWindowsRelease is not a supported value."
        : !HasText(body, "applicableArchitectures") && !HasText(body, "allowedArchitectures") ? "An architecture must be set."
        : Experience(body) ?? ReturnCodes(body) ?? Rules(body);

    /// <summary>Of a PATCH on a published app: what is there must be right.</summary>
    public static string? Patch(JsonElement body) =>
        UnknownProperty(body)
        ?? (body.TryGetProperty("displayName", out _) && !HasText(body, "displayName") ? "Cannot update an app without the DisplayName set." : null)
        ?? (body.TryGetProperty("installExperience", out _) ? Experience(body) : null)
        ?? (body.TryGetProperty("returnCodes", out _) ? ReturnCodes(body) : null)
        ?? (body.TryGetProperty("rules", out _) ? Rules(body) : null);

    public static string? Type(JsonElement body) => Text(body, "@odata.type") is "#microsoft.graph.win32LobApp" or "microsoft.graph.win32LobApp"
        ? null
        : "Cannot create an abstract class: the @odata.type of the app is missing or not supported.";

    public static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool HasText(JsonElement body, string name) => !string.IsNullOrWhiteSpace(Text(body, name));

    private static string? Missing(JsonElement body, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (!HasText(body, name))
            {
                return name;
            }
        }

        return null;
    }

    private static string? Experience(JsonElement body) =>
        body.TryGetProperty("installExperience", out var experience) && experience.ValueKind == JsonValueKind.Object
            && Text(experience, "runAsAccount") is "system" or "user"
            && Text(experience, "deviceRestartBehavior") is null or "basedOnReturnCode" or "allow" or "suppress" or "force"
            && !experience.TryGetProperty("maxRunTimeInMinutes", out _)
            ? null
            : "The installExperience is not valid.";

    private static string? ReturnCodes(JsonElement body) =>
        body.TryGetProperty("returnCodes", out var codes) && codes.ValueKind == JsonValueKind.Array && codes.GetArrayLength() > 0
            && codes.EnumerateArray().All(code => code.TryGetProperty("returnCode", out var number) && number.ValueKind == JsonValueKind.Number
                && Text(code, "type") is "failed" or "success" or "softReboot" or "hardReboot" or "retry")
            ? null
            : "The returnCodes are missing or not valid.";

    private static string? Rules(JsonElement body)
    {
        if (!body.TryGetProperty("rules", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            return "At least one detection rule must be set.";
        }

        var rules = list.EnumerateArray().ToArray();
        var detection = rules.Where(rule => Text(rule, "ruleType") == "detection").ToArray();
        return detection.Length == 0 ? "At least one detection rule must be set."
            : rules.Any(rule => Text(rule, "ruleType") is not ("detection" or "requirement")) ? "A rule's ruleType is not valid."
            : detection.Length > 1 && detection.Any(rule => Kind(rule) == "win32LobAppPowerShellScriptRule")
                ? "A script detection rule can't be combined with other detection rules."
            : detection.Count(rule => Kind(rule) == "win32LobAppProductCodeRule") > 1 ? "Only one product code rule is allowed."
            : rules.Select(Rule).FirstOrDefault(problem => problem is not null);
    }

    private static string? Kind(JsonElement rule) => Text(rule, "@odata.type")?.Split('.')[^1];

    private static string? Rule(JsonElement rule) => Kind(rule) switch
    {
        "win32LobAppProductCodeRule" => HasText(rule, "productCode") && IsOperator(rule, "productVersionOperator") ? null : "The product code rule is not valid.",
        "win32LobAppFileSystemRule" => HasText(rule, "path") && HasText(rule, "fileOrFolderName") && IsOperator(rule, "operator")
            && Text(rule, "operationType") is "exists" or "modifiedDate" or "createdDate" or "version" or "sizeInMB" && Compared(rule)
            ? null : "The file system rule is not valid.",
        "win32LobAppRegistryRule" => HasText(rule, "keyPath") && IsOperator(rule, "operator")
            && Text(rule, "operationType") is "exists" or "doesNotExist" or "string" or "integer" or "version" && Compared(rule)
            ? null : "The registry rule is not valid.",
        "win32LobAppPowerShellScriptRule" => rule.TryGetProperty("scriptContent", out var script) && script.ValueKind == JsonValueKind.String
            && script.TryGetBytesFromBase64(out var bytes) && bytes.Length > 0
            ? null : "The script rule is not valid.",
        _ => "A rule's type is missing or not supported.",
    };

    private static bool Compared(JsonElement rule) =>
        Text(rule, "operationType") is "exists" or "doesNotExist" || (HasText(rule, "comparisonValue") && Text(rule, "operator") != "notConfigured");

    private static bool IsOperator(JsonElement rule, string name) => Text(rule, name) is { } word && Operators.Contains(word);
}

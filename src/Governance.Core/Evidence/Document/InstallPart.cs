using System.Collections.Immutable;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Document;

/// <summary><c>$.install</c>.</summary>
internal static class InstallPart
{
    private const int CommandBytes = 4096;
    private const int ScriptBytes = 256 << 10;
    private const int MinutesOfADay = 1440;

    public static InstallFacts? Read(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var facts = new InstallFacts();
        while (json.NextProperty())
        {
            facts = json.Name switch
            {
                "command" => facts with { Command = json.OptionalIdentifier(CommandBytes) },
                "uninstall_command" => facts with { UninstallCommand = json.OptionalIdentifier(CommandBytes) },
                "context" => facts with { Context = json.Word<InstallContext>() },
                "elevation" => facts with { Elevation = json.Word<Elevation>() },
                "service" => facts with { Service = json.Flag() },
                "kernel_driver" => facts with { KernelDriver = json.Flag() },
                "reboot" => facts with { Reboot = json.Word<RebootKind>() },
                "minutes" => facts with { Minutes = (int?)json.Integer(0, MinutesOfADay) },
                "offline_import" => facts with { OfflineImport = json.Flag() },
                "sequenced" => facts with { Sequenced = json.Flag() },
                "detection" => facts with { Detection = Detection(ref json) },
                _ => facts,
            };
        }

        return facts;
    }

    private static ImmutableArray<DetectionRule> Detection(ref JsonCursor json)
    {
        var rules = ImmutableArray.CreateBuilder<DetectionRule>();
        if (!json.EnterArray())
        {
            return [];
        }

        while (json.NextItem())
        {
            if (rules.Count == EvidenceLimits.DetectionRules)
            {
                JsonCursor.Refuse($"more than {EvidenceLimits.DetectionRules} detection rules");
            }

            if (Rule(ref json) is { } rule)
            {
                rules.Add(rule);
            }
        }

        if (rules.Count > 1 && rules.Any(r => r.Type == DetectionType.Script))
        {
            json.Error("a script rule stands alone: Intune takes no other rule beside it");
        }

        return rules.ToImmutable();
    }

    private static DetectionRule? Rule(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var before = json.ErrorCount;
        DetectionType? type = null;
        string? path = null, name = null, value = null;
        DetectionOperator? comparison = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "type":
                    type = json.Word<DetectionType>();
                    break;
                case "path":
                    path = json.OptionalIdentifier();
                    break;
                case "name":
                    name = json.OptionalIdentifier();
                    break;
                case "operator":
                    comparison = json.Word<DetectionOperator>();
                    break;
                case "value":
                    value = json.Text(ScriptBytes);
                    break;
            }
        }

        var missing = type switch
        {
            null => "needs a type",
            DetectionType.File when path is null || name is null => "a file rule needs path and name",
            DetectionType.Registry when path is null => "a registry rule needs path",
            DetectionType.Msi when path is null => "an msi rule needs the product code as path",
            DetectionType.Script when value is null || !IsBase64(value) => "a script rule needs the script in base64 as value",
            DetectionType.Script => null,
            _ when comparison is not null && value is null => "a comparison needs a value",
            _ => null,
        };
        if (missing is not null && json.ErrorCount == before)
        {
            json.Error(missing);
        }

        return json.ErrorCount == before ? new(type!.Value, path, name, DetectionOperators.WireName(comparison), value) : null;
    }

    private static bool IsBase64(string text) => text.Length > 0 && System.Buffers.Text.Base64.IsValid(text);
}

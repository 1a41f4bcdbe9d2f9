using System.Text.Json.Nodes;

namespace Governance.IntegrationTests;

/// <summary>Evidence with valid defaults; a test states only what it is about.</summary>
internal sealed record EvidenceBuilder
{
    internal static EvidenceBuilder LowRisk { get; } = new();

    internal string? ArtifactSha256 { get; init; }

    internal long ArtifactBytes { get; init; }

    internal bool Risky { get; init; }

    internal (int Critical, int High, int Medium, int Low) Findings { get; init; }

    internal JsonObject? LabResults { get; init; }

    /// <summary>When plans were made and tried, just before; null for no plans.</summary>
    internal DateTimeOffset? PlansFrom { get; init; }

    internal JsonObject Build()
    {
        var evidence = new JsonObject
        {
            ["install"] = new JsonObject
            {
                ["command"] = "install.cmd",
                ["uninstall_command"] = "install.cmd /uninstall",
                ["context"] = Risky ? "system" : "user",
                ["elevation"] = Risky ? "required" : "none",
                ["service"] = Risky,
                ["kernel_driver"] = false,
                ["reboot"] = "none",
                ["minutes"] = 3,
                ["offline_import"] = false,
                ["sequenced"] = false,
                ["detection"] = new JsonArray(new JsonObject { ["type"] = "file", ["path"] = @"C:\Program Files\App", ["name"] = "app.exe" }),
            },
            ["signature"] = new JsonObject { ["status"] = "valid", ["publisher"] = "CN=Vendor", ["known_vendor"] = true, ["timestamped"] = true },
            ["behaviour"] = new JsonObject
            {
                ["listener"] = Risky ? "privileged" : "none",
                ["scripting"] = Risky,
                ["data_access"] = Risky ? "credentials" : "own",
                ["tool_category"] = "standard",
            },
            ["sbom"] = new JsonObject
            {
                ["format"] = "cyclonedx",
                ["components"] = new JsonArray(
                    new JsonObject { ["name"] = "zlib", ["version"] = "1.3.1", ["license"] = "Zlib" }, new JsonObject { ["name"] = "sqlite", ["version"] = "3.46.0" }),
            },
            ["scan_results"] = new JsonObject
            {
                ["critical"] = Findings.Critical,
                ["high"] = Findings.High,
                ["medium"] = Findings.Medium,
                ["low"] = Findings.Low,
            },
            ["build_info"] = new JsonObject { ["builder"] = "test" },
        };
        if (ArtifactSha256 is { } sha256)
        {
            evidence["artifact"] = new JsonObject { ["sha256"] = sha256, ["size_bytes"] = ArtifactBytes, ["file_name"] = "setup.intunewin", ["kind"] = "intunewin" };
        }

        if (PlansFrom is { } made)
        {
            evidence["rollout_plan"] = "Ring by ring, each watched for its period.";
            evidence["rollback_plan"] = new JsonObject
            {
                ["target_version"] = "none",
                ["validated_at"] = made.AddDays(-1).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture),
                ["validated_by"] = "packaging",
                ["result"] = "passed",
            };
        }

        if (LabResults is { } results)
        {
            evidence["lab_results"] = results.DeepClone();
        }

        return evidence;
    }
}

using System.Text.Json.Nodes;
using Governance.Core;

namespace Governance.Local.Demo;

/// <summary>The evidence of the demo: a real SBOM of the project's own Node part, and a scan report of ours that names components of it.</summary>
internal static class DemoEvidence
{
    /// <summary>A small per-user app that policy lets through by itself.</summary>
    internal static JsonObject LowRisk(string sha256, long size, DateTimeOffset now) => Common(sha256, size, now, new JsonObject
    {
        ["command"] = "install.cmd",
        ["uninstall_command"] = "install.cmd /uninstall",
        ["context"] = "user",
        ["elevation"] = "none",
        ["service"] = false,
        ["kernel_driver"] = false,
        ["reboot"] = "none",
        ["minutes"] = 2,
        ["offline_import"] = false,
        ["sequenced"] = false,
        ["detection"] = new JsonArray(Detection()),
    }, new JsonObject { ["listener"] = "none", ["scripting"] = false, ["data_access"] = "own", ["tool_category"] = "standard" }, findings: false);

    /// <summary>An agent with a service and wide rights: the CAB decides.</summary>
    internal static JsonObject HighRisk(string sha256, long size, DateTimeOffset now) => Common(sha256, size, now, new JsonObject
    {
        ["command"] = "install.cmd",
        ["uninstall_command"] = "install.cmd /uninstall",
        ["context"] = "system",
        ["elevation"] = "required",
        ["service"] = true,
        ["kernel_driver"] = false,
        ["reboot"] = "user",
        ["minutes"] = 8,
        ["offline_import"] = false,
        ["sequenced"] = false,
        ["detection"] = new JsonArray(Detection()),
    }, new JsonObject { ["listener"] = "privileged", ["scripting"] = true, ["data_access"] = "credentials", ["tool_category"] = "administration" }, findings: true);

    /// <summary>The same evidence with its SBOM and its scan reports as files of their own, named by their digests.</summary>
    internal static (JsonObject Evidence, IReadOnlyList<byte[]> Files) WithFiles(JsonObject evidence)
    {
        var files = new List<byte[]>();
        evidence["sbom"] = Named(evidence["sbom"]!);
        evidence["scan_results"] = new JsonArray([.. evidence["scan_results"]!.AsArray().Select(report => Named(report!))]);
        return (evidence, files);

        JsonNode Named(JsonNode document)
        {
            files.Add(System.Text.Encoding.UTF8.GetBytes(document.ToJsonString()));
            return new JsonObject { ["sha256"] = Digest.Of(files[^1]).ToString() };
        }
    }

    private static JsonObject Detection() => new() { ["type"] = "file", ["path"] = @"C:\Program Files\Contoso", ["name"] = "contoso.exe" };

    private static JsonObject Common(string sha256, long size, DateTimeOffset now, JsonObject install, JsonObject behaviour, bool findings) => new()
    {
        ["artifact"] = new JsonObject { ["sha256"] = sha256, ["size_bytes"] = size, ["file_name"] = "setup.intunewin", ["kind"] = "intunewin" },
        ["install"] = install,
        ["signature"] = new JsonObject { ["status"] = "valid", ["publisher"] = "CN=Contoso", ["known_vendor"] = true, ["timestamped"] = true },
        ["behaviour"] = behaviour,
        ["sbom"] = JsonNode.Parse(Sample("node-sbom.cdx.json")),
        ["scan_results"] = new JsonArray(Scan(now, findings)),
        ["rollout_plan"] = "One ring, watched for a day.",
        ["rollback_plan"] = new JsonObject
        {
            ["target_version"] = "none",
            ["validated_at"] = now.AddDays(-1).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture),
            ["validated_by"] = "packaging",
            ["result"] = "passed",
        },
        ["build_info"] = new JsonObject { ["builder"] = "local-demo", ["commit"] = "0000000", ["timestamp"] = now.ToString("O", System.Globalization.CultureInfo.InvariantCulture) },
    };

    // Stamped now, so that the report is as fresh as one that a pipeline has just written.
    private static JsonNode Scan(DateTimeOffset now, bool findings)
    {
        var report = JsonNode.Parse(Sample("scan.trivy.json"))!;
        report["CreatedAt"] = now.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        if (!findings)
        {
            report["Results"]![0]!.AsObject().Remove("Vulnerabilities");
        }

        return report;
    }

    private static byte[] Sample(string name)
    {
        using var stream = typeof(DemoEvidence).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The sample {name} is not in the program.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}

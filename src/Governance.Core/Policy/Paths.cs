namespace Governance.Core.Policy;

/// <summary>Where facts stand in the evidence document, as JSON paths; what is not evidence has a path of its own.</summary>
internal static class Paths
{
    public const string Artifact = "$.artifact";
    public const string Install = "$.install";
    public const string Uninstall = "$.install.uninstall_command";
    public const string Detection = "$.install.detection";
    public const string Context = "$.install.context";
    public const string Elevation = "$.install.elevation";
    public const string Service = "$.install.service";
    public const string KernelDriver = "$.install.kernel_driver";
    public const string Reboot = "$.install.reboot";
    public const string Minutes = "$.install.minutes";
    public const string OfflineImport = "$.install.offline_import";
    public const string Sequenced = "$.install.sequenced";
    public const string Signature = "$.signature";
    public const string SignatureStatus = "$.signature.status";
    public const string KnownVendor = "$.signature.known_vendor";
    public const string Listener = "$.behaviour.listener";
    public const string Scripting = "$.behaviour.scripting";
    public const string DataAccess = "$.behaviour.data_access";
    public const string ToolCategory = "$.behaviour.tool_category";
    public const string Sbom = "$.sbom";
    public const string Scan = "$.scan_results";
    public const string ScannedAt = "$.scan_results.scanned_at";
    public const string Provenance = "$.provenance";
    public const string Tests = "$.tests";
    public const string RolloutPlan = "$.rollout_plan";
    public const string RollbackPlan = "$.rollback_plan";
    public const string TargetRing = "deployment.target_ring";
    public const string Connectivity = "deployment.scope.connectivity";
    public const string DeviceCount = "deployment.scope.device_count";
    public const string Urgency = "deployment.urgency";
    public const string History = "app_history";
}

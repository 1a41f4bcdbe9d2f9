namespace Governance.Core.Deployments;

/// <summary>How many incidents of each kind were reported, each 0 or more; a security incident counts there alone.</summary>
public sealed record IncidentCounts(int Minor, int Moderate, int Major, int Security);

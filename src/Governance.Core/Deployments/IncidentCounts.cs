namespace Governance.Core.Deployments;

/// <summary>How many incidents of each kind were reported, each 0 or more; a security incident counts there alone.</summary>
public sealed record IncidentCounts(int Minor, int Moderate, int Major, int Security)
{
    /// <summary>One more; a security incident counts there alone.</summary>
    public IncidentCounts With(IncidentSeverity severity, bool security) => security
        ? this with { Security = Security + 1 }
        : severity switch
        {
            IncidentSeverity.Minor => this with { Minor = Minor + 1 },
            IncidentSeverity.Moderate => this with { Moderate = Moderate + 1 },
            _ => this with { Major = Major + 1 },
        };
}

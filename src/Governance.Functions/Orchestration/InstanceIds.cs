using System.Globalization;
using Governance.Core;

namespace Governance.Functions.Orchestration;

/// <summary>The ids of a deployment's orchestrations: one place that knows their shape.</summary>
/// <remarks>Each begins with the deployment's correlation id and the generation; a new generation is a fresh start that skips what is done.</remarks>
internal static class InstanceIds
{
    internal static string Deployment(CorrelationId id, int generation) => string.Create(CultureInfo.InvariantCulture, $"{id}-{generation}");

    internal static string CabApproval(CorrelationId id, int generation, int revision) =>
        string.Create(CultureInfo.InvariantCulture, $"{id}-{generation}-cab-{revision}");

    internal static string RingRollout(CorrelationId id, int generation) => string.Create(CultureInfo.InvariantCulture, $"{id}-{generation}-rings");

    internal static string Remediation(CorrelationId id, Guid remediation) => $"{id}-remediation-{remediation}";

    internal static string EmergencyReview(CorrelationId id, int revision) => string.Create(CultureInfo.InvariantCulture, $"{id}-review-{revision}");

    internal static string ExceptionTerm(Guid exception) => $"{exception}-term";
}

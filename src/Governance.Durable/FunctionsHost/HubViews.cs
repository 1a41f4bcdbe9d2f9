using System.Globalization;
using System.Text.Json;
using Governance.Durable.Client;
using Governance.Durable.Engine;
using Governance.Durable.Protocol;

namespace Governance.Durable.FunctionsHost;

/// <summary>Instances of a host's task hub as clients see them.</summary>
internal static class HubViews
{
    /// <summary>As the gRPC endpoint tells it.</summary>
    /// <param name="state">The instance.</param>
    /// <param name="converter">Null where inputs and outputs were not asked for.</param>
    internal static OrchestrationMetadata Metadata(OrchestrationState state, DataConverter? converter) => new(state.Name, state.InstanceId)
    {
        RuntimeStatus = (OrchestrationRuntimeStatus)state.OrchestrationStatus,
        CreatedAt = state.CreatedTimestamp?.ToDateTimeOffset() ?? default,
        LastUpdatedAt = state.LastUpdatedTimestamp?.ToDateTimeOffset() ?? default,
        SerializedInput = converter is null ? null : state.Input,
        SerializedOutput = converter is null ? null : state.Output,
        SerializedCustomStatus = converter is null ? null : state.CustomStatus,
        FailureDetails = converter is null || state.FailureDetails is null ? null : Failures.FromMessage(state.FailureDetails),
        DataConverter = converter,
    };

    /// <summary>As the management API tells it.</summary>
    /// <param name="instanceId">The instance that was asked for.</param>
    /// <param name="status">The answer.</param>
    /// <param name="converter">Null where inputs and outputs were not asked for.</param>
    internal static OrchestrationMetadata Metadata(string instanceId, JsonElement status, DataConverter? converter) => new(Text(status, "name") ?? string.Empty, instanceId)
    {
        RuntimeStatus = Enum.TryParse<OrchestrationRuntimeStatus>(Text(status, "runtimeStatus"), ignoreCase: true, out var at)
            ? at
            : throw new HubCallException("status", 200, $"Instance {instanceId} is in the unknown status '{Text(status, "runtimeStatus")}'."),
        CreatedAt = Instant(status, "createdTime"),
        LastUpdatedAt = Instant(status, "lastUpdatedTime"),
        SerializedInput = converter is null ? null : Json(status, "input"),
        SerializedOutput = converter is null ? null : Json(status, "output"),
        SerializedCustomStatus = converter is null ? null : Json(status, "customStatus"),
        DataConverter = converter,
    };

    private static string? Text(JsonElement status, string name) =>
        status.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Json(JsonElement status, string name) =>
        status.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null ? value.GetRawText() : null;

    private static DateTimeOffset Instant(JsonElement status, string name) =>
        DateTimeOffset.TryParse(Text(status, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : default;
}

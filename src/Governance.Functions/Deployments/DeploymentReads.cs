using System.Collections.Immutable;
using System.Text.Json;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Functions.Events;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Storage.Streams;
using Governance.Storage.Views;

namespace Governance.Functions.Deployments;

/// <summary>What is read of deployments.</summary>
internal static class DeploymentReads
{
    /// <summary>GET /deployments/{id}/.</summary>
    internal static async Task<IResult> Get(ApiRequest request)
    {
        var head = await Streams(request).Read(request.Id<CorrelationId>(), request.Cancellation);
        return head is null ? Problems.From(new DeploymentUnknown()) : await Answer(request, head);
    }

    /// <summary>GET /deployments/{id}/events/: the log, in order.</summary>
    internal static async Task<IResult> Events(ApiRequest request, Page page)
    {
        var streams = Streams(request);
        var head = await streams.Read(request.Id<CorrelationId>(), request.Cancellation);
        if (head is null)
        {
            return Problems.From(new DeploymentUnknown());
        }

        var from = EventReads.Sequence(page.Cursor) ?? 1;
        var count = (int)Math.Clamp(head.Sequence - from + 1, 0, page.Limit);
        var events = await streams.ReadEvents(head.Id, from, count, request.Cancellation);
        var next = from + count <= head.Sequence ? (from + count).ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
        return Results.Ok(new EventsView([.. events.Select(EventView.Of)], page.Next(next)));
    }

    /// <summary>GET /deployments/: newest first.</summary>
    internal static async Task<IResult> List(ApiRequest request, DeploymentFilter filter)
    {
        var found = await request.Service<DeploymentViews>().Recent(
            filter.Status, filter.Ring, filter.AppName, filter.Page.Limit, filter.Page.Cursor, request.Cancellation);
        return Results.Ok(new DeploymentsView([.. found.Items.Select(DeploymentRow.Of)], filter.Page.Next(found.Cursor)));
    }

    /// <summary>GET /deployments/applications: by app, then version.</summary>
    internal static async Task<IResult> Applications(ApiRequest request, Page page)
    {
        var found = await request.Service<DeploymentViews>().Applications(page.Limit, page.Cursor, request.Cancellation);
        return Results.Ok(new ApplicationsView(found.Items, page.Next(found.Cursor)));
    }

    /// <summary>The full state of one deployment.</summary>
    internal static async Task<IResult> Answer(ApiRequest request, StreamHead<DeploymentState> head) =>
        Results.Ok(await request.Service<DeploymentViewer>().Show(head, request.Cancellation));

    private static EventStreams<DeploymentState, DeploymentEvent> Streams(ApiRequest request) =>
        request.Service<EventStreams<DeploymentState, DeploymentEvent>>();
}

/// <summary>Which deployments are listed.</summary>
internal sealed record DeploymentFilter(DeploymentStatus? Status, Ring? Ring, string? AppName, Page Page)
{
    private static readonly ImmutableSortedDictionary<string, DeploymentStatus> Statuses =
        Enum.GetValues<DeploymentStatus>().ToImmutableSortedDictionary(status => status.WireName(), status => status, StringComparer.Ordinal);

    /// <summary>Reads the query.</summary>
    internal static DeploymentFilter Parse(Input input) =>
        new(input.Query.Choice("status", Statuses), input.Query.Ring("ring"), input.Query.Text("app_name"), input.Paging());
}

/// <summary>A page of apps with their versions.</summary>
internal sealed record ApplicationsView(IReadOnlyList<AppRow> Applications, string? ContinuationToken);

/// <summary>A page of deployments.</summary>
internal sealed record DeploymentsView(IReadOnlyList<DeploymentRow> Deployments, string? ContinuationToken);

/// <summary>A deployment in a list.</summary>
internal sealed record DeploymentRow(
    CorrelationId CorrelationId, string AppName, string Version, Ring StartRing, Ring TargetRing, Ring? CurrentRing, DeploymentStatus Status,
    IReadOnlyList<WaitReason> WaitingFor, string Connector, int? RiskScore, PersonId SubmittedBy, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    internal static DeploymentRow Of(DeploymentSummary summary) => new(
        summary.CorrelationId, summary.AppName, summary.Version, summary.StartRing, summary.TargetRing, summary.CurrentRing, summary.Status,
        summary.AwaitsEvidence && summary.Status == DeploymentStatus.Pending ? [WaitReason.Evidence, .. summary.Holds] : summary.Holds,
        summary.Connector, summary.RiskScore, summary.SubmittedBy, summary.CreatedAt, summary.UpdatedAt);
}

/// <summary>A page of a log.</summary>
internal sealed record EventsView(IReadOnlyList<EventView> Events, string? ContinuationToken);

/// <summary>One event, with everything that its hash covers.</summary>
internal sealed record EventView(
    CorrelationId CorrelationId, long Sequence, string EventType, string Timestamp, string Actor, JsonElement Data, Digest PreviousHash, Digest Hash)
{
    internal static EventView Of(StoredEvent stored) => new(
        stored.StreamId,
        stored.Sequence,
        stored.EventType,
        UtcTimestampConverter.Format(stored.Timestamp),
        stored.Actor.ToString(),
        JsonSerializer.Deserialize(stored.Data, ApiJson.Wire.JsonElement),
        stored.PreviousHash,
        stored.Hash);
}

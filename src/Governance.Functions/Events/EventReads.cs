using System.Globalization;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Functions.Deployments;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.SignIn;
using Governance.Storage.Streams;
using Governance.Storage.Views;

namespace Governance.Functions.Events;

/// <summary>Which events are listed.</summary>
internal sealed record EventFilter(CorrelationId? Stream, string? EventType, DateTimeOffset? From, DateTimeOffset? To, Page Page)
{
    internal static EventFilter Parse(Input input)
    {
        var stream = input.Query.Text("correlation_id") is null ? (CorrelationId?)null : input.Query.Id<CorrelationId>("correlation_id");
        return new(
            stream,
            input.Query.Text("event_type", 60),
            input.Query.Instant("from"),
            input.Query.Instant("to"),
            input.Paging(cursor => stream is null ? EventReads.Place(cursor) is not null : EventReads.Sequence(cursor) is not null));
    }
}

/// <summary>The log over all deployments.</summary>
internal static class EventReads
{
    // An empty hour costs one read; a page looks through at most so many.
    private const int MostHours = 48;

    // No event is older. Looking back an hour from here stays within what a timestamp can be.
    private static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;

    /// <summary>GET /events/: newest first; of one deployment, or of all by hour.</summary>
    internal static async Task<IResult> List(ApiRequest request, EventFilter filter)
    {
        var streams = request.Service<EventStreams<DeploymentState, DeploymentEvent>>();
        if (filter.Stream is { } id)
        {
            return await OfStream(request, streams, id, filter);
        }

        var views = request.Service<DeploymentViews>();
        var now = request.Now;
        var (hour, cursor) = Place(filter.Page.Cursor) ?? (filter.To is { } to && to < now ? Later(to, Earliest) : now, null);
        var oldest = Later(filter.From ?? now.AddDays(-30), Earliest);
        var found = new List<ListedEvent>();
        string? next = null;
        for (var hours = 0; hours < MostHours && found.Count < filter.Page.Limit && hour >= oldest.AddHours(-1); hours++)
        {
            var page = await views.Events(hour, Wanted(filter), filter.Page.Limit - found.Count, cursor, request.Cancellation);
            found.AddRange(page.Items);
            (hour, cursor) = page.Cursor is null ? (hour.AddHours(-1), null) : (hour, page.Cursor);
            next = hour >= oldest.AddHours(-1) ? string.Create(CultureInfo.InvariantCulture, $"{hour.UtcTicks}|{cursor}") : null;
        }

        var events = await Task.WhenAll(found.Select(async listed =>
            (await streams.ReadEvents(listed.CorrelationId, listed.EventSequence, 1, request.Cancellation)).SingleOrDefault()));
        return Results.Ok(new EventsView([.. events.OfType<StoredEvent>().Select(EventView.Of)], filter.Page.Next(next)));
    }

    private static async Task<IResult> OfStream(
        ApiRequest request, EventStreams<DeploymentState, DeploymentEvent> streams, CorrelationId id, EventFilter filter)
    {
        var head = await streams.Read(id, request.Cancellation);
        if (head is null)
        {
            return Problems.From(new DeploymentUnknown());
        }

        var last = Math.Min(Sequence(filter.Page.Cursor) ?? head.Sequence, head.Sequence);
        var first = Math.Max(1, last - filter.Page.Limit + 1);
        var events = await streams.ReadEvents(id, first, (int)Math.Max(0, last - first + 1), request.Cancellation);
        var wanted = events.Where(each => (filter.EventType is null || each.EventType == filter.EventType)
            && (filter.From is null || each.Timestamp >= filter.From) && (filter.To is null || each.Timestamp < filter.To));
        return Results.Ok(new EventsView(
            [.. wanted.Reverse().Select(EventView.Of)], filter.Page.Next(first > 1 ? (first - 1).ToString(CultureInfo.InvariantCulture) : null)));
    }

    private static Func<ListedEvent, bool> Wanted(EventFilter filter) => listed =>
        (filter.EventType is null || listed.EventType == filter.EventType)
        && (filter.From is null || listed.At >= filter.From) && (filter.To is null || listed.At < filter.To);

    /// <summary>Where a page of all events goes on: an hour, and a place in it. Null for what is none.</summary>
    internal static (DateTimeOffset Hour, string? Cursor)? Place(string? cursor) =>
        cursor?.Split('|') is [var text, var place]
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
        && ticks >= Earliest.Ticks && ticks <= DateTimeOffset.MaxValue.Ticks
            ? (new DateTimeOffset(ticks, TimeSpan.Zero), place.Length == 0 ? null : place)
            : null;

    /// <summary>Where a page of one deployment's events goes on. Null for what is no sequence number.</summary>
    internal static long? Sequence(string? cursor) =>
        long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence > 0 ? sequence : null;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}

/// <summary>The functions of the log.</summary>
internal static class EventFunctions
{
    private static readonly HttpDocs Listed = new(
        "Events, newest first.", Response: """{"events": [{"sequence": 1, "event_type": "DEPLOYMENT_CREATED"}], "continuation_token": null}""")
    {
        Paged = true,
        Query =
        [
            ("correlation_id", "Only of this deployment."), ("event_type", "Only of this type."),
            ("from", "Not before this instant; 30 days back where absent."), ("to", "Before this instant."),
        ],
    };

    /// <summary>The functions of this subject.</summary>
    public static IEnumerable<Function> All =>
    [
        Function.Get("ListEvents", "events", Access.AnyRole, EventFilter.Parse, EventReads.List, Listed),
        Function.Get("ListEventsToo", "events/list", Access.AnyRole, EventFilter.Parse, EventReads.List, Listed),
    ];
}

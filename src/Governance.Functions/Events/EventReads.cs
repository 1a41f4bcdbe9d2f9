using System.Globalization;
using System.Text.Json;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Functions.Deployments;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.Observability;
using Governance.Functions.SignIn;
using Governance.Storage.Streams;
using Governance.Storage.Vault;
using Governance.Storage.Views;

namespace Governance.Functions.Events;

/// <summary>Which events are listed.</summary>
internal sealed record EventFilter(CorrelationId? Stream, string? EventType, DateTimeOffset? From, DateTimeOffset? To, Page Page)
{
    internal static EventFilter Parse(Input input)
    {
        var stream = input.Query.Text("correlation_id") is null ? (CorrelationId?)null : input.Query.Id<CorrelationId>("correlation_id");
        return new(stream, input.Query.Text("event_type", 60), input.Query.Instant("from"), input.Query.Instant("to"), input.Paging());
    }
}

/// <summary>The log over all deployments, and its verification.</summary>
internal static class EventReads
{
    // An empty hour costs one read; a page looks through at most so many.
    private const int MostHours = 48;

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
        var (hour, cursor) = Place(filter.Page.Cursor) ?? (filter.To is { } to && to < now ? to : now, null);
        var oldest = filter.From ?? now.AddDays(-30);
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

    /// <summary>GET /events/verify/{id}/: recomputes the chain and the evidence digests.</summary>
    internal static async Task<IResult> Verify(ApiRequest request)
    {
        var streams = request.Service<EventStreams<DeploymentState, DeploymentEvent>>();
        var head = await streams.Read(request.Id<CorrelationId>(), request.Cancellation);
        if (head is null)
        {
            return Problems.From(new DeploymentUnknown());
        }

        var verdict = await ChainCheck.Of(streams, head, request.Cancellation);
        var flaws = new List<string>();
        if (verdict.Flaw is { } flaw)
        {
            flaws.Add(flaw);
        }

        var evidence = head.State.Evidence is { } link
            ? await request.Service<EvidenceVault>().Verify(link.PackId, link.PackDigest, request.Cancellation)
            : null;
        if (evidence?.Flaw is { } altered)
        {
            flaws.Add(altered);
        }

        if (flaws.Count > 0)
        {
            request.Service<ILogger<EventLog>>().NotAsItWas(head.Id.ToString(), string.Join(' ', flaws));
        }

        return Results.Ok(new VerifyView(
            flaws.Count == 0, verdict.Checked, verdict.FirstBadSequence, head.Hash, evidence is null ? null : evidence.Valid, flaws, Anchor: null));
    }

    private static async Task<IResult> OfStream(
        ApiRequest request, EventStreams<DeploymentState, DeploymentEvent> streams, CorrelationId id, EventFilter filter)
    {
        var head = await streams.Read(id, request.Cancellation);
        if (head is null)
        {
            return Problems.From(new DeploymentUnknown());
        }

        var last = filter.Page.Cursor is { } cursor ? long.Parse(cursor, CultureInfo.InvariantCulture) : head.Sequence;
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

    private static (DateTimeOffset Hour, string? Cursor)? Place(string? cursor) => cursor?.Split('|') is [var ticks, var place]
        ? (new DateTimeOffset(long.Parse(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero), place.Length == 0 ? null : place)
        : null;
}

/// <summary>Recomputes a stream's chain from its rows, read by key from the head's sequence.</summary>
internal static class ChainCheck
{
    private const int AtOnce = 500;

    internal static async Task<ChainVerdict> Of<TState, TEvent>(EventStreams<TState, TEvent> streams, StreamHead<TState> head, CancellationToken cancellation)
        where TState : class
    {
        var (expected, previous) = (1L, Digest.Zero);
        while (expected <= head.Sequence)
        {
            var count = (int)Math.Min(AtOnce, head.Sequence - expected + 1);
            foreach (var stored in await streams.ReadEvents(head.Id, expected, count, cancellation))
            {
                var flaw = stored.Sequence != expected ? $"Event {expected} is missing."
                    : stored.PreviousHash != previous ? $"Event {expected} does not follow the event before it."
                    : EventHash.Of(head.Id, stored.Sequence, stored.EventType, stored.Timestamp, stored.Actor, stored.Data, stored.PreviousHash) != stored.Hash
                        ? $"Event {expected} is not what its hash says."
                    : null;
                if (flaw is not null)
                {
                    return new(expected - 1, previous, expected, flaw);
                }

                (expected, previous) = (expected + 1, stored.Hash);
            }

            if (count > 0 && expected <= head.Sequence && (await streams.ReadEvents(head.Id, expected, 1, cancellation)).Count == 0)
            {
                return new(expected - 1, previous, expected, $"Event {expected} is missing.");
            }
        }

        return previous == head.Hash
            ? new(head.Sequence, previous, null, null)
            : new(head.Sequence, previous, head.Sequence, "The head names another hash than its last event.");
    }
}

/// <summary>What verification found.</summary>
internal sealed record VerifyView(
    bool Valid, long Checked, long? FirstBadSequence, Digest HeadHash, bool? EvidenceValid, IReadOnlyList<string> Flaws, JsonElement? Anchor);

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
        Function.Get("VerifyEvents", "events/verify/{id}", Access.AnyRole, EventReads.Verify, new(
            "Recomputes a deployment's hash chain and the digests of its evidence.",
            Response: """{"valid": true, "checked": 5, "first_bad_sequence": null, "head_hash": "9f2c…", "evidence_valid": true, "flaws": [], "anchor": null}""")
        { Refusals = ["404 DEPLOYMENT_UNKNOWN"] }),
    ];
}

using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Storage.Views;

namespace Governance.Functions.Cab;

/// <summary>The lists of CAB requests.</summary>
internal static class CabLists
{
    /// <summary>GET /cab/pending/: most urgent first.</summary>
    internal static async Task<IResult> Pending(ApiRequest request, Page page)
    {
        var found = await request.Service<DeploymentViews>().PendingCab(page.Limit, page.Cursor, request.Cancellation);
        var troubles = await request.Service<ICardRecords>().Troubles(request.Cancellation);
        return Results.Ok(new PendingView([.. found.Items.Select(CabRow.Of).OfType<CabRow>().Select(row => row.With(troubles))], page.Next(found.Cursor)));
    }

    /// <summary>GET /cab/my-requests/: what the caller has submitted, newest first.</summary>
    internal static async Task<IResult> Mine(ApiRequest request, Page page)
    {
        var found = await request.Service<DeploymentViews>().ByRequester(request.Caller.Id, page.Limit, page.Cursor, request.Cancellation);
        return Results.Ok(new DeploymentCabView([.. found.Items.Select(CabStanding.Of)], page.Next(found.Cursor)));
    }

    /// <summary>GET /cab/: all deployments as the CAB sees them, newest first.</summary>
    internal static async Task<IResult> All(ApiRequest request, Page page)
    {
        var found = await request.Service<DeploymentViews>().Recent(null, null, null, page.Limit, page.Cursor, request.Cancellation);
        return Results.Ok(new DeploymentCabView([.. found.Items.Select(CabStanding.Of)], page.Next(found.Cursor)));
    }
}

/// <summary>A page of open requests.</summary>
internal sealed record PendingView(IReadOnlyList<CabRow> Approvals, string? ContinuationToken);

/// <summary>An open request; its id is the deployment's correlation id.</summary>
internal sealed record CabRow(
    CorrelationId Id, string AppName, string Version, Ring TargetRing, int? RiskScore, Urgency Urgency, int Revision, Digest SubjectDigest, int Votes, int Needed,
    DateTimeOffset RequestedAt, DateTimeOffset DueAt, DateTimeOffset ExpiresAt, bool Escalated, PersonId SubmittedBy)
{
    /// <summary>Unknown where its card may or may not have reached people, late where it has not; null where nothing is amiss.</summary>
    public CardState? Card { get; init; }

    internal CabRow With(CardTroubles troubles) =>
        troubles.Unknown.Any(card => card.CorrelationId == Id && card.Revision == Revision) ? this with { Card = CardState.Unknown }
        : troubles.LateCards.Any(card => card.CorrelationId == Id && card.Revision == Revision) ? this with { Card = CardState.Late }
        : this;

    internal static CabRow? Of(DeploymentSummary summary) => summary.Cab is not { } cab ? null : new(
        summary.CorrelationId, summary.AppName, summary.Version, summary.TargetRing, summary.RiskScore, summary.Urgency, cab.Revision, cab.SubjectDigest,
        cab.Votes, cab.Needed, cab.RequestedAt, cab.DueAt, cab.ExpiresAt, cab.Escalated, summary.SubmittedBy);
}

/// <summary>A page of deployments as the CAB sees them.</summary>
internal sealed record DeploymentCabView(IReadOnlyList<CabStanding> Requests, string? ContinuationToken);

/// <summary>How one deployment stands with the CAB.</summary>
internal sealed record CabStanding(CorrelationId Id, string AppName, string Version, Ring TargetRing, DeploymentStatus Status, int? RiskScore, CabRow? Open, DateTimeOffset? ReviewDueAt, DateTimeOffset UpdatedAt)
{
    internal static CabStanding Of(DeploymentSummary summary) => new(
        summary.CorrelationId, summary.AppName, summary.Version, summary.TargetRing, summary.Status, summary.RiskScore, CabRow.Of(summary), summary.ReviewDueAt, summary.UpdatedAt);
}

using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Policy;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Functions.Pages;
using Governance.Storage.Streams;

namespace Governance.Functions.Review;

/// <summary>What has happened, newest first.</summary>
internal static class TimelineSection
{
    private static readonly DeploymentCodec Codec = new();

    internal static Html Write(ReviewFile file) => Html.Of($"""
        <h2 id="timeline">Timeline</h2>
        <p class="muted">{(file.Log.Count < file.Head.Sequence ? Html.Of($"The last {file.Log.Count} of {file.Head.Sequence} events, newest first.") : Html.Of($"All {file.Log.Count} events, newest first."))}</p>
        <ol class="timeline" reversed start="{file.Head.Sequence}">
        {Html.All(file.Log.Reverse(), Entry)}
        </ol>
        """);

    private static Html Entry(StoredEvent stored) => Html.Of($"""
        <li>{Shown.At(stored.Timestamp)} <strong>{Shown.Words(stored.EventType)}</strong> by {Shown.Actor(stored.Actor)}{Html.Where(Telling(Codec.ReadEvent(stored.EventType, stored.Data)), text => Html.Of($": {Shown.Text(text)}"))}</li>
        """);

    // What of an event a person wants to read; the log itself has everything.
    private static string? Telling(DeploymentEvent happened) => happened switch
    {
        PolicyCheckCompleted e => $"score {e.Check.Score}",
        PolicyBlocked e => string.Join(' ', e.Reasons),
        CabVoteRecorded e => Said(e.Comments),
        CabApproved e => e.Conditions.Count > 0 ? $"{e.Conditions.Count} conditions. {e.Comments}" : Said(e.Comments),
        CabRejected e => e.Comments,
        EmergencyApproved e => $"{e.IncidentId}. {e.Reason}",
        EmergencyReviewed e => $"{e.Outcome}. {e.Comments}",
        ApprovalRevoked e => e.Reason,
        DeploymentCancelled e => e.Reason,
        PromotionGateFailed e => e.Gate.Reason,
        DeploymentPublished e => e.Ring.WireName(),
        RingPromoted e => $"{e.From.WireName()} to {e.To.WireName()}",
        DeploymentPublishFailed e => e.Message,
        DeploymentFailed e => e.Reason,
        RolloutHeld e => e.Reason,
        RolloutResumed e => e.Reason,
        RollbackStarted e => e.Reason,
        IncidentReported e => e.Summary,
        _ => null,
    };

    private static string? Said(string comments) => comments.Length == 0 ? null : comments;
}

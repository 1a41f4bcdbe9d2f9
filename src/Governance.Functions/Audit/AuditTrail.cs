using System.Text.Json;
using Governance.Core;
using Governance.Core.Audit;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.Observability;
using Governance.Storage.Audit;
using Governance.Storage.Streams;
using Governance.Storage.Vault;

namespace Governance.Functions.Audit;

/// <summary>A deployment's log as an audit sees it.</summary>
/// <param name="Verdict">The stream, recomputed.</param>
/// <param name="Events">The events that stand.</param>
/// <param name="Packs">The packs that they name.</param>
/// <param name="Anchor">What the anchors say; null where none names it yet.</param>
/// <param name="Flaws">What is wrong with the log and its anchors.</param>
/// <param name="FirstBadSequence">The first event that may be other than it was; null where all stand.</param>
internal sealed record AuditTrail(
    StreamVerdict Verdict, IReadOnlyList<EventEnvelope> Events, IReadOnlyList<EvidenceLink> Packs, AnchorFinding? Anchor, IReadOnlyList<string> Flaws, long? FirstBadSequence);

/// <summary>Recomputes a deployment's log, and judges it by the anchors.</summary>
internal sealed class AuditTrails(EventStreams<DeploymentState, DeploymentEvent> deployments, AnchorAudit anchors, AnchorLog log)
{
    /// <summary>Reads everything anew.</summary>
    /// <returns>Null where there is no such deployment, and no anchor says that there was one.</returns>
    public async Task<AuditTrail?> Of(CorrelationId id, CancellationToken cancellation)
    {
        var verdict = await StreamAudit.Of(deployments, id, cancellation);
        if (verdict is null)
        {
            // Nothing of it is there; unless it was anchored, it never was.
            if (await log.PointsOf(new(AnchorNotes.Deployment, id), cancellation) is null)
            {
                return null;
            }

            verdict = new(id, new(id), [], null, 1, ["The whole log is gone."]);
        }

        var anchor = await anchors.Of(AnchorNotes.Deployment, verdict, cancellation);
        var events = verdict.Events.Select(each => each.ToEnvelope()).ToList();
        var flaws = verdict.Flaws.ToList();
        IReadOnlyList<EvidenceLink> packs = [];
        try
        {
            packs = BundleCheck.Packs(events);
        }
        catch (JsonException unreadable)
        {
            flaws.Add($"An event is not one of a deployment: {unreadable.Message}");
        }

        flaws.AddRange(anchor?.Flaws ?? []);
        return new(verdict, events, packs, anchor, flaws, Earlier(verdict.FirstBadSequence, anchor?.FirstBadSequence));
    }

    private static long? Earlier(long? one, long? other) => one is { } a && other is { } b ? Math.Min(a, b) : one ?? other;
}

/// <summary>Where a log stands in the anchors.</summary>
/// <param name="Number">The last anchor that names it.</param>
/// <param name="At">When that was made.</param>
/// <param name="Sequence">The last event that it covers.</param>
/// <param name="Sha256">SHA-256 of the anchor's bytes: compare it with a copy that was kept elsewhere.</param>
/// <param name="NotAnchored">Events that no anchor covers yet.</param>
/// <param name="Valid">Whether anchors and log agree.</param>
internal sealed record AnchorView(
    long? Number, DateTimeOffset? At, long? Sequence, Digest? Root, long? TreeSize, long? LeafIndex, Digest? Sha256, IReadOnlyList<long> NotAnchored, bool Valid)
{
    internal static AnchorView? Of(AuditTrail trail)
    {
        if (trail.Anchor is not { } found)
        {
            return null;
        }

        var leaf = found.Proof?.Leaf.Sequence;
        return new(
            found.Anchor?.Number, found.Anchor?.At, leaf, found.Anchor?.Root, found.Anchor?.TreeSize, found.Proof?.LeafIndex, found.Anchor is null ? null : found.Sha256,
            BundleCheck.NotAnchored(leaf, trail.Verdict.Chain.Checked), found.Flaws.Count == 0);
    }
}

/// <summary>What verification found.</summary>
internal sealed record VerifyView(
    bool Valid, long Checked, long? FirstBadSequence, Digest HeadHash, bool? EvidenceValid, IReadOnlyList<string> Flaws, AnchorView? Anchor);

/// <summary>GET /events/verify/{id}/.</summary>
internal static class VerifyEvents
{
    /// <returns>200 with what was found, whatever that is; 404 where there never was such a deployment.</returns>
    internal static async Task<IResult> Handle(ApiRequest request)
    {
        if (await request.Service<AuditTrails>().Of(request.Id<CorrelationId>(), request.Cancellation) is not { } trail)
        {
            return Problems.From(new DeploymentUnknown());
        }

        var flaws = trail.Flaws.ToList();
        foreach (var link in trail.Packs)
        {
            if ((await request.Service<EvidenceVault>().Verify(link.PackId, link.PackDigest, link.StoredSha256, request.Cancellation)).Flaw is { } altered)
            {
                flaws.Add(altered);
            }
        }

        if (flaws.Count > 0)
        {
            request.Service<ILogger<AuditTrails>>().NotAsItWas(trail.Verdict.Id.ToString(), string.Join(' ', flaws));
        }

        return Results.Ok(new VerifyView(
            flaws.Count == 0, trail.Verdict.Chain.Checked, trail.FirstBadSequence, trail.Verdict.Chain.HeadHash,
            trail.Packs.Count == 0 ? null : flaws.Count == trail.Flaws.Count, flaws, AnchorView.Of(trail)));
    }
}

using Governance.Core;
using Governance.Core.Rollout;
using Governance.Intune.Graph;
using Microsoft.Extensions.Logging;
using Microsoft.Graph.Models;

namespace Governance.Intune.Publishing;

/// <summary>One attempt to publish: find the app or make it, bring its content in, put its metadata right, assign it.</summary>
internal sealed class PublishRun(
    PublishRequest request, IPublishFence fence, AppCalls apps, ContentCalls content, BlockUpload upload, GraphCaller caller, IntuneOptions options, ILogger log)
    : IAsyncDisposable
{
    private readonly ClaimHold _claim = new(fence, request.Known, request.CorrelationId, caller, log);
    private PackageInHand? _package;
    private bool _anew;

    public async Task<PublishOutcome> Run(CancellationToken cancellation)
    {
        var body = AppBody.Of(request, options.App, out var problems);
        var published = body is null
            ? Stop.Permanent("APP_FACTS_INVALID", string.Join(' ', problems))
            : await Publish(body, cancellation).ConfigureAwait(false);
        return published switch
        {
            { Stop: null, Value: { } app } => new PublishOutcome.Published(app, _claim.Ids),
            { Stop: Stop.Failed failed } => new PublishOutcome.Failed(failed.Failure, _claim.Ids),
            { Stop: Stop.Held held } => new PublishOutcome.WaitingForTenantApproval(held.Approval, _claim.Ids),
            { Stop: Stop.SubjectChanged changed } => new PublishOutcome.SubjectChanged(changed.Detail),
            { Stop: Stop.ClaimLost } => new PublishOutcome.ClaimLost(),
            _ => throw new InvalidOperationException("A publish ended without an outcome."),
        };
    }

    private CallFor Whose => new(request.CorrelationId, request.Approval, request.Justification) { StillHeld = _claim.StillHeld };

    public ValueTask DisposeAsync() => _package?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<Step<string>> Publish(AppBody body, CancellationToken cancellation)
    {
        while (true)
        {
            var located = _anew ? default : await Locate(body, cancellation).ConfigureAwait(false);
            if (located.Stop is not null)
            {
                return located.Stop;
            }

            var found = located.Value;
            var app = found is null ? await Create(body, cancellation).ConfigureAwait(false) : await Resume(found, cancellation).ConfigureAwait(false);
            if (app.Stop is not null)
            {
                return app.Stop;
            }

            var ended = await BringContent(body, found, app.Value!, cancellation).ConfigureAwait(false);
            if (ended.Stop is not null)
            {
                return ended.Stop;
            }

            if (ended.Value!.Trouble is { } trouble)
            {
                if (await StartAnew(app.Value!, trouble, cancellation).ConfigureAwait(false) is { } stop)
                {
                    return stop;
                }

                continue;
            }

            return await Finish(body, found, app.Value!, cancellation).ConfigureAwait(false) is { } unfinished ? unfinished : app.Value!;
        }
    }

    private async Task<Step<Win32LobApp>> Locate(AppBody body, CancellationToken cancellation)
    {
        var locator = new AppLocator(apps, caller, Whose, request.CorrelationId);
        var found = await locator.Locate(request.Known.AppId, body.DisplayName, patient: true, cancellation).ConfigureAwait(false);
        return found is { Stop: null, Value: null } && request.EarlierAttemptAt is { } earlier
            ? await locator.AfterEarlierAttempt(earlier, body.DisplayName, _claim, cancellation).ConfigureAwait(false)
            : found;
    }

    private async Task<Step<string>> Create(AppBody body, CancellationToken cancellation)
    {
        // From this sign of life on the app may be there that nobody has noted: whoever comes after looks for it from then on.
        if ((await OpenPackage(cancellation).ConfigureAwait(false) ?? await _claim.Store(_claim.Ids, cancellation).ConfigureAwait(false)) is { } stop)
        {
            return stop;
        }

        var locator = new AppLocator(apps, caller, Whose, request.CorrelationId);
        var made = await Creation.Once(
            caller,
            _claim,
            () => apps.Create(Whose, () => body.Create(_package!.Package.Manifest), cancellation),
            () => locator.ByMarker(body.DisplayName, cancellation),
            cancellation).ConfigureAwait(false);
        if (made.Stop is not null)
        {
            return made.Stop;
        }

        var id = made.Value!.Id!;
        log.AppMade(id, request.CorrelationId);
        return await _claim.Store(new(id, null, null), cancellation).ConfigureAwait(false) is { } gone ? gone : id;
    }

    /// <summary>Takes up an app that is there: stores an id that the claim did not know.</summary>
    private async Task<Step<string>> Resume(Win32LobApp found, CancellationToken cancellation)
    {
        var id = found.Id!;
        if (_claim.Ids.AppId == id)
        {
            return id;
        }

        // Version and file of an app that is gone say nothing about this one.
        return await _claim.Store(new(id, null, null), cancellation).ConfigureAwait(false) is { } lost ? lost : id;
    }

    private async Task<Step<ContentRun.End>> BringContent(AppBody body, Win32LobApp? found, string app, CancellationToken cancellation)
    {
        var run = new ContentRun(apps, content, upload, caller, options, _claim, Whose, app, log);
        if (found is not null)
        {
            var marker = NotesMarker.Find(found.Notes);
            var other = marker is not null && marker.Artifact != request.Artifact.Sha256;
            if (string.IsNullOrEmpty(found.CommittedContentVersion))
            {
                // Evidence or facts may have changed since; an app that no device ever saw is made anew rather than mended.
                if (other || (marker is not null && marker.Metadata != body.Marker.Metadata))
                {
                    return new ContentRun.End(null, "it was made for another package or other facts");
                }
            }
            else if (other)
            {
                return Stop.Permanent("APP_HOLDS_OTHER_CONTENT", $"App {app} is published with package {marker!.Artifact}; a published deployment keeps its package.");
            }
            else if (found.PublishingState == MobileAppPublishingState.Published && Vouched(found, marker))
            {
                return new ContentRun.End(found.CommittedContentVersion, null);
            }

            if (await run.Load(found, cancellation).ConfigureAwait(false) is { } failed)
            {
                return failed;
            }
        }

        if (await OpenPackage(cancellation).ConfigureAwait(false) is { } stop)
        {
            return stop;
        }

        if (found is not null)
        {
            log.AppResumed(app, request.CorrelationId, run.Standing(_package!.Package.Manifest));
        }

        return await run.Run(_package!.Package, () => Holds(_package.Sha256), cancellation).ConfigureAwait(false);
    }

    /// <summary>Whether published content is known to be ours: by the version in the claim, or by our marker where the claim names none.</summary>
    private bool Vouched(Win32LobApp found, NotesMarker? marker) => _claim.Ids.ContentVersion is { } version
        ? version == found.CommittedContentVersion
        : marker is not null;

    private async Task<Stop?> StartAnew(string app, string trouble, CancellationToken cancellation)
    {
        if (_anew)
        {
            return Stop.Transient("CONTENT_REFUSED", $"Intune does not take the content, also not in a new app: {trouble}.");
        }

        if (request.Approval is not null)
        {
            return Stop.Permanent("CONTENT_STUCK", $"App {app} can't be repaired ({trouble}), and is not deleted while the tenant's approval is pending.");
        }

        var fresh = await apps.Get(Whose, app, propagates: false, cancellation).ConfigureAwait(false);
        if (!fresh.IsMissing && fresh.Stop() is { } unread)
        {
            return unread;
        }

        if (fresh.Value is { } now
            && (!string.IsNullOrEmpty(now.CommittedContentVersion) || NotesMarker.Find(now.Notes)?.CorrelationId != request.CorrelationId))
        {
            return Stop.Permanent("CONTENT_STUCK", $"App {app} can't be repaired ({trouble}), and is not surely ours and unpublished, so it is not deleted.");
        }

        if (await _claim.SignOfLife(cancellation).ConfigureAwait(false) is { } lost)
        {
            return lost;
        }

        log.StartsAnew(app, request.CorrelationId, trouble);
        var deleted = await apps.Delete(Whose, app, cancellation).ConfigureAwait(false);
        if (!deleted.IsMissing && deleted.Stop() is { } stop)
        {
            return stop;
        }

        _anew = true;
        return await _claim.Store(PlaneIds.None, cancellation).ConfigureAwait(false);
    }

    private async Task<Stop?> Finish(AppBody body, Win32LobApp? found, string app, CancellationToken cancellation)
    {
        if (found is not null && !body.Matches(found))
        {
            if (await _claim.SignOfLife(cancellation).ConfigureAwait(false) is { } lost)
            {
                return lost;
            }

            var notes = body.Marker.PutInto(found.Notes);
            var mended = await apps.Patch(Whose, "mend metadata", app, () => body.Metadata(notes), cancellation).ConfigureAwait(false);
            if (mended.Stop() is { } stop)
            {
                return stop;
            }
        }

        // Without bytes in hand the app's own record of them counts: our marker, or the version that the claim knows.
        if (Holds(_package?.Sha256 ?? NotesMarker.Find(found?.Notes)?.Artifact ?? request.Artifact.Sha256) is { } changed)
        {
            return changed;
        }

        var assignments = new AssignmentRun(apps, _claim, Whose, log);
        return (await assignments.Run(app, request.Assignments, AssignmentSet.Empty, cancellation).ConfigureAwait(false)).Stop;
    }

    private async Task<Stop?> OpenPackage(CancellationToken cancellation)
    {
        if (_package is not null)
        {
            return null;
        }

        var opened = await PackageInHand.Open(request, options.Package, log, cancellation).ConfigureAwait(false);
        _package = opened.Value;
        return opened.Stop;
    }

    private Stop.SubjectChanged? Holds(Digest sha256) => request.SubjectHolds(sha256, request.Assignments)
        ? null
        : new("Package and groups are not what is approved now.");
}

using System.Globalization;
using Governance.Core;
using Governance.Core.Rollout;
using Governance.Intune.Graph;
using Governance.Intune.IntuneWin;
using Microsoft.Extensions.Logging;
using Microsoft.Graph.Models;

namespace Governance.Intune.Publishing;

/// <summary>Brings one package into one app: takes the plan's next step until content is published.</summary>
internal sealed class ContentRun(
    AppCalls apps, ContentCalls content, BlockUpload upload, GraphCaller caller, IntuneOptions options, ClaimHold claim, CallFor whose, string app, ILogger log)
{
    private const int Commits = 3;
    private const int NewVersions = 2;
    private ContentState _state = ContentState.Fresh;
    private int _commits;
    private int _versions;
    private int _deadFiles;
    private bool _commitUnclear;

    /// <summary>How it ended: published, or not to be repaired.</summary>
    /// <param name="Version">The published version; null when it can't be repaired.</param>
    /// <param name="Trouble">Why a new app is needed.</param>
    internal sealed record End(string? Version, string? Trouble);

    /// <summary>Reads how content stands in an app that was there before.</summary>
    public async Task<Stop?> Load(Win32LobApp found, CancellationToken cancellation)
    {
        var committed = string.IsNullOrEmpty(found.CommittedContentVersion) ? null : found.CommittedContentVersion;
        _state = new(committed, found.PublishingState, []);
        if (committed is not null && (claim.Ids.ContentVersion is null || claim.Ids.ContentVersion == committed))
        {
            return null;
        }

        var versions = await content.Versions(whose, app, cancellation).ConfigureAwait(false);
        if (versions.Stop() is { } stop)
        {
            return stop;
        }

        // On a published app only a version that we began after the committed one is gone on with. Pointing back to an older one is not known
        // to work on every tenant; its content is uploaded anew.
        foreach (var version in versions.Value!.Where(v => v.Id is not null
            && (committed is null || (v.Id == claim.Ids.ContentVersion && Number(v.Id) > Number(committed)))))
        {
            if (await LoadFiles(version.Id!, cancellation).ConfigureAwait(false) is { } failed)
            {
                return failed;
            }
        }

        return null;
    }

    /// <summary>Where content stands, for logs.</summary>
    public string Standing(IntuneWinManifest package) => ContentPlan.Next(_state, package, Keep).GetType().Name;

    /// <summary>Goes on to the end.</summary>
    /// <param name="package">What is to be published.</param>
    /// <param name="subjectHolds">Asked right before bytes are uploaded.</param>
    /// <param name="cancellation">Ends it between two calls.</param>
    public async Task<Step<End>> Run(IntuneWinPackage package, Func<Stop?> subjectHolds, CancellationToken cancellation)
    {
        while (true)
        {
            if (await claim.SignOfLife(cancellation).ConfigureAwait(false) is { } lost)
            {
                return lost;
            }

            var next = ContentPlan.Next(_state, package.Manifest, Keep);
            switch (next)
            {
                case ContentStep.Ready ready:
                    return new End(ready.Version, null);
                case ContentStep.StartAnew anew:
                    return new End(null, anew.Reason);
            }

            var stop = next switch
            {
                ContentStep.MakeVersion => await MakeVersion(cancellation).ConfigureAwait(false),
                ContentStep.MakeFile step => await MakeFile(step.Version, package.Manifest, cancellation).ConfigureAwait(false),
                ContentStep.Upload step when subjectHolds() is { } changed => changed,
                ContentStep.Upload step => await Upload(step, package, cancellation).ConfigureAwait(false),
                ContentStep.CommitAgain step => await Commit(step.Version, step.File, package.Manifest.Keys, cancellation).ConfigureAwait(false),
                ContentStep.AwaitCommit step => await AwaitCommit(step.Version, step.File, package.Manifest, cancellation).ConfigureAwait(false),
                ContentStep.Activate step => await Activate(step.Version, cancellation).ConfigureAwait(false),
                ContentStep.AwaitPublished step => await AwaitPublished(step.Version, cancellation).ConfigureAwait(false),
                _ => throw new InvalidOperationException($"{next.GetType().Name} is no step of content."),
            };
            if (stop is Stop.DeadFile dead)
            {
                // What the file says now decides: a new version, a new app, or nothing at all.
                stop = ++_deadFiles > NewVersions
                    ? Stop.Transient("CONTENT_REFUSED", dead.Detail)
                    : await LoadFiles(_state.Versions[^1].Id, cancellation).ConfigureAwait(false);
            }

            if (stop is not null)
            {
                return stop;
            }
        }
    }

    /// <summary>Whether the committed content is ours: the claim names its version, or names none and the app's marker vouches for it.</summary>
    private bool Keep => claim.Ids.ContentVersion is null || claim.Ids.ContentVersion == _state.Committed;

    private async Task<Stop?> MakeVersion(CancellationToken cancellation)
    {
        if (++_versions > NewVersions)
        {
            return Stop.Transient("CONTENT_REFUSED", $"Intune refused the content {NewVersions} times although the package is sound.");
        }

        var before = _state.Versions.Select(v => v.Id).ToHashSet();
        var made = await Creation.Once(
            caller,
            claim,
            () => content.CreateVersion(whose, app, cancellation),
            async () =>
            {
                var listed = await content.Versions(whose, app, cancellation).ConfigureAwait(false);
                return listed.Stop() is { } stop
                    ? stop
                    : listed.Value!
                        .Where(v => v.Id is not null && v.Id != _state.Committed && !before.Contains(v.Id))
                        .MaxBy(v => Number(v.Id)) is { } found ? found : default(Step<MobileAppContent>);
            },
            cancellation).ConfigureAwait(false);
        if (made.Stop is { } failed)
        {
            return failed;
        }

        _state = _state.With(new(made.Value!.Id!, []));
        return await claim.Store(new(app, made.Value.Id, null), cancellation).ConfigureAwait(false);
    }

    private async Task<Stop?> MakeFile(string version, IntuneWinManifest package, CancellationToken cancellation)
    {
        var made = await Creation.Once(
            caller,
            claim,
            () => content.CreateFile(whose, app, version, package, cancellation),
            async () =>
            {
                var listed = await content.Files(whose, app, version, cancellation).ConfigureAwait(false);
                return listed.Stop() is { } stop ? stop : listed.Value is [var found, ..] ? found : default(Step<MobileAppContentFile>);
            },
            cancellation).ConfigureAwait(false);
        if (made.Stop is { } failed)
        {
            return failed;
        }

        _state = _state.With(new(version, [ContentFile.Of(made.Value!, ours: true)]));
        return await claim.Store(new(app, version, made.Value!.Id), cancellation).ConfigureAwait(false);
    }

    private async Task<Stop?> Upload(ContentStep.Upload step, IntuneWinPackage package, CancellationToken cancellation)
    {
        var book = new AddressBook(content, caller, options, claim, whose, app, step.Version, step.File.Id, log);
        if (await book.Open(step.RenewFirst, cancellation).ConfigureAwait(false) is { } none)
        {
            return none;
        }

        var payload = package.OpenPayload();
        await using (payload.ConfigureAwait(false))
        {
            if (await upload.Run(payload, package.Manifest.EncryptedBytes, book.Current, cancellation).ConfigureAwait(false) is { } failed)
            {
                return failed;
            }
        }

        return await Commit(step.Version, step.File, package.Manifest.Keys, cancellation).ConfigureAwait(false);
    }

    private async Task<Stop?> Commit(string version, ContentFile file, ContentKeys keys, CancellationToken cancellation)
    {
        if (++_commits > Commits)
        {
            return Stop.Transient("COMMIT_TIMED_OUT", $"Intune did not check the content, asked {Commits} times.");
        }

        if (await claim.SignOfLife(cancellation).ConfigureAwait(false) is { } lost)
        {
            return lost;
        }

        var asked = await content.Commit(whose, app, version, file.Id, keys, cancellation).ConfigureAwait(false);
        _commitUnclear = asked.Fault is { Unclear: true } or { Kind: FaultKind.Garbled };
        if (!_commitUnclear && asked.Stop() is { } stop)
        {
            return stop;
        }

        _state = _state.With(new(version, [file with { State = MobileAppContentFileUploadState.CommitFilePending }]));
        return null;
    }

    private async Task<Stop?> AwaitCommit(string version, ContentFile file, IntuneWinManifest package, CancellationToken cancellation)
    {
        var within = caller.Pacing.CommitWithin + (caller.Pacing.CommitPerGigabyte * (1 + (package.EncryptedBytes >> 30)));
        var unmoved = 0;
        var looked = await Look.Until(
            caller,
            claim,
            within,
            token => content.File(whose, app, version, file.Id, token),
            // After an answer that was lost the old state tells, when it stays, that the request never arrived.
            found => IsSettled(ContentFile.Of(found)) || (_commitUnclear && !IsPending(found) && ++unmoved >= 3),
            _ => null,
            () => Stop.Transient("COMMIT_LATE", $"Intune did not finish checking the content within {within.TotalMinutes:0} min."),
            cancellation).ConfigureAwait(false);
        if (looked.Stop is { } stop)
        {
            return stop;
        }

        var now = ContentFile.Of(looked.Value!);
        if (IsSettled(now))
        {
            _state = _state.With(new(version, [now with { Id = file.Id, Name = file.Name, Size = file.Size, SizeEncrypted = file.SizeEncrypted }]));
            return null;
        }

        return await Commit(version, file, package.Keys, cancellation).ConfigureAwait(false);
    }

    private async Task<Stop?> Activate(string version, CancellationToken cancellation)
    {
        var patched = await apps
            .Patch(whose, "activate content", app, () => new() { CommittedContentVersion = version }, cancellation).ConfigureAwait(false);
        if (patched.Stop() is { } stop)
        {
            return stop;
        }

        // An answer without a body is fine; the state is looked at anyway.
        var state = patched.Value?.CommittedContentVersion == version ? patched.Value?.PublishingState : null;
        _state = new(version, state ?? MobileAppPublishingState.Processing, []);
        var ids = claim.Ids with { AppId = app, ContentVersion = version };
        return ids == claim.Ids ? null : await claim.Store(ids, cancellation).ConfigureAwait(false);
    }

    private async Task<Stop?> AwaitPublished(string version, CancellationToken cancellation)
    {
        var looked = await Look.Until(
            caller,
            claim,
            caller.Pacing.PublishedWithin,
            token => apps.Get(whose, app, propagates: true, token),
            found => found.PublishingState == MobileAppPublishingState.Published && found.CommittedContentVersion == version,
            _ => null,
            () => Stop.Transient("PUBLISH_LATE", $"The app was not published within {caller.Pacing.PublishedWithin.TotalMinutes:0} min."),
            cancellation).ConfigureAwait(false);
        if (looked.Stop is { } stop)
        {
            return stop;
        }

        log.ContentPublished(version, app, whose.Correlation!.Value);
        return await Load(looked.Value!, cancellation).ConfigureAwait(false);
    }

    private async Task<Stop?> LoadFiles(string version, CancellationToken cancellation)
    {
        var files = await content.Files(whose, app, version, cancellation).ConfigureAwait(false);
        if (files.Stop() is { } stop)
        {
            return stop;
        }

        _state = _state.With(new(version, [.. files.Value!.Select(file => ContentFile.Of(file))]));
        return null;
    }

    private static int Number(string? version) => int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static bool IsSettled(ContentFile file) => file.Committed || file.IsDead
        || file.State is MobileAppContentFileUploadState.CommitFileSuccess or MobileAppContentFileUploadState.CommitFileTimedOut;

    private static bool IsPending(MobileAppContentFile file) => file.UploadState == MobileAppContentFileUploadState.CommitFilePending;
}

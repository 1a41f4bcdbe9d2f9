using Governance.Core;
using Governance.Intune.IntuneWin;
using Microsoft.Graph.Models;

namespace Governance.Intune.Publishing;

/// <summary>An app's content, as it stands in Intune.</summary>
/// <param name="Committed">The version that devices get; null for none.</param>
/// <param name="State">The app's publishing state; null where Graph said a word that the SDK does not know.</param>
/// <param name="Versions">Versions that matter here: all of an app that never had content, else only one that we began on it.</param>
internal sealed record ContentState(string? Committed, MobileAppPublishingState? State, EquatableArray<ContentVersion> Versions)
{
    /// <summary>A new app.</summary>
    public static ContentState Fresh { get; } = new(null, MobileAppPublishingState.NotPublished, []);

    /// <summary>The same with one version changed or added.</summary>
    public ContentState With(ContentVersion version) => this with { Versions = [.. Versions.Where(v => v.Id != version.Id), version] };
}

/// <summary>One content version and its files.</summary>
internal sealed record ContentVersion(string Id, EquatableArray<ContentFile> Files);

/// <summary>One content file.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Size">Plain length, bytes.</param>
/// <param name="SizeEncrypted">Encrypted length with header, bytes.</param>
/// <param name="State">Its upload state; null where Graph said a word that the SDK does not know.</param>
/// <param name="Committed">Whether Intune has taken it.</param>
/// <param name="Ours">Whether this attempt made it, so that its upload address is fresh.</param>
internal sealed record ContentFile(
    string Id, string? Name, long? Size, long? SizeEncrypted, MobileAppContentFileUploadState? State, bool Committed, bool Ours = false)
{
    public static ContentFile Of(MobileAppContentFile file, bool ours = false) =>
        new(file.Id ?? string.Empty, file.Name, file.Size, file.SizeEncrypted, file.UploadState, file.IsCommitted ?? false, ours);

    public bool IsFor(IntuneWinManifest package) =>
        Name == IntuneWinPackage.PayloadName && Size == package.PlainBytes && SizeEncrypted == package.EncryptedBytes;

    public bool IsDead => State is MobileAppContentFileUploadState.AzureStorageUriRequestFailed
        or MobileAppContentFileUploadState.AzureStorageUriRequestTimedOut
        or MobileAppContentFileUploadState.AzureStorageUriRenewalFailed
        or MobileAppContentFileUploadState.AzureStorageUriRenewalTimedOut
        or MobileAppContentFileUploadState.CommitFileFailed
        or MobileAppContentFileUploadState.Error;
}

/// <summary>The next thing to do about content.</summary>
internal abstract record ContentStep
{
    /// <summary>Make a content version.</summary>
    public sealed record MakeVersion : ContentStep;

    /// <summary>Make the file in a version.</summary>
    public sealed record MakeFile(string Version) : ContentStep;

    /// <summary>Upload into a file; its address has to be renewed first where somebody else may have begun.</summary>
    public sealed record Upload(string Version, ContentFile File, bool RenewFirst) : ContentStep;

    /// <summary>Everything is uploaded and commit was asked for: wait for Intune to check it.</summary>
    public sealed record AwaitCommit(string Version, ContentFile File) : ContentStep;

    /// <summary>Ask for commit again, with the same keys.</summary>
    public sealed record CommitAgain(string Version, ContentFile File) : ContentStep;

    /// <summary>Make the version the one that devices get.</summary>
    public sealed record Activate(string Version) : ContentStep;

    /// <summary>Wait until the app is published.</summary>
    public sealed record AwaitPublished(string Version) : ContentStep;

    /// <summary>Nothing is left to do.</summary>
    public sealed record Ready(string Version) : ContentStep;

    /// <summary>What is there can't be used and was never published: begin with a new app.</summary>
    public sealed record StartAnew(string Reason) : ContentStep;
}

/// <summary>Decides how content goes on from whatever an earlier attempt left. Pure: the resume table, row by row.</summary>
internal static class ContentPlan
{
    /// <param name="content">What stands in Intune.</param>
    /// <param name="package">What is to stand there.</param>
    /// <param name="keep">Whether the committed content is known to be the package's.</param>
    public static ContentStep Next(ContentState content, IntuneWinManifest package, bool keep) => content switch
    {
        { State: MobileAppPublishingState.Published, Committed: { } version } when keep => new ContentStep.Ready(version),
        { State: not MobileAppPublishingState.Published, Committed: { } version } => new ContentStep.AwaitPublished(version),
        { Versions.Count: 0 } => new ContentStep.MakeVersion(),
        // Before the first commit Intune takes no second version, and a dead file spoils the only one.
        { Committed: null, Versions.Count: > 1 } => new ContentStep.StartAnew($"it has {content.Versions.Count} content versions"),
        { Committed: null } => InVersion(content.Versions[0], package) ?? new ContentStep.StartAnew(Trouble(content.Versions[0])),
        // On a published app a spoilt version is left alone and a new one takes its place.
        _ => InVersion(content.Versions[^1], package) ?? new ContentStep.MakeVersion(),
    };

    /// <returns>Null where the version can't be used.</returns>
    private static ContentStep? InVersion(ContentVersion version, IntuneWinManifest package) => version.Files switch
    {
        { Count: 0 } => new ContentStep.MakeFile(version.Id),
        { Count: > 1 } => null,
        _ when version.Files[0] is var file && (file.IsDead || !file.IsFor(package)) => null,
        _ => InFile(version.Id, version.Files[0]),
    };

    private static ContentStep InFile(string version, ContentFile file) => file.State switch
    {
        _ when file.Committed => new ContentStep.Activate(version),
        MobileAppContentFileUploadState.CommitFileSuccess => new ContentStep.Activate(version),
        MobileAppContentFileUploadState.CommitFilePending => new ContentStep.AwaitCommit(version, file),
        MobileAppContentFileUploadState.CommitFileTimedOut => new ContentStep.CommitAgain(version, file),
        MobileAppContentFileUploadState.AzureStorageUriRequestPending => new ContentStep.Upload(version, file, RenewFirst: false),
        MobileAppContentFileUploadState.AzureStorageUriRenewalPending => new ContentStep.Upload(version, file, RenewFirst: false),
        // An address that an earlier attempt got may have expired; blocks that it staged stay, and are overwritten.
        _ => new ContentStep.Upload(version, file, RenewFirst: !file.Ours),
    };

    private static string Trouble(ContentVersion version) => version.Files.Count == 1
        ? $"its file stands at {version.Files[0].State?.ToString() ?? "an unknown state"}, or is of another package"
        : $"its version has {version.Files.Count} files";
}

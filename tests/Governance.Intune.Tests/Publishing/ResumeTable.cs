using Governance.Intune.IntuneWin;
using Governance.Intune.Publishing;
using Microsoft.Graph.Models;
using Upload = Microsoft.Graph.Models.MobileAppContentFileUploadState;

namespace Governance.Intune.Tests.Publishing;

/// <summary>What is found in Intune, and what is done next.</summary>
public sealed class ResumeTable
{
    private static readonly IntuneWinManifest Package = new("a.msi", "a.msi", 1000, Keys(), null);

    [Fact]
    public void An_app_without_content_gets_a_version() => Assert.IsType<ContentStep.MakeVersion>(Next(ContentState.Fresh));

    [Fact]
    public void A_version_without_files_gets_the_file() => Assert.Equal(new ContentStep.MakeFile("1"), Next(First()));

    [Theory]
    [InlineData(Upload.AzureStorageUriRequestSuccess, true)]
    [InlineData(Upload.AzureStorageUriRenewalSuccess, true)]
    [InlineData(Upload.TransientError, true)]
    [InlineData(null, true)]
    [InlineData(Upload.AzureStorageUriRequestPending, false)]
    [InlineData(Upload.AzureStorageUriRenewalPending, false)]
    public void A_file_that_an_earlier_attempt_made_is_uploaded_again_through_a_renewed_address(Upload? state, bool renews)
    {
        var upload = Assert.IsType<ContentStep.Upload>(Next(First(File(state))));

        Assert.Equal(renews, upload.RenewFirst);
    }

    [Fact]
    public void A_file_of_this_attempt_has_a_fresh_address() =>
        Assert.False(Assert.IsType<ContentStep.Upload>(Next(First(File(Upload.AzureStorageUriRequestSuccess) with { Ours = true }))).RenewFirst);

    [Fact]
    public void A_pending_commit_is_waited_for_and_a_timed_out_one_is_asked_for_again()
    {
        Assert.IsType<ContentStep.AwaitCommit>(Next(First(File(Upload.CommitFilePending))));
        Assert.IsType<ContentStep.CommitAgain>(Next(First(File(Upload.CommitFileTimedOut))));
    }

    [Fact]
    public void Committed_content_is_activated()
    {
        Assert.Equal(new ContentStep.Activate("1"), Next(First(File(Upload.CommitFileSuccess))));
        Assert.Equal(new ContentStep.Activate("1"), Next(First(File(null) with { Committed = true })));
    }

    [Theory]
    [InlineData(Upload.AzureStorageUriRequestFailed)]
    [InlineData(Upload.AzureStorageUriRequestTimedOut)]
    [InlineData(Upload.AzureStorageUriRenewalFailed)]
    [InlineData(Upload.AzureStorageUriRenewalTimedOut)]
    [InlineData(Upload.CommitFileFailed)]
    [InlineData(Upload.Error)]
    public void A_dead_file_of_an_app_that_was_never_published_means_a_new_app_and_on_a_published_one_a_new_version(Upload state)
    {
        Assert.IsType<ContentStep.StartAnew>(Next(First(File(state))));
        Assert.IsType<ContentStep.MakeVersion>(Next(Published(new ContentVersion("2", [File(state)])), keep: false));
    }

    [Fact]
    public void Several_files_several_versions_or_another_packages_file_can_not_be_repaired()
    {
        Assert.IsType<ContentStep.StartAnew>(Next(First(File(Upload.CommitFileSuccess), File(Upload.CommitFileSuccess))));
        Assert.IsType<ContentStep.StartAnew>(Next(ContentState.Fresh with { Versions = [new("1", []), new("2", [])] }));
        Assert.IsType<ContentStep.StartAnew>(Next(First(File(Upload.CommitFileSuccess) with { Size = 999 })));
        Assert.IsType<ContentStep.StartAnew>(Next(First(File(Upload.CommitFileSuccess) with { SizeEncrypted = 1008 })));
        Assert.IsType<ContentStep.StartAnew>(Next(First(File(Upload.CommitFileSuccess) with { Name = "other" })));
    }

    [Fact]
    public void A_processing_app_is_waited_for() => Assert.Equal(
        new ContentStep.AwaitPublished("1"), Next(new ContentState("1", MobileAppPublishingState.Processing, [])));

    [Fact]
    public void A_published_app_with_our_content_is_ready_and_with_foreign_content_gets_a_new_version()
    {
        Assert.Equal(new ContentStep.Ready("1"), Next(Published()));
        Assert.IsType<ContentStep.MakeVersion>(Next(Published(), keep: false));
        Assert.Equal(new ContentStep.MakeFile("2"), Next(Published(new ContentVersion("2", [])), keep: false));
    }

    private static ContentStep Next(ContentState state, bool keep = true) => ContentPlan.Next(state, Package, keep);

    private static ContentState First(params ContentFile[] files) => ContentState.Fresh.With(new("1", [.. files]));

    private static ContentState Published(params ContentVersion[] begun) => new("1", MobileAppPublishingState.Published, [.. begun]);

    private static ContentFile File(Upload? state) => new("f", "IntunePackage.intunewin", 1000, 1056, state, false);

    private static ContentKeys Keys() => new()
    {
        EncryptionKey = new byte[32],
        MacKey = new byte[32],
        InitializationVector = new byte[16],
        Mac = new byte[32],
        FileDigest = new byte[32],
    };
}

using Governance.Intune.Graph;
using Governance.Intune.IntuneWin;
using Microsoft.Graph;
using Microsoft.Graph.DeviceAppManagement.MobileApps.Item.GraphWin32LobApp.ContentVersions;
using Microsoft.Graph.DeviceAppManagement.MobileApps.Item.GraphWin32LobApp.ContentVersions.Item.Files.Item;
using Microsoft.Graph.DeviceAppManagement.MobileApps.Item.GraphWin32LobApp.ContentVersions.Item.Files.Item.Commit;
using Microsoft.Graph.Models;

namespace Governance.Intune.Publishing;

/// <summary>The calls on an app's content, each with its plan.</summary>
internal sealed class ContentCalls(Func<GraphServiceClient> graph, GraphCaller caller)
{
    public Task<GraphReply<List<MobileAppContent>>> Versions(CallFor whose, string app, CancellationToken cancellation) => caller.Send(
        CallPlan.Read("list content versions", propagates: true),
        whose,
        async (call, token) => (await VersionsOf(app).GetAsync(call.Attach, token).ConfigureAwait(false))?.Value ?? [],
        cancellation);

    public Task<GraphReply<MobileAppContent>> CreateVersion(CallFor whose, string app, CancellationToken cancellation) => caller.Send(
        CallPlan.Create("create content version", propagates: true),
        whose,
        (call, token) => VersionsOf(app).PostAsync(new MobileAppContent(), call.Attach, token),
        cancellation);

    public Task<GraphReply<List<MobileAppContentFile>>> Files(CallFor whose, string app, string version, CancellationToken cancellation) => caller.Send(
        CallPlan.Read("list content files", propagates: true),
        whose,
        async (call, token) => (await VersionsOf(app)[version].Files.GetAsync(call.Attach, token).ConfigureAwait(false))?.Value ?? [],
        cancellation);

    public Task<GraphReply<MobileAppContentFile>> CreateFile(
        CallFor whose, string app, string version, IntuneWinManifest package, CancellationToken cancellation) => caller.Send(
        CallPlan.Create("create content file", propagates: true),
        whose,
        (call, token) => VersionsOf(app)[version].Files.PostAsync(
            new MobileAppContentFile
            {
                Name = IntuneWinPackage.PayloadName,
                Size = package.PlainBytes,
                SizeEncrypted = package.EncryptedBytes,
                IsDependency = false,
                Manifest = null,
            },
            call.Attach,
            token),
        cancellation);

    public Task<GraphReply<MobileAppContentFile>> File(CallFor whose, string app, string version, string file, CancellationToken cancellation) =>
        caller.Send(
            CallPlan.Read("get content file", propagates: true),
            whose,
            (call, token) => FileOf(app, version, file).GetAsync(call.Attach, token),
            cancellation);

    public Task<GraphReply<bool>> Renew(CallFor whose, string app, string version, string file, CancellationToken cancellation) => caller.Send(
        CallPlan.Repeatably("renew upload address"),
        whose,
        async (call, token) =>
        {
            await FileOf(app, version, file).RenewUpload.PostAsync(call.Attach, token).ConfigureAwait(false);
            return true;
        },
        cancellation);

    /// <summary>Not repeated by itself: whether it arrived shows in the file's state.</summary>
    public Task<GraphReply<bool>> Commit(CallFor whose, string app, string version, string file, ContentKeys keys, CancellationToken cancellation) =>
        caller.Send(
            CallPlan.Create("commit content file"),
            whose,
            async (call, token) =>
            {
                var body = new CommitPostRequestBody
                {
                    FileEncryptionInfo = new()
                    {
                        EncryptionKey = keys.EncryptionKey,
                        MacKey = keys.MacKey,
                        InitializationVector = keys.InitializationVector,
                        Mac = keys.Mac,
                        ProfileIdentifier = ContentKeys.ProfileIdentifier,
                        FileDigest = keys.FileDigest,
                        FileDigestAlgorithm = ContentKeys.DigestAlgorithm,
                    },
                };
                await FileOf(app, version, file).Commit.PostAsync(body, call.Attach, token).ConfigureAwait(false);
                return true;
            },
            cancellation);

    private ContentVersionsRequestBuilder VersionsOf(string app) => graph().DeviceAppManagement.MobileApps[app].GraphWin32LobApp.ContentVersions;

    private MobileAppContentFileItemRequestBuilder FileOf(string app, string version, string file) => VersionsOf(app)[version].Files[file];
}

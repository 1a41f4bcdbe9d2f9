using Governance.Intune.Graph;
using Microsoft.Extensions.Logging;
using Microsoft.Graph.Models;

namespace Governance.Intune.Publishing;

/// <summary>The upload address of one content file: waits for it, renews it before it expires or when Storage refuses it, a bounded number of times.</summary>
internal sealed class AddressBook(
    ContentCalls content, GraphCaller caller, IntuneOptions options, ClaimHold claim, CallFor whose, string app, string version, string file, ILogger log)
{
    private UploadAddress? _address;
    private int _renewals;

    /// <summary>Gets the first address; where somebody may have used the present one, a renewed one.</summary>
    public async Task<Stop?> Open(bool renewFirst, CancellationToken cancellation)
    {
        var first = renewFirst
            ? await Renew("an earlier attempt used it", cancellation).ConfigureAwait(false)
            : await Wait(state => state is MobileAppContentFileUploadState.AzureStorageUriRequestSuccess
                or MobileAppContentFileUploadState.AzureStorageUriRenewalSuccess, cancellation).ConfigureAwait(false);
        return first.Stop;
    }

    /// <summary>The address to use now.</summary>
    /// <param name="refused">Storage does not take the present one.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<Step<UploadAddress>> Current(bool refused, CancellationToken cancellation)
    {
        if (await claim.SignOfLife(cancellation).ConfigureAwait(false) is { } lost)
        {
            return lost;
        }

        var expires = _address?.Expires is { } at && at - caller.Clock.GetUtcNow() < caller.Pacing.RenewBefore;
        return refused || expires
            ? await Renew(refused ? "Storage refuses it" : "it expires soon", cancellation).ConfigureAwait(false)
            : _address!;
    }

    private async Task<Step<UploadAddress>> Renew(string reason, CancellationToken cancellation)
    {
        // An address that lives shorter than the margin would be renewed for every block: only refusals are counted against the limit then.
        if (reason == "Storage refuses it" && ++_renewals > caller.Pacing.Renewals)
        {
            return Stop.Transient("UPLOAD_REFUSED", $"Storage refused the content, also after {caller.Pacing.Renewals} new addresses.");
        }

        log.AddressRenewed(whose.Correlation!.Value, reason);
        var asked = await content.Renew(whose, app, version, file, cancellation).ConfigureAwait(false);
        return asked.Stop() is { } stop
            ? stop
            // Right after the request the old state still shows: the new address is the one that differs.
            : await Wait(state => state == MobileAppContentFileUploadState.AzureStorageUriRenewalSuccess, cancellation).ConfigureAwait(false);
    }

    private async Task<Step<UploadAddress>> Wait(Func<MobileAppContentFileUploadState?, bool> there, CancellationToken cancellation)
    {
        var before = _address;
        var looked = await Look.Until(
            caller,
            claim,
            caller.Pacing.UploadAddressWithin,
            token => content.File(whose, app, version, file, token),
            found => found.UploadState is { } state && there(state)
                && UploadAddress.Of(found.AzureStorageUri, found.AzureStorageUriExpirationDateTime, options)?.IsSame(before) != true,
            found => ContentFile.Of(found).IsDead ? new Stop.DeadFile($"Intune gave no upload address: {found.UploadState}.") : null,
            () => Stop.Transient("UPLOAD_ADDRESS_LATE", $"Intune gave no upload address within {caller.Pacing.UploadAddressWithin.TotalSeconds:0} s."),
            cancellation).ConfigureAwait(false);
        if (looked.Stop is { } stop)
        {
            return stop;
        }

        _address = UploadAddress.Of(looked.Value!.AzureStorageUri, looked.Value.AzureStorageUriExpirationDateTime, options);
        return _address is null
            ? Stop.Permanent("UPLOAD_HOST_REFUSED", "Intune named an upload address on a host that is not allowed.")
            : _address;
    }
}

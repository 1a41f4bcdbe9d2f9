using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Mime;
using System.Text;
using Governance.Intune.Graph;

namespace Governance.Intune.Publishing;

/// <summary>Writes one payload to Storage in blocks. Always blocks and a list, even for one: content put in one piece fails its commit.</summary>
internal sealed class BlockUpload(HttpClient storage, GraphCaller caller, int blockBytes)
{
    /// <summary>Block ids all have one length, as Storage demands; six digits are enough for Storage's 50,000 blocks.</summary>
    public static string BlockId(int index) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(index.ToString("D6", CultureInfo.InvariantCulture)));

    /// <summary>Uploads everything.</summary>
    /// <param name="payload">Read once, front to end.</param>
    /// <param name="length">Its length, bytes.</param>
    /// <param name="address">Gives the address to use now, renewed where <c>refused</c> is set or it is about to expire.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null when Storage holds the whole payload.</returns>
    public async Task<Stop?> Run(
        Stream payload, long length, Func<bool, CancellationToken, Task<Step<UploadAddress>>> address, CancellationToken cancellation)
    {
        var list = new StringBuilder("""<?xml version="1.0" encoding="utf-8"?><BlockList>""");
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(blockBytes, length));
        try
        {
            for (var index = 0; ; index++)
            {
                var size = (int)Math.Min(blockBytes, length - ((long)index * blockBytes));
                if (size <= 0)
                {
                    break;
                }

                await payload.ReadExactlyAsync(buffer.AsMemory(0, size), cancellation).ConfigureAwait(false);
                var id = BlockId(index);
                var block = await Put(at => at.Block(id), () => Block(buffer, size), address, cancellation).ConfigureAwait(false);
                if (block is not null)
                {
                    return block;
                }

                list.Append("<Latest>").Append(id).Append("</Latest>");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var xml = list.Append("</BlockList>").ToString();
        return await Put(
            at => at.BlockList(),
            () => new StringContent(xml, Encoding.UTF8, MediaTypeNames.Application.Xml),
            address,
            cancellation).ConfigureAwait(false);
    }

    private static ByteArrayContent Block(byte[] bytes, int size)
    {
        var content = new ByteArrayContent(bytes, 0, size);
        content.Headers.ContentType = new(MediaTypeNames.Application.Octet);
        return content;
    }

    /// <summary>Puts one piece; every repeat overwrites the same block.</summary>
    private async Task<Stop?> Put(
        Func<UploadAddress, Uri> where, Func<HttpContent> content, Func<bool, CancellationToken, Task<Step<UploadAddress>>> address, CancellationToken cancellation)
    {
        var (refused, failed) = (0, 0);
        for (var renew = false; ;)
        {
            var at = await address(renew, cancellation).ConfigureAwait(false);
            if (at.Stop is not null)
            {
                return at.Stop;
            }

            renew = false;
            var (status, code) = await Once(where(at.Value!), content, cancellation).ConfigureAwait(false);
            if (status == HttpStatusCode.Created)
            {
                return null;
            }

            if (status == HttpStatusCode.Forbidden)
            {
                // A fresh address can be refused for half a minute, until Storage knows the policy that it names.
                renew = refused >= caller.Pacing.UploadRefused.Count;
                await caller.Pause(renew ? TimeSpan.Zero : caller.Pacing.UploadRefused[refused], cancellation).ConfigureAwait(false);
                refused = renew ? 0 : refused + 1;
            }
            else if (status is null or >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
                && failed < caller.Pacing.Retry.Count)
            {
                await caller.Pause(caller.Pacing.Retry[failed++], cancellation).ConfigureAwait(false);
            }
            else
            {
                return Stop.Transient("UPLOAD_FAILED", $"Storage did not take the content: {(int?)status ?? 0} {code}.");
            }
        }
    }

    /// <returns>Null where no answer came.</returns>
    private async Task<(HttpStatusCode? Status, string? Code)> Once(Uri where, Func<HttpContent> content, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(caller.Pacing.BlockWithin, caller.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        using var request = new HttpRequestMessage(HttpMethod.Put, where) { Content = content() };
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        try
        {
            using var response = await storage.SendAsync(request, both.Token).ConfigureAwait(false);
            var code = response.Headers.TryGetValues("x-ms-error-code", out var values) ? values.FirstOrDefault() : null;
            return (response.StatusCode, code);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, "time-out");
        }
        catch (HttpRequestException)
        {
            // Its text may name the address.
            return (null, "no connection");
        }
    }
}

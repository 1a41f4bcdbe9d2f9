using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Governance.Core;
using Microsoft.Kiota.Http.HttpClientLibrary.Extensions;

namespace Governance.Intune.Graph;

/// <summary>
/// Notes request and answer on the <see cref="GraphCall"/>, adds the headers of a tenant's own approval, and gives every refusal a JSON body:
/// with HTML or nothing in it the SDK would lose the status.
/// </summary>
internal sealed class GraphCallHandler(TimeProvider clock) : DelegatingHandler
{
    internal const string ApprovalCodeHeader = "x-msft-approval-code";
    internal const string JustificationHeader = "x-msft-approval-justification";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = request.GetRequestOption<GraphCall>();
        if (call is not null)
        {
            await NoteRequest(request, call, cancellationToken).ConfigureAwait(false);
        }

        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType == MediaTypeNames.Text.Html)
        {
            // A proxy's page in place of Graph's answer.
            response.StatusCode = HttpStatusCode.BadGateway;
        }

        if (call is not null)
        {
            NoteAnswer(response, call);
        }

        if (!response.IsSuccessStatusCode)
        {
            await EnsureJson(response, cancellationToken).ConfigureAwait(false);
        }

        return response;
    }

    /// <summary>Reads seconds, also fractional ones, or an HTTP date.</summary>
    /// <returns>Null where there is nothing readable; never negative.</returns>
    internal static TimeSpan? ParseRetryAfter(string? text, DateTimeOffset now)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= 86_400 * 365)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        return DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at > now ? at - now : TimeSpan.Zero
            : null;
    }

    private static async Task NoteRequest(HttpRequestMessage request, GraphCall call, CancellationToken cancellation)
    {
        call.Method = request.Method.Method;
        call.Path = PathOf(request.RequestUri!);
        if (request.Method == HttpMethod.Get)
        {
            return;
        }

        if (request.Content is { } content)
        {
            await content.LoadIntoBufferAsync(cancellation).ConfigureAwait(false);
            var body = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            call.BodySha256 = Digest.FromHash(await SHA256.HashDataAsync(body, cancellation).ConfigureAwait(false));
            body.Position = 0;
        }
        else
        {
            call.BodySha256 = Digest.Of([]);
        }

        if (call.IsTheHeldOne)
        {
            request.Headers.TryAddWithoutValidation(ApprovalCodeHeader, call.Approval!.Code);
        }
        else if (call.Justification is { } justification)
        {
            request.Headers.TryAddWithoutValidation(JustificationHeader, justification);
        }
    }

    private void NoteAnswer(HttpResponseMessage response, GraphCall call)
    {
        call.Status = (int)response.StatusCode;
        call.RequestId = First(response.Headers, "request-id");
        call.RetryAfter = ParseRetryAfter(First(response.Headers, "Retry-After"), clock.GetUtcNow());
        call.ApprovalCode = response.IsSuccessStatusCode ? null : First(response.Headers, ApprovalCodeHeader);
    }

    private static string? First(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static string PathOf(Uri address)
    {
        var path = address.AbsolutePath;
        foreach (var version in (ReadOnlySpan<string>)["/v1.0/", "/beta/"])
        {
            var at = path.IndexOf(version, StringComparison.Ordinal);
            if (at >= 0)
            {
                return path[(at + version.Length - 1)..];
            }
        }

        return path;
    }

    private static async Task EnsureJson(HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        if (!IsErrorObject(body))
        {
            var status = (int)response.StatusCode;
            body = Encoding.UTF8.GetBytes($$$"""{"error":{"code":"{{{status}}}","message":"Graph answered {{{status}}} without an error document."}}""");
        }

        response.Content = new ByteArrayContent(body);
        response.Content.Headers.ContentType = new(MediaTypeNames.Application.Json);
    }

    private static bool IsErrorObject(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

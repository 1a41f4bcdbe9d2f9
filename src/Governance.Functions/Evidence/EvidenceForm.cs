using System.Text;
using System.Text.Json;
using Governance.Core;
using Governance.Core.Evidence;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Storage.Vault;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Governance.Functions.Evidence;

/// <summary>
/// POST /evidence/store/ as multipart/form-data: the members of the JSON body as parts (<c>app_name</c>, <c>version</c>, <c>evidence_pack_id</c>, <c>evidence</c>), then the files that
/// the evidence names, each part named by its SHA-256. Files are streamed into the vault one after the other, and only under the digest that they have.
/// </summary>
internal static class EvidenceForm
{
    private const int LongestBoundary = 70;
    private const int ShortPart = 4096;

    private static readonly string[] ShortFields = ["app_name", "version", "evidence_pack_id"];

    /// <summary>Whether a call comes in this form.</summary>
    internal static bool IsForm(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the parts and stores the pack as the JSON form does.</summary>
    internal static async Task<IResult> Serve(Call call)
    {
        var http = call.Request.Http.Request;
        var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(http.ContentType).Boundary);
        if (boundary.Length is 0 or > LongestBoundary || http.Headers.ContentEncoding is { Count: > 0 })
        {
            return Problems.UnsupportedMediaType("Send multipart/form-data with a boundary of at most 70 characters and without a Content-Encoding.");
        }

        if (http.ContentLength > EvidenceLimits.PackBytes + call.Settings.EvidenceBody)
        {
            return Problems.TooLarge(EvidenceLimits.PackBytes);
        }

        try
        {
            return await new FormReading(call, new MultipartReader(boundary.ToString(), http.Body) { HeadersCountLimit = 8, HeadersLengthLimit = ShortPart }).Serve();
        }
        catch (Exception malformed) when (malformed is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            return Problems.Invalid("body", $"is no multipart/form-data as expected: {malformed.Message}");
        }
    }

    private sealed class FormReading(Call call, MultipartReader reader)
    {
        private readonly Dictionary<string, ReadOnlyMemory<byte>> _fields = new(StringComparer.Ordinal);
        private readonly HashSet<Digest> _taken = [];
        private HashSet<Digest>? _awaited;
        private long _bytes;

        private CancellationToken Cancellation => call.Request.Cancellation;

        internal async Task<IResult> Serve()
        {
            while (await reader.ReadNextSectionAsync(Cancellation) is { } part)
            {
                if (await Take(part) is { } refused)
                {
                    return refused;
                }
            }

            return await Stored();
        }

        private async Task<IResult?> Take(MultipartSection part)
        {
            if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition) || HeaderUtilities.RemoveQuotes(disposition.Name) is not { Length: > 0 } quoted)
            {
                return Problems.Invalid("body", "has a part without a name");
            }

            var name = quoted.ToString();
            if (part.Headers?.Keys.Any(header => header.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase) || header.Equals("Content-Transfer-Encoding", StringComparison.OrdinalIgnoreCase)) == true)
            {
                return Problems.UnsupportedMediaType("Send each part as it is, without an encoding.");
            }

            if (Digest.TryParse(name, null, out var digest))
            {
                return await TakeFile(part.Body, digest);
            }

            return name == "evidence" || ShortFields.Contains(name) ? await TakeField(part.Body, name) : Problems.Invalid(name[..Math.Min(name.Length, 100)], "is no part of this form; files are named by their SHA-256");
        }

        private async Task<IResult?> TakeField(Stream body, string name)
        {
            var limit = name == "evidence" ? call.Settings.EvidenceBody : ShortPart;
            using var bytes = new MemoryStream();
            var measured = await Measured.Of(body, bytes, limit, Cancellation);
            if (measured.Length > limit)
            {
                return Problems.TooLarge(limit);
            }

            return _fields.TryAdd(name, bytes.ToArray()) ? null : Problems.Invalid(name, "comes twice");
        }

        // The evidence says which files there are, so it comes first: nothing is stored that it does not name.
        private async Task<IResult?> TakeFile(Stream body, Digest digest)
        {
            if (_awaited is null)
            {
                if (!_fields.TryGetValue("evidence", out var evidence))
                {
                    return Problems.Invalid("evidence", "comes before the files that it names");
                }

                if (await call.Request.Compute(evidence.Length, () => Document(evidence)) is not { } read)
                {
                    return await Stored();
                }

                _awaited = [.. read.Files.Select(file => file.Sha256)];
            }

            if (!_awaited.Contains(digest) || !_taken.Add(digest))
            {
                return Problems.Invalid(digest.ToString(), _taken.Contains(digest) ? "comes twice" : "is named by no part of the evidence");
            }

            var limit = Math.Min(call.Request.Service<UploadLimits>().EvidenceBytes, EvidenceLimits.PackBytes - _bytes);
            var measured = await call.Request.Service<UploadArea>().Take(UploadKind.Evidence, digest, body, limit, Cancellation);
            _bytes += measured.Length;
            return measured switch
            {
                _ when measured.Length > limit => Problems.TooLarge(limit),
                _ when measured.Digest != digest => Problems.Invalid(digest.ToString(), $"has the SHA-256 {measured.Digest}"),
                _ => null,
            };
        }

        private EvidenceDocument? Document(ReadOnlyMemory<byte> evidence)
        {
            using var document = RequestBody.Parse(evidence, out var malformed);
            return malformed is null ? EvidenceDocument.Parse(new(evidence), Cancellation).Document : null;
        }

        private async Task<IResult> Stored()
        {
            var (evidence, malformed) = await Parsed(_fields.GetValueOrDefault("evidence"));
            using var read = evidence;
            if (malformed is not null)
            {
                return Problems.Invalid("evidence" + malformed.Field["body".Length..], malformed.Message);
            }

            var (body, broken) = await Parsed(Body());
            using var document = body;
            if (broken is not null)
            {
                return Problems.Invalid([broken]);
            }

            var findings = new Findings();
            var wish = EvidenceWish.Parse(new Input(call.Function, call.Request.Http.Request, new Fields(document!.RootElement, string.Empty, findings), findings, call.Tokens));
            return findings.None ? await StoreEvidence.Handle(call.Request, wish) : Problems.Invalid(findings.Errors);
        }

        private Task<(JsonDocument? Document, FieldError? Wrong)> Parsed(ReadOnlyMemory<byte> json) =>
            call.Request.Compute(json.Length, () => (RequestBody.Parse(json, out var wrong), wrong));

        private byte[] Body()
        {
            using var bytes = new MemoryStream();
            using (var json = new Utf8JsonWriter(bytes))
            {
                json.WriteStartObject();
                foreach (var (name, value) in _fields.Where(field => field.Key != "evidence"))
                {
                    json.WriteString(name, Encoding.UTF8.GetString(value.Span));
                }

                if (_fields.TryGetValue("evidence", out var evidence) && !evidence.IsEmpty)
                {
                    json.WritePropertyName("evidence");
                    json.WriteRawValue(evidence.Span.StartsWith("\uFEFF"u8) ? evidence.Span[3..] : evidence.Span);
                }

                json.WriteEndObject();
            }

            return bytes.ToArray();
        }
    }
}

using System.Text.Json;
using Governance.Functions.Http;

namespace Governance.Functions.Hosting;

/// <summary>One HTTP call of one function, from the moment it may be served.</summary>
internal sealed record Call(string Function, ApiRequest Request, HttpSettings Settings, PageTokens Tokens)
{
    /// <summary>Reads and parses what the call brings, then handles it; everything that is wrong is answered together.</summary>
    /// <param name="limit">Null where the function has no body; one that is sent is not read.</param>
    public async Task<IResult> Parsed<T>(Parser<T> parse, Handler<T> handle, BodyLimit? limit)
    {
        JsonDocument? document = null;
        if (limit is { } allowed)
        {
            var read = await RequestBody.Read(Request.Http.Request, Settings.BytesOf(allowed), Request.Cancellation);
            if (read.Refused is { } refused)
            {
                return refused;
            }

            if (!read.Bytes.IsEmpty && !RequestBody.IsJson(Request.Http.Request))
            {
                return Problems.UnsupportedMediaType("Send the body as application/json in UTF-8.");
            }

            (document, var malformed) = await Request.Compute(read.Bytes.Length, () => (RequestBody.Parse(read.Bytes, out var wrong), wrong));
            if (malformed is not null)
            {
                return Problems.Invalid([malformed]);
            }
        }

        using (document)
        {
            var findings = new Findings();
            var body = new Fields(document?.RootElement ?? default, string.Empty, findings);
            var input = parse(new Input(Function, Request.Http.Request, body, findings, Tokens));
            return findings.None ? await handle(Request, input) : Problems.Invalid(findings.Errors);
        }
    }

    /// <summary>Reads a posted form, makes sure that a page of ours gave it out to this person, and handles it.</summary>
    public async Task<IResult> Form<T>(FormParser<T> parse, Handler<Posted<T>> handle)
    {
        var read = await PostedForm.Read(Request.Http, Settings.BytesOf(BodyLimit.Standard), Request.Cancellation);
        if (read.Refused is { } refused)
        {
            return refused;
        }

        var form = new FormFields(read.Values!, new Findings());
        return await handle(Request, new(parse(form), form));
    }

    /// <summary>Reads the body as it is, then handles it.</summary>
    public async Task<IResult> Raw(Handler<ReadOnlyMemory<byte>> handle, BodyLimit limit)
    {
        var read = await RequestBody.Read(Request.Http.Request, Settings.BytesOf(limit), Request.Cancellation);
        return read.Refused ?? await handle(Request, read.Bytes);
    }
}

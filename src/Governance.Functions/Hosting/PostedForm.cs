using System.Text;
using Governance.Functions.Http;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Governance.Functions.Hosting;

/// <summary>What became of reading a form: its fields, or the answer to give instead.</summary>
internal readonly record struct FormRead(IReadOnlyDictionary<string, StringValues>? Values, IResult? Refused);

/// <summary>Reads forms that our own pages gave out, and no others.</summary>
internal static class PostedForm
{
    private const string MediaType = "application/x-www-form-urlencoded";

    /// <summary>Reads the body within its limit and checks the anti-forgery token in it against the cookie and the person.</summary>
    public static async Task<FormRead> Read(HttpContext http, long limit, CancellationToken cancellation)
    {
        // Browsers say where a post comes from; what another site caused is refused before anything of it is read.
        if (http.Request.Headers["Sec-Fetch-Site"] is [{ } site] && site is not ("same-origin" or "none"))
        {
            return new(null, Forged());
        }

        var read = await RequestBody.Read(http.Request, limit, cancellation);
        if (read.Refused is { } refused)
        {
            return new(null, refused);
        }

        if (!Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || !type.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase))
        {
            return new(null, Problems.UnsupportedMediaType($"Send the form as {MediaType}."));
        }

        Dictionary<string, StringValues> values;
        try
        {
            using var reader = new FormReader(Encoding.UTF8.GetString(read.Bytes.Span)) { ValueCountLimit = 200 };
            values = reader.ReadForm();
        }
        catch (InvalidDataException)
        {
            return new(null, Problems.Invalid("form", "has more or longer fields than any page of Governance"));
        }

        http.Request.Form = new FormCollection(values);
        return await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http) ? new(values, null) : new(null, Forged());
    }

    private static IResult Forged() => Problems.Of(
        StatusCodes.Status400BadRequest, "FORM_REFUSED", "This form was not given to you by Governance, or it is too old; nothing was done. Open the page again and repeat it there.");
}

using System.Security.Cryptography;
using Governance.Functions.Hosting;

namespace Governance.Functions.Pages;

/// <summary>The one style sheet; its address changes with its content, so browsers may keep it.</summary>
internal static class Style
{
    private static readonly byte[] Sheet = Read();

    /// <summary>Where it is.</summary>
    public static string Address { get; } = $"/review/style.css?v={Convert.ToHexStringLower(SHA256.HashData(Sheet))[..12]}";

    /// <summary>GET /review/style.css.</summary>
    internal static Task<IResult> Get(ApiRequest request)
    {
        request.Http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Task.FromResult(Results.Bytes(Sheet, "text/css; charset=utf-8"));
    }

    private static byte[] Read()
    {
        using var sheet = typeof(Style).Assembly.GetManifestResourceStream("style.css") ?? throw new InvalidOperationException("The style sheet is not in the program.");
        var bytes = new byte[sheet.Length];
        sheet.ReadExactly(bytes);
        return bytes;
    }
}

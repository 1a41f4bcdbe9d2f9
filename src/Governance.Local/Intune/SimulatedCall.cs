using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Governance.Local.Intune;

/// <summary>One request, read completely.</summary>
internal sealed class SimulatedCall
{
    private readonly Dictionary<string, StringValues> _query;

    public SimulatedCall(HttpRequest request, byte[] body, string baseAddress, Guid requestId)
    {
        Method = request.Method;
        Path = request.Path.Value ?? string.Empty;
        Segments = Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        Body = body;
        BaseAddress = baseAddress;
        RequestId = requestId;
        ClientRequestId = request.Headers["client-request-id"].ToString();
        _query = QueryHelpers.ParseQuery(request.QueryString.Value);
        ApprovalCode = Header(request, "x-msft-approval-code");
        Justification = Header(request, "x-msft-approval-justification");
        Authorization = Header(request, "Authorization");
        RetryAttempt = Header(request, "Retry-Attempt");
        TraceParent = Header(request, "traceparent");
    }

    public string Method { get; }

    /// <summary>Decoded, with its leading slash.</summary>
    public string Path { get; }

    public string[] Segments { get; }

    public byte[] Body { get; }

    /// <summary>Scheme, host and port as the caller used them; links are built from it.</summary>
    public string BaseAddress { get; }

    public Guid RequestId { get; }

    public string ClientRequestId { get; }

    public string? ApprovalCode { get; }

    public string? Justification { get; }

    public string? Authorization { get; }

    public string? RetryAttempt { get; }

    public string? TraceParent { get; }

    /// <summary>The end that a fault rule chose for what this call begins; null for the natural one.</summary>
    public string? ForcedEnd { get; set; }

    public bool IsBeta => Segments is ["beta", ..];

    public bool IsWrite => Method is not ("GET" or "HEAD");

    /// <returns>Null where the query has no such part.</returns>
    public string? Query(string name) => _query.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <returns>Null where the body is no JSON object.</returns>
    public JsonElement? Json()
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Header(HttpRequest request, string name) =>
        request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;
}

using Governance.Core;
using Governance.Core.Rollout;
using Microsoft.Kiota.Abstractions;

namespace Governance.Intune.Graph;

/// <summary>One HTTP request to Graph: what it should carry, and what the handler noted about it. Travels as a request option.</summary>
internal sealed class GraphCall : IRequestOption
{
    /// <summary>A GUID of its own for each request, so that Microsoft's support can tell repeats apart.</summary>
    public required Guid ClientRequestId { get; init; }

    /// <summary>For logs.</summary>
    public required string Operation { get; init; }

    /// <summary>Whose deployment; for logs.</summary>
    public CorrelationId? Correlation { get; init; }

    /// <summary>Sent along where method, path and body are the ones that were held.</summary>
    public TenantApproval? Approval { get; init; }

    /// <summary>Base64 of the justification; null sends none.</summary>
    public string? Justification { get; init; }

    /// <summary>Waits for a place in the budget; a read of several pages takes one before each page but the first.</summary>
    public Func<CancellationToken, ValueTask> Turn { get; set; } = static _ => ValueTask.CompletedTask;

    /// <summary>Method as sent; empty until it was.</summary>
    public string Method { get; set; } = string.Empty;

    /// <summary>Path without the API's version, and without query; empty until it was sent.</summary>
    public string Path { get; set; } = string.Empty;

    /// <summary>Digest of the body as sent; of no bytes where there is none.</summary>
    public Digest BodySha256 { get; set; } = Digest.Zero;

    /// <summary>Status of the answer; null until there is one.</summary>
    public int? Status { get; set; }

    /// <summary>Graph's own id of the request.</summary>
    public string? RequestId { get; set; }

    /// <summary>How long Graph asks us to wait.</summary>
    public TimeSpan? RetryAfter { get; set; }

    /// <summary>The tenant's approval code, where the answer has one: then the request was filed, whatever its status.</summary>
    public string? ApprovalCode { get; set; }

    /// <summary>Whether this is the very call that the tenant's approvers were asked about.</summary>
    public bool IsTheHeldOne => Approval is { } held && held.Method == Method && held.Path == Path && held.BodySha256 == BodySha256;

    /// <summary>Puts this call on an SDK request.</summary>
    public void Attach<T>(RequestConfiguration<T> configuration)
        where T : class, new()
    {
        configuration.Headers.Add("client-request-id", ClientRequestId.ToString("D"));
        configuration.Options.Add(this);
    }
}

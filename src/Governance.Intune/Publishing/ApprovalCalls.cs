using System.Text.Json;
using Governance.Core.Rollout;
using Governance.Intune.Graph;
using Microsoft.Graph;
using Microsoft.Graph.Models.ODataErrors;
using Microsoft.Kiota.Abstractions;

namespace Governance.Intune.Publishing;

/// <summary>Looks at requests for the tenant's own approval. Graph has them on beta alone, and the SDK has no types for them.</summary>
internal sealed class ApprovalCalls(Func<GraphServiceClient> graph, GraphCaller caller, IntuneOptions options)
{
    /// <summary>What became of a request.</summary>
    public Task<GraphReply<TenantApprovalStatus>> Status(string code, CancellationToken cancellation) => caller.Send(
        CallPlan.Read("look at approval request"),
        default,
        async (call, token) =>
        {
            var request = new RequestInformation { HttpMethod = Method.GET, URI = Address(code) };
            request.Headers.Add("client-request-id", call.ClientRequestId.ToString("D"));
            request.AddRequestOptions([call]);
            var answer = await graph().RequestAdapter.SendPrimitiveAsync<Stream>(
                request, new() { ["XXX"] = ODataError.CreateFromDiscriminatorValue }, token).ConfigureAwait(false)
                ?? throw new JsonException("The list of approval requests is empty.");
            await using (answer.ConfigureAwait(false))
            {
                using var document = await JsonDocument.ParseAsync(answer, cancellationToken: token).ConfigureAwait(false);
                return Read(document.RootElement);
            }
        },
        cancellation);

    private Uri Address(string code)
    {
        var address = options.BaseAddress.AbsoluteUri.TrimEnd('/');
        var filter = Uri.EscapeDataString($"requestId eq '{code.Replace("'", "''", StringComparison.Ordinal)}'");
        return new($"{address[..address.LastIndexOf('/')]}/beta/deviceManagement/operationApprovalRequests?$filter={filter}");
    }

    private static TenantApprovalStatus Read(JsonElement list)
    {
        if (!list.TryGetProperty("value", out var found) || found.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("The list of approval requests has no value.");
        }

        return found.GetArrayLength() == 0 ? TenantApprovalStatus.Expired : Text(found[0]) switch
        {
            "approved" => TenantApprovalStatus.Approved,
            "rejected" or "cancelled" => TenantApprovalStatus.Rejected,
            "completed" => TenantApprovalStatus.Completed,
            "expired" => TenantApprovalStatus.Expired,
            // needsApproval, and whatever later versions may invent: nobody has decided as far as we know.
            _ => TenantApprovalStatus.Pending,
        };
    }

    private static string? Text(JsonElement request) => request.TryGetProperty("status", out var status) ? status.GetString() : null;
}

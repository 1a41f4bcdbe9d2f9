using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Governance.Storage.Tables;

/// <summary>Dates and signs each try of a request with the account's key (Shared Key Lite).</summary>
internal sealed class SharedKeyLitePolicy(TableSharedKeyCredential credential) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        var date = DateTimeOffset.UtcNow.ToString("r", CultureInfo.InvariantCulture);
        message.Request.Headers.SetValue("x-ms-date", date);
        var signature = credential.Sign(date, message.Request.Uri.ToUri().AbsolutePath);
        message.Request.Headers.SetValue("Authorization", $"SharedKeyLite {credential.AccountName}:{signature}");
    }
}

/// <summary>What each way of signing in needs: the policy and the oldest service version that knows it.</summary>
internal static class TableAuthentication
{
    public const string VersionForKeys = "2019-02-02";
    public const string VersionForTokens = "2020-12-06";
    public const string Scope = "https://storage.azure.com/.default";

    public static HttpPipelinePolicy With(TableSharedKeyCredential credential) => new SharedKeyLitePolicy(credential);

    public static HttpPipelinePolicy With(TokenCredential credential) => new BearerTokenAuthenticationPolicy(credential, Scope);
}

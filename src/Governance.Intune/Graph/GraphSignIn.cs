using System.Text.Json;
using Azure.Core;
using Azure.Identity;
using Microsoft.Graph.Authentication;
using Microsoft.Kiota.Abstractions.Authentication;

namespace Governance.Intune.Graph;

/// <summary>Makes the SDK's authentication from the settings. Credentials are named, never guessed from the surroundings.</summary>
internal static class GraphSignIn
{
    public static IAuthenticationProvider Provider(IntuneOptions options) => Credential(options.SignIn) is { } credential
        ? new AzureIdentityAuthenticationProvider(
            new TenantBoundCredential(credential, options.SignIn.TenantId),
            [options.BaseAddress.Host],
            null,
            isCaeEnabled: true,
            options.BaseAddress.IsLoopback ? "https://graph.microsoft.com/.default" : $"https://{options.BaseAddress.Host}/.default")
        : new AnonymousAuthenticationProvider();

    /// <returns>Null for anonymous sign-in.</returns>
    internal static TokenCredential? Credential(IntuneSignIn signIn) => signIn.Kind switch
    {
        IntuneSignInKind.ManagedIdentity => new ManagedIdentityCredential(
            signIn.ClientId is { } id ? ManagedIdentityId.FromUserAssignedClientId(id) : ManagedIdentityId.SystemAssigned),
        IntuneSignInKind.WorkloadIdentity => new WorkloadIdentityCredential(
            new WorkloadIdentityCredentialOptions { TenantId = signIn.TenantId, ClientId = signIn.ClientId }),
        IntuneSignInKind.Certificate => new ClientCertificateCredential(signIn.TenantId, signIn.ClientId, signIn.CertificatePath),
        _ => null,
    };
}

/// <summary>Refuses tokens of another tenant: a mixed-up setting must not write into somebody else's Intune.</summary>
internal sealed class TenantBoundCredential(TokenCredential inner, string? tenant) : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        Checked(inner.GetToken(requestContext, cancellationToken));

    public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        Checked(await inner.GetTokenAsync(requestContext, cancellationToken).ConfigureAwait(false));

    /// <summary>The tenant that a token names; null where it can't be read.</summary>
    internal static string? TenantOf(string token)
    {
        if (token.Split('.') is not [_, var payload, _])
        {
            return null;
        }

        try
        {
            var json = System.Buffers.Text.Base64Url.DecodeFromChars(payload);
            using var document = JsonDocument.Parse(json);
            return document.RootElement.TryGetProperty("tid", out var tid) ? tid.GetString() : null;
        }
        catch (Exception unreadable) when (unreadable is FormatException or JsonException)
        {
            return null;
        }
    }

    private AccessToken Checked(AccessToken token) =>
        tenant is null || string.Equals(TenantOf(token.Token), tenant, StringComparison.OrdinalIgnoreCase)
            ? token
            : throw new WrongTenantException($"The token is not one of tenant {tenant}.");
}

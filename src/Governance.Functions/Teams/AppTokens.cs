using Azure.Core;
using Azure.Identity;
using Governance.Intune;
using Governance.Teams.Connector;

namespace Governance.Functions.Teams;

/// <summary>The app's own tokens for the connector and Graph. The credentials keep them until shortly before they end.</summary>
internal sealed class AppTokens(TokenCredential? credential) : IAccessTokens
{
    /// <summary>Of the configured kind; none for a simulator.</summary>
    internal static AppTokens Of(TeamsSignIn signIn) => new(signIn.Kind switch
    {
        IntuneSignInKind.ManagedIdentity => new ManagedIdentityCredential(
            signIn.ClientId is { } id ? ManagedIdentityId.FromUserAssignedClientId(id) : ManagedIdentityId.SystemAssigned),
        IntuneSignInKind.WorkloadIdentity => new WorkloadIdentityCredential(new WorkloadIdentityCredentialOptions { TenantId = signIn.TenantId, ClientId = signIn.ClientId }),
        IntuneSignInKind.Certificate => new ClientCertificateCredential(signIn.TenantId, signIn.ClientId, signIn.CertificatePath),
        _ => null,
    });

    /// <inheritdoc/>
    public async ValueTask<string?> Get(string scope, CancellationToken cancellation)
    {
        if (credential is null)
        {
            return null;
        }

        try
        {
            return (await credential.GetTokenAsync(new TokenRequestContext([scope]), cancellation)).Token;
        }
        catch (AuthenticationFailedException refused)
        {
            throw new HttpRequestException($"No token for {scope}.", refused);
        }
    }
}

using Azure.Core;
using Azure.Identity;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Governance.Functions.SignIn;

/// <summary>Redeems codes at the tenant's token endpoint.</summary>
/// <param name="handler">How it gets there.</param>
internal sealed class EntraBackchannel(HttpMessageHandler handler) : IDisposable
{
    // What Entra ID takes as the audience of a federated credential.
    private static readonly TokenRequestContext Exchange = new(["api://AzureADTokenExchange/.default"]);

    private readonly HttpClient _http = new(handler) { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = 256 * 1024 };
    private TokenCredential? _identity;

    /// <summary>Over the network, with pooled connections.</summary>
    public static EntraBackchannel Default => new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false });

    /// <summary>Exchanges a code for an ID token.</summary>
    /// <param name="endpoint">From the tenant's metadata.</param>
    /// <param name="settings">Who the app is and how it proves that.</param>
    /// <param name="code">From the redirect.</param>
    /// <param name="verifier">The PKCE verifier that only this browser's cookie holds.</param>
    /// <param name="redirectUri">As it was sent with the request.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The ID token; null where Entra ID refused.</returns>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public async Task<string?> Redeem(
        string endpoint, SignInSettings settings, string code, string verifier, string redirectUri, CancellationToken cancellation)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["client_id"] = settings.ClientId.ToString("D"),
            ["code"] = code,
            ["code_verifier"] = verifier,
            ["redirect_uri"] = redirectUri,
        };
        if (settings.Client.Secret is { } secret)
        {
            form["client_secret"] = secret;
        }
        else
        {
            form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            form["client_assertion"] = await Assertion(settings.Client, cancellation);
        }

        using var answer = await _http.PostAsync(new Uri(endpoint), new FormUrlEncodedContent(form), cancellation);
        if ((int)answer.StatusCode >= 500)
        {
            answer.EnsureSuccessStatusCode();
        }

        return answer.IsSuccessStatusCode ? new OpenIdConnectMessage(await answer.Content.ReadAsStringAsync(cancellation)).IdToken : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<string> Assertion(BrowserClient client, CancellationToken cancellation)
    {
        _identity ??= new ManagedIdentityCredential(
            client.ManagedIdentity is { } id ? ManagedIdentityId.FromUserAssignedClientId(id) : ManagedIdentityId.SystemAssigned);
        return (await _identity.GetTokenAsync(Exchange, cancellation)).Token;
    }
}

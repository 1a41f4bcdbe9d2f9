namespace Governance.Teams.Connector;

/// <summary>The app's own tokens for services of Microsoft.</summary>
public interface IAccessTokens
{
    /// <summary>A token that is good for some minutes at least.</summary>
    /// <param name="scope">Such as <c>https://graph.microsoft.com/.default</c>.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null where a simulator on this machine asks for none.</returns>
    /// <exception cref="HttpRequestException">None could be had.</exception>
    ValueTask<string?> Get(string scope, CancellationToken cancellation);
}

using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Governance.Teams.SignIn;

/// <summary>
/// The connector's signing keys. Read when first needed, every 12 hours, and when a token names a key that is not there, at most every 5 minutes:
/// so the first callback after a rotation holds, and made-up key ids cause no more than that.
/// </summary>
/// <remarks>The library's own manager refreshes for an unknown key in the background, which refuses that first callback.</remarks>
internal sealed class ConnectorKeys(Uri metadata, HttpClient http, TimeProvider clock, ILogger log) : IDisposable
{
    internal static readonly TimeSpan RefreshEvery = TimeSpan.FromHours(12);
    internal static readonly TimeSpan RefreshAtMostEvery = TimeSpan.FromMinutes(5);
    internal static readonly TimeSpan RetryAfterFailure = TimeSpan.FromSeconds(10);

    // Keys that could not be confirmed for this long are not trusted any more.
    internal static readonly TimeSpan TrustedFor = TimeSpan.FromHours(24);

    private readonly SemaphoreSlim _oneReader = new(1, 1);
    private Known? _known;
    private DateTimeOffset _lastTry = DateTimeOffset.MinValue;
    private bool _lastTryFailed;

    /// <summary>The key of this id.</summary>
    /// <param name="kid">As the token names it; not trusted.</param>
    /// <param name="cancellation">Ends waiting for the metadata.</param>
    /// <returns>Null where there is no such key, and whether any keys are known at all: without them no token can be judged.</returns>
    internal async Task<(JsonWebKey? Key, bool AnyKnown)> Find(string kid, CancellationToken cancellation)
    {
        if (Trusted() is { } known && clock.GetUtcNow() - known.At < RefreshEvery && known.Of(kid) is { } key)
        {
            return (key, true);
        }

        await Refresh(kid, cancellation).ConfigureAwait(false);
        return Trusted() is { } now ? (now.Of(kid), true) : (null, false);
    }

    /// <summary>Reads the keys ahead of the first callback.</summary>
    internal Task Warm(CancellationToken cancellation) => Refresh(string.Empty, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _oneReader.Dispose();

    private Known? Trusted() => _known is { } known && clock.GetUtcNow() - known.At < TrustedFor ? known : null;

    private async Task Refresh(string kid, CancellationToken cancellation)
    {
        await _oneReader.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var now = clock.GetUtcNow();
            var wait = _lastTryFailed ? RetryAfterFailure : RefreshAtMostEvery;
            if (now - _lastTry < wait || (_known is { } known && now - known.At < RefreshEvery && known.Of(kid) is not null))
            {
                return;
            }

            (_lastTry, _lastTryFailed) = (now, true);
            var documents = new HttpDocumentRetriever(http) { RequireHttps = !metadata.IsLoopback };
            var configuration = await OpenIdConnectConfigurationRetriever.GetAsync(metadata.AbsoluteUri, documents, cancellation).ConfigureAwait(false);
            _known = new(now, [.. configuration.JsonWebKeySet?.Keys ?? []]);
            _lastTryFailed = false;
        }
        catch (Exception unreadable) when (unreadable is IOException or HttpRequestException or ArgumentException or InvalidOperationException or System.Text.Json.JsonException)
        {
            // What the library makes of an address that does not answer, or not with metadata. The keys of before stay.
            log.KeysUnreadable(unreadable, metadata.Host);
        }
        finally
        {
            _oneReader.Release();
        }
    }

    private sealed record Known(DateTimeOffset At, IReadOnlyList<JsonWebKey> Keys)
    {
        internal JsonWebKey? Of(string kid) => Keys.FirstOrDefault(key => string.Equals(key.Kid, kid, StringComparison.Ordinal));
    }
}

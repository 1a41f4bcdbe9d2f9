using System.Collections.Concurrent;
using Governance.Core;

namespace Governance.Storage.Vault;

/// <summary>The installer packages whose bytes have the digest they were promised with.</summary>
/// <param name="uploads">Where clients send them.</param>
public sealed class ArtifactStore(UploadArea uploads)
{
    // Enough for every artifact in flight; beyond it the oldest knowledge costs one look again.
    private const int MostKnown = 10_000;

    private readonly ConcurrentDictionary<Digest, byte> _verified = new();
    private readonly ConcurrentDictionary<Digest, Lazy<Task<UploadState>>> _settling = new();

    /// <summary>Whether the bytes are there, as far as somebody has taken them in: for readers, who take in nothing. No round trip once it is known, one otherwise.</summary>
    public async Task<bool> IsThere(Digest digest, CancellationToken cancellation)
    {
        if (_verified.ContainsKey(digest))
        {
            return true;
        }

        if (await uploads.LengthOf(UploadKind.Artifact, digest, cancellation).ConfigureAwait(false) is null)
        {
            return false;
        }

        Know(digest);
        return true;
    }

    /// <summary>
    /// Whether the bytes are there. An upload that waits is taken in first, which reads it once; callers that ask meanwhile wait for the same
    /// reading. No round trip once it is known, two where nothing was uploaded.
    /// </summary>
    public async Task<bool> IsVerified(Digest digest, CancellationToken cancellation)
    {
        if (_verified.ContainsKey(digest))
        {
            return true;
        }

        // Not ended with one caller's request: others wait for it too, and what is read need not be read again.
        var settling = _settling.GetOrAdd(digest, each => new(() => uploads.Settle(UploadKind.Artifact, each, CancellationToken.None)));
        try
        {
            if (await settling.Value.WaitAsync(cancellation).ConfigureAwait(false) is not UploadState.Verified)
            {
                return false;
            }
        }
        finally
        {
            if (settling.Value.IsCompleted)
            {
                _settling.TryRemove(new(digest, settling));
            }
        }

        Know(digest);
        return true;
    }

    /// <summary>The same for a caller who waits so long at most; the reading goes on behind it.</summary>
    /// <returns>Null where it is being read still.</returns>
    public async Task<bool?> IsVerifiedWithin(Digest digest, TimeSpan longest, CancellationToken cancellation)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        enough.CancelAfter(longest);
        try
        {
            return await IsVerified(digest, enough.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Opens an artifact for one pass from its start; the caller disposes.</summary>
    /// <exception cref="FileNotFoundException">It is not there: ask <see cref="IsVerified"/> first.</exception>
    public async Task<Stream> Open(Digest digest, CancellationToken cancellation) =>
        await uploads.Open(UploadKind.Artifact, digest, cancellation).ConfigureAwait(false)
        ?? throw new FileNotFoundException($"Artifact {digest} is not in the store.");

    private void Know(Digest digest)
    {
        if (_verified.Count >= MostKnown)
        {
            _verified.Clear();
        }

        _verified.TryAdd(digest, 0);
    }
}

using System.Buffers;
using System.Security.Cryptography;
using Governance.Core;
using Governance.Core.Rollout;
using Governance.Intune.IntuneWin;
using Microsoft.Extensions.Logging;

namespace Governance.Intune.Publishing;

/// <summary>A package whose bytes have been read, found to be the approved ones, and checked from the outer ZIP to the inner digest.</summary>
internal sealed class PackageInHand : IAsyncDisposable
{
    private readonly Stream _bytes;

    private PackageInHand(Stream bytes, IntuneWinPackage package, Digest sha256) => (_bytes, Package, Sha256) = (bytes, package, sha256);

    /// <summary>The opened package.</summary>
    public IntuneWinPackage Package { get; }

    /// <summary>Digest of the bytes that were read.</summary>
    public Digest Sha256 { get; }

    public static async Task<Step<PackageInHand>> Open(
        PublishRequest request, IntuneWinLimits limits, ILogger log, CancellationToken cancellation)
    {
        var bytes = Spool.Open(request.Artifact.SizeBytes);
        PackageInHand? hand = null;
        try
        {
            var (stop, sha256) = await Read(request, bytes, cancellation).ConfigureAwait(false);
            if (stop is not null)
            {
                return stop;
            }

            var defect = IntuneWinPackage.Open(bytes, limits, out var package);
            if (package is not null)
            {
                hand = new(bytes, package, sha256);
                defect = await package.Verify(cancellation).ConfigureAwait(false);
            }

            if (defect is null)
            {
                var verified = hand!;
                hand = null;
                bytes = Stream.Null;
                return verified;
            }

            log.PackageBroken(request.CorrelationId, defect.Check.ToString(), defect.Detail);
            return Stop.Permanent("PACKAGE_INVALID", $"The package fails its check '{defect.Check}': {defect.Detail}");
        }
        finally
        {
            hand?.Package.Dispose();
            await bytes.DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Package.Dispose();
        await _bytes.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Copies at most one byte more than approved: whoever swapped the bytes must not fill the disk.</summary>
    private static async Task<(Stop? Stop, Digest Sha256)> Read(PublishRequest request, Stream to, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        var source = await request.Artifact.Open(cancellation).ConfigureAwait(false);
        try
        {
            for (int read; (read = await source.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
            {
                hash.AppendData(buffer.AsSpan(0, read));
                await to.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
                if (to.Length > request.Artifact.SizeBytes)
                {
                    return (new Stop.SubjectChanged($"The package is longer than the approved {request.Artifact.SizeBytes} bytes."), default);
                }
            }
        }
        finally
        {
            await source.DisposeAsync().ConfigureAwait(false);
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var sha256 = Digest.FromHash(hash.GetHashAndReset());
        return (
            to.Length != request.Artifact.SizeBytes || sha256 != request.Artifact.Sha256
                ? new Stop.SubjectChanged($"The package has {to.Length} bytes and digest {sha256}; another one is approved.")
                : request.SubjectHolds(sha256, request.Assignments) ? null
                : new Stop.SubjectChanged("Package and groups are not what is approved now."),
            sha256);
    }
}

using Governance.Functions.Health;
using Governance.Storage.Hosting;

namespace Governance.Functions.Composition;

/// <summary>Ready only while storage answers.</summary>
internal sealed class StorageReadiness(StorageLayout storage) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "storage";

    /// <inheritdoc/>
    public async Task<string?> Ask(CancellationToken cancellation)
    {
        await storage.Probe(cancellation);
        return null;
    }
}

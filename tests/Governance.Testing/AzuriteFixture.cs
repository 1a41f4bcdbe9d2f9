using System.Globalization;
using Governance.Azurite;
using Xunit;

namespace Governance.Testing;

/// <summary>
/// One storage emulator, in memory, for all tests of an assembly:
/// <c>[assembly: AssemblyFixture(typeof(AzuriteFixture))]</c>, then take it as a constructor parameter.
/// Tests keep apart by taking a <see cref="NextPrefix"/> each.
/// </summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private AzuriteServer? _server;
    private int _prefixes;

    /// <summary>The running emulator.</summary>
    public AzuriteServer Server => _server ?? throw new InvalidOperationException("The fixture has not started yet.");

    /// <summary>Blob, queue and table endpoints with the key.</summary>
    public string ConnectionString => Server.ConnectionString;

    /// <summary>A table, container and queue name prefix that nobody else in this assembly has: <c>t0001</c>, <c>t0002</c>….</summary>
    public string NextPrefix() => string.Create(CultureInfo.InvariantCulture, $"t{Interlocked.Increment(ref _prefixes):D4}");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _server = await AzuriteServer.Start(new AzuriteOptions());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}

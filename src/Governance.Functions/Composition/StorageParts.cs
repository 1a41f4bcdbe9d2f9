using Azure.Storage.Blobs;
using Governance.Storage.Hub;
using Governance.Storage.Tables;

namespace Governance.Functions.Composition;

/// <summary>One storage client per service and everything that lies on them, made once.</summary>
internal sealed class StorageParts
{
    private readonly TableServiceClient _tables;
    private readonly string _prefix;
    private readonly string[] _tableNames;
    private readonly BlobContainerClient[] _containers;

    /// <param name="settings">Where.</param>
    public StorageParts(StorageSettings settings)
    {
        _prefix = settings.Prefix;
        (_tables, Blobs) = settings.ConnectionString is { } connection
            ? (new TableServiceClient(connection), new BlobServiceClient(connection))
            : (new TableServiceClient(new Uri($"https://{settings.AccountName}.table.core.windows.net"), settings.Credential),
                new BlobServiceClient(new Uri($"https://{settings.AccountName}.blob.core.windows.net"), settings.Credential));
        _tableNames = [Name("deployments"), Name("exceptions"), Name("views")];
        _containers = [Container("evidence"), Container("incoming"), Container("artifacts"), Container("audit")];
    }

    /// <summary>The blob service.</summary>
    internal BlobServiceClient Blobs { get; }

    /// <summary>The streams of deployments.</summary>
    internal TableClient Deployments => _tables.GetTableClient(Name("deployments"));

    /// <summary>The streams of exceptions.</summary>
    internal TableClient Exceptions => _tables.GetTableClient(Name("exceptions"));

    /// <summary>All read models.</summary>
    internal TableClient Views => _tables.GetTableClient(Name("views"));

    /// <summary>A container of this app.</summary>
    internal BlobContainerClient Container(string name) => Blobs.GetBlobContainerClient($"{_prefix}-{name}");

    /// <summary>The store of the embedded hub.</summary>
    internal TableTaskHubStore TaskHub() => new(_tables, Blobs, Name("hub"), $"{_prefix}-hub");

    /// <summary>Makes what is missing. Safe to repeat.</summary>
    internal async Task Create(CancellationToken cancellation)
    {
        await Task.WhenAll(
        [
            .. _tableNames.Select(name => _tables.CreateTableIfNotExistsAsync(name, cancellation)),
            .. _containers.Select(container => container.CreateIfNotExistsAsync(cancellationToken: cancellation)),
        ]);
    }

    private string Name(string table) => _prefix + table;
}

using Governance.Storage.Tables;

namespace Governance.Storage.Hosting;

/// <summary>The tables and containers of an installation, by the names that an operator sees behind the prefix.</summary>
/// <param name="clients">The account.</param>
public sealed class StorageLayout(StorageClients clients)
{
    /// <summary>Streams of deployments.</summary>
    public TableClient Deployments { get; } = clients.Table("Deployments");

    /// <summary>Streams of exceptions.</summary>
    public TableClient Exceptions { get; } = clients.Table("Exceptions");

    /// <summary>Lists and other read models.</summary>
    public TableClient Views { get; } = clients.Table("Views");

    /// <summary>Which intents wait for which pack; rows come and go with each intent, so they lie apart from the lists.</summary>
    public TableClient Waiting { get; } = clients.Table("Waiting");

    /// <summary>Which deployment owns a ring of an app.</summary>
    public TableClient Owners { get; } = clients.Table("Owners");

    /// <summary>How far each sweep has come, and who is at it.</summary>
    public TableClient Sweeps { get; } = clients.Table("Sweeps");

    /// <summary>Which streams moved since the last anchor, and which anchors name a stream.</summary>
    public TableClient Anchors { get; } = clients.Table("Anchors");

    /// <summary>What is known of cards that were sent to people.</summary>
    public TableClient Cards { get; } = clients.Table("Cards");

    /// <summary>The vault: packs and files of evidence.</summary>
    public Azure.Storage.Blobs.BlobContainerClient Evidence { get; } = clients.Container("evidence");

    /// <summary>Verified artifacts.</summary>
    public Azure.Storage.Blobs.BlobContainerClient Artifacts { get; } = clients.Container("artifacts");

    /// <summary>Uploads that nobody has looked at yet.</summary>
    public Azure.Storage.Blobs.BlobContainerClient Incoming { get; } = clients.Container("incoming");

    /// <summary>Anchors of the logs.</summary>
    public Azure.Storage.Blobs.BlobContainerClient Audit { get; } = clients.Container("audit");

    /// <summary>The keys of browsers' sessions: who may read them may forge sessions.</summary>
    public Azure.Storage.Blobs.BlobContainerClient PageKeys { get; } = clients.Container("page-keys");

    /// <summary>All of the tables above.</summary>
    public IReadOnlyList<TableClient> Tables => [Deployments, Exceptions, Views, Waiting, Owners, Sweeps, Anchors, Cards];

    /// <summary>All of the containers above.</summary>
    public IReadOnlyList<Azure.Storage.Blobs.BlobContainerClient> Containers => [Evidence, Artifacts, Incoming, Audit, PageKeys];

    /// <summary>Makes what is missing, all at once. Safe to repeat.</summary>
    /// <exception cref="Azure.RequestFailedException">Storage did not answer or refused.</exception>
    public Task Prepare(CancellationToken cancellation) => Task.WhenAll(
    [
        .. Tables.Select(table => clients.Tables.CreateTableIfNotExistsAsync(table.Name, cancellation)),
        .. Containers.Select(container => container.CreateIfNotExistsAsync(cancellationToken: cancellation)),
    ]);

    /// <summary>Asks tables and blobs for something small each.</summary>
    /// <exception cref="Azure.RequestFailedException">One of them does not answer or refuses.</exception>
    public Task Probe(CancellationToken cancellation) => Task.WhenAll(
        Views.GetEntityIfExistsAsync("probe", "probe", cancellationToken: cancellation), Evidence.ExistsAsync(cancellation));
}

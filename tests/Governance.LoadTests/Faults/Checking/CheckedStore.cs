using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Durable.Hub;
using Governance.Storage.Hosting;
using Governance.Storage.Hub;
using Governance.Storage.Streams;
using Governance.Storage.Tables;
using Governance.Storage.Views;

namespace Governance.LoadTests.Faults.Checking;

/// <summary>An installation's storage, read past the app.</summary>
internal sealed class CheckedStore : IDisposable
{
    private readonly StorageClients _clients;

    internal CheckedStore(string connectionString, string prefix)
    {
        _clients = new(new() { ConnectionString = connectionString, Prefix = prefix });
        Layout = new(_clients);
        Deployments = new(Layout.Deployments, new DeploymentCodec(), TimeProvider.System, []);
        Exceptions = new(Layout.Exceptions, new ExceptionCodec(), TimeProvider.System, []);
        Hub = new(_clients.Tables, _clients.Blobs, _clients.Table("TaskHub").Name, _clients.Container("task-hub").Name);
    }

    internal StorageLayout Layout { get; }

    internal EventStreams<DeploymentState, DeploymentEvent> Deployments { get; }

    internal EventStreams<ExceptionState, ExceptionEvent> Exceptions { get; }

    /// <summary>The embedded hub's rows.</summary>
    internal TableTaskHubStore Hub { get; }

    /// <summary>The table of these rows.</summary>
    internal TableClient HubTable => _clients.Table("TaskHub");

    /// <summary>A table that the app has not; made where it is missing.</summary>
    internal async Task<TableClient> TableOfOurs(string name, CancellationToken cancellation)
    {
        var table = _clients.Table(name);
        await _clients.Tables.CreateTableIfNotExistsAsync(table.Name, cancellation);
        return table;
    }

    /// <summary>The lists in a table.</summary>
    internal static ListsOf Lists(TableClient views) => new(new(views, TimeProvider.System), new(views, TimeProvider.System));

    /// <summary>Every stream of which there is any row, and the follow-up work that is left, by its key.</summary>
    internal static async Task<(IReadOnlyCollection<CorrelationId> Streams, IReadOnlyList<string> Outbox)> Keys(TableClient table, CancellationToken cancellation)
    {
        var (streams, outbox) = (new HashSet<CorrelationId>(), new List<string>());
        await foreach (var row in table.QueryAsync(select: ["PartitionKey", "RowKey"], cancellationToken: cancellation))
        {
            if (row.RowKey.StartsWith(StreamRows.OutboxStart, StringComparison.Ordinal))
            {
                outbox.Add(row.RowKey);
            }
            else
            {
                streams.Add(StreamRows.StreamOf(row.RowKey));
            }
        }

        return (streams, outbox);
    }

    /// <summary>The heads of streams, by id; those that cannot be read are left out, an audit tells of them.</summary>
    internal async Task<IReadOnlyDictionary<CorrelationId, StreamHead<DeploymentState>>> Heads(IEnumerable<CorrelationId> ids, CancellationToken cancellation)
    {
        var heads = new Dictionary<CorrelationId, StreamHead<DeploymentState>>();
        foreach (var id in ids)
        {
            try
            {
                if (await Deployments.Read(id, cancellation) is { } head)
                {
                    heads[id] = head;
                }
            }
            catch (Exception unreadable) when (unreadable is InvalidDataException or FormatException or System.Text.Json.JsonException)
            {
                // The audit of the stream says so.
            }
        }

        return heads;
    }

    public void Dispose() => _clients.Dispose();
}

/// <summary>The lists that one table holds.</summary>
internal sealed record ListsOf(DeploymentViews Deployments, ExceptionViews Exceptions);

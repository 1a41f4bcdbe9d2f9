using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Core;

namespace Governance.Storage.Tables;

/// <summary>The rows of one table. Safe for use by many threads.</summary>
/// <remarks>
/// Its names are those of Azure.Data.Tables; where that package throws for a race, these methods return a <see cref="TableWrite"/>.
/// Limits are checked before sending (<see cref="TableLimits"/>); an answer that is neither success nor race is a
/// <see cref="RequestFailedException"/> that names account, table and row.
/// </remarks>
public sealed class TableClient
{
    private static readonly ETag[] NoVersion = [default];
    private readonly TableConnection _connection;

    internal TableClient(TableConnection connection, string name) => (_connection, Name) = (connection, name);

    /// <summary>The table's name.</summary>
    public string Name { get; }

    /// <summary>Reads one row by its keys. One round trip.</summary>
    /// <param name="partitionKey">The partition.</param>
    /// <param name="rowKey">The row.</param>
    /// <param name="select">The values wanted; null for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where there is no such row.</returns>
    /// <exception cref="RequestFailedException">Storage did not answer or refused; also when the table is missing.</exception>
    public async Task<TableEntity?> GetEntityIfExistsAsync(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        using var message = _connection.Create(RequestMethod.Get, TableRequests.RowPath(Name, partitionKey, rowKey));
        if (select is not null)
        {
            message.Request.Uri.AppendQuery("$select", string.Join(',', select));
        }

        await _connection.Send(message, cancellationToken);
        var response = message.Response;
        return response.Status switch
        {
            200 => ReadOne(response),
            404 when TableErrors.Read(response).Code != "TableNotFound" => null,
            _ => throw TableConnection.Unexpected(message),
        };
    }

    /// <summary>Inserts a row that must not be there. One round trip.</summary>
    /// <returns>Committed, or lost with <see cref="TableConflict.AlreadyExists"/>.</returns>
    /// <exception cref="RequestFailedException">Storage did not answer or refused.</exception>
    public Task<TableWrite> AddEntityAsync(TableEntity entity, CancellationToken cancellationToken = default) =>
        Write(new(TableTransactionActionType.Add, entity), cancellationToken);

    /// <summary>Writes a row over the version that was read. One round trip.</summary>
    /// <returns>Committed, or lost with <see cref="TableConflict.Changed"/> or <see cref="TableConflict.Missing"/>.</returns>
    /// <exception cref="RequestFailedException">Storage did not answer or refused.</exception>
    public Task<TableWrite> UpdateEntityAsync(
        TableEntity entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default) =>
        Write(
            new(mode == TableUpdateMode.Merge ? TableTransactionActionType.UpdateMerge : TableTransactionActionType.UpdateReplace, entity, ifMatch),
            cancellationToken);

    /// <summary>Inserts a row or writes it over whatever is there. One round trip; always committed.</summary>
    /// <exception cref="RequestFailedException">Storage did not answer or refused.</exception>
    public Task<TableWrite> UpsertEntityAsync(
        TableEntity entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default) =>
        Write(
            new(mode == TableUpdateMode.Merge ? TableTransactionActionType.UpsertMerge : TableTransactionActionType.UpsertReplace, entity),
            cancellationToken);

    /// <summary>Deletes a row. One round trip.</summary>
    /// <param name="partitionKey">The partition.</param>
    /// <param name="rowKey">The row.</param>
    /// <param name="ifMatch">The version that was read; default: any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Committed, or lost with <see cref="TableConflict.Changed"/> or <see cref="TableConflict.Missing"/>.</returns>
    /// <exception cref="RequestFailedException">Storage did not answer or refused.</exception>
    public Task<TableWrite> DeleteEntityAsync(
        string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default) =>
        Write(
            new(TableTransactionActionType.Delete, new TableEntity(partitionKey, rowKey), ifMatch == default ? ETag.All : ifMatch),
            cancellationToken);

    /// <summary>Carries out all operations or none. One round trip.</summary>
    /// <param name="actions">1 to 100, one partition, each row at most once, at most 4 MiB together.</param>
    /// <param name="cancellationToken">Ends the wait; what was sent may still be carried out.</param>
    /// <returns>Committed with an ETag for each operation, or lost with the index of the one that met a race.</returns>
    /// <exception cref="ArgumentException">A limit is passed; nothing was sent.</exception>
    /// <exception cref="RequestFailedException">Storage did not answer or refused. Unanswered, it may have been carried out: look before repeating.</exception>
    public async Task<TableWrite> SubmitTransactionAsync(
        IReadOnlyList<TableTransactionAction> actions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(actions);
        var body = new PooledBuffer(16 * 1024);
        var boundary = TransactionBody.Write(body, _connection.Endpoint, Name, actions);
        using var message = _connection.Create(RequestMethod.Post, "$batch");
        message.Request.Headers.Add("Content-Type", $"multipart/mixed; boundary={boundary}");
        message.Request.Headers.Add("MaxDataServiceVersion", "3.0;NetFx");
        message.Request.Content = RequestContent.Create(body.Written);
        await _connection.Send(message, cancellationToken);
        GiveBack(body, message);
        if (message.Response.Status != 202)
        {
            throw TableConnection.Unexpected(message);
        }

        var answer = TransactionAnswer.Read(message.Response.Content.ToMemory(), actions);
        return answer switch
        {
            { Failed: null } => new TableWrite.Committed(answer.ETags),
            { Failed: { } failed } when TableConnection.ConflictOf(failed.Status) is { } conflict && failed.Code != "TableNotFound" =>
                new TableWrite.Lost(failed.Index, conflict, TableConnection.IsAfterRetry(message)),
            _ => throw TableConnection.Unexpected(message, answer.Failed.Status, (answer.Failed.Code, $"operation {answer.Failed.Index}: {answer.Failed.Text}")),
        };
    }

    /// <summary>Reads rows in key order, page by page as they are asked for. One round trip a page.</summary>
    /// <param name="filter">OData, for example <see cref="RowsBetween"/>; null for the whole table.</param>
    /// <param name="maxPerPage">1 to 1,000; null: the service's own 1,000.</param>
    /// <param name="select">The values wanted; null for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RequestFailedException">Storage did not answer or refused.</exception>
    public async IAsyncEnumerable<TableEntity> QueryAsync(
        string? filter = null,
        int? maxPerPage = null,
        IEnumerable<string>? select = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? partition = null, row = null;
        do
        {
            List<TableEntity> page;
            (page, partition, row) = await QueryPage(filter, maxPerPage, select, partition, row, cancellationToken);
            foreach (var entity in page)
            {
                yield return entity;
            }
        }
        while (partition is not null);
    }

    /// <summary>The filter for a range of one partition.</summary>
    /// <param name="partitionKey">The partition.</param>
    /// <param name="from">The first row key that counts.</param>
    /// <param name="before">The first row key behind the range; null: to the partition's end.</param>
    public static string RowsBetween(string partitionKey, string from, string? before)
    {
        var filter = $"PartitionKey eq {TableRequests.Quoted(partitionKey)} and RowKey ge {TableRequests.Quoted(from)}";
        return before is null ? filter : $"{filter} and RowKey lt {TableRequests.Quoted(before)}";
    }

    // A try that was given up may still be reading the body, and so may one that was answered before it was sent whole.
    private static void GiveBack(PooledBuffer body, HttpMessage message)
    {
        if (message.Response.Status < 300 && !TableConnection.IsAfterRetry(message))
        {
            body.GiveBack();
        }
    }

    private static TableEntity ReadOne(Response response)
    {
        var reader = new Utf8JsonReader(response.Content.ToMemory().Span);
        reader.Read();
        return EntityJson.Read(ref reader, response.Headers.ETag ?? default);
    }

    private async Task<TableWrite> Write(TableTransactionAction action, CancellationToken cancellation)
    {
        TableLimits.Check(action.Entity);
        var body = new PooledBuffer();
        using var message = _connection.Create(TableRequests.MethodOf(action.ActionType), TableRequests.PathOf(Name, action));
        if (TableRequests.IfMatchOf(action) is { } version)
        {
            message.Request.Headers.Add("If-Match", version);
        }

        if (action.ActionType == TableTransactionActionType.Add)
        {
            message.Request.Headers.Add("Prefer", "return-no-content");
        }

        if (action.ActionType != TableTransactionActionType.Delete)
        {
            EntityJson.Write(body, action.Entity);
            message.Request.Headers.Add("Content-Type", "application/json");
            message.Request.Content = RequestContent.Create(body.Written);
        }

        await _connection.Send(message, cancellation);
        GiveBack(body, message);
        var response = message.Response;
        return response.Status switch
        {
            201 or 204 => new TableWrite.Committed(response.Headers.ETag is { } etag ? [etag] : NoVersion),
            var status when TableConnection.ConflictOf(status) is { } conflict && TableErrors.Read(response).Code != "TableNotFound" =>
                new TableWrite.Lost(0, conflict, TableConnection.IsAfterRetry(message)),
            _ => throw TableConnection.Unexpected(message),
        };
    }

    private async Task<(List<TableEntity> Page, string? NextPartition, string? NextRow)> QueryPage(
        string? filter, int? maxPerPage, IEnumerable<string>? select, string? partition, string? row, CancellationToken cancellation)
    {
        using var message = _connection.Create(RequestMethod.Get, $"{Name}()");
        var uri = message.Request.Uri;
        Append("$filter", filter);
        Append("$top", maxPerPage?.ToString(CultureInfo.InvariantCulture));
        Append("$select", select is null ? null : string.Join(',', select));
        Append("NextPartitionKey", partition);
        Append("NextRowKey", row);
        await _connection.Send(message, cancellation);
        if (message.Response.Status != 200)
        {
            throw TableConnection.Unexpected(message);
        }

        var headers = message.Response.Headers;
        headers.TryGetValue("x-ms-continuation-NextPartitionKey", out var nextPartition);
        headers.TryGetValue("x-ms-continuation-NextRowKey", out var nextRow);
        return (ReadPage(message.Response), nextPartition, nextRow);

        void Append(string name, string? value)
        {
            if (value is not null)
            {
                uri.AppendQuery(name, Uri.EscapeDataString(value), escapeValue: false);
            }
        }
    }

    private static List<TableEntity> ReadPage(Response response)
    {
        var page = new List<TableEntity>();
        var reader = new Utf8JsonReader(response.Content.ToMemory().Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var rows = reader.ValueTextEquals("value"u8);
            reader.Read();
            if (!rows)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                page.Add(EntityJson.Read(ref reader, default));
            }
        }

        return page;
    }
}

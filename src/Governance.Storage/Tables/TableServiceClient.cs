using System.Text.Json;
using Azure;
using Azure.Core;

namespace Governance.Storage.Tables;

/// <summary>An account's tables. Made once and shared; safe for use by many threads.</summary>
/// <remarks>Its names are those of Azure.Data.Tables, so that the package can take this folder's place.</remarks>
public sealed class TableServiceClient
{
    private readonly TableConnection _connection;

    /// <param name="connectionString">With AccountName, AccountKey and optionally TableEndpoint, or <c>UseDevelopmentStorage=true</c>.</param>
    /// <param name="options">Retries and transport.</param>
    /// <exception cref="ArgumentException">A part is missing; the message names it and not the key.</exception>
    public TableServiceClient(string connectionString, TableClientOptions? options = null)
    {
        var account = StorageAccount.Parse(connectionString);
        _connection = new(account.TableEndpoint, TableAuthentication.With(account.Credential), TableAuthentication.VersionForKeys, options ?? new());
    }

    /// <param name="endpoint">For example <c>https://account.table.core.windows.net</c>.</param>
    /// <param name="credential">The account's key.</param>
    /// <param name="options">Retries and transport.</param>
    public TableServiceClient(Uri endpoint, TableSharedKeyCredential credential, TableClientOptions? options = null) =>
        _connection = new(endpoint, TableAuthentication.With(credential), TableAuthentication.VersionForKeys, options ?? new());

    /// <param name="endpoint">For example <c>https://account.table.core.windows.net</c>; must be https.</param>
    /// <param name="credential">A managed identity or another token source.</param>
    /// <param name="options">Retries and transport.</param>
    public TableServiceClient(Uri endpoint, TokenCredential credential, TableClientOptions? options = null) =>
        _connection = new(endpoint, TableAuthentication.With(credential), TableAuthentication.VersionForTokens, options ?? new());

    /// <summary>A client for one table; no round trip, and the table need not exist.</summary>
    public TableClient GetTableClient(string tableName) => new(_connection, tableName);

    /// <summary>Makes the table unless it is there. One round trip.</summary>
    /// <param name="tableName">3 to 63 letters and digits, a letter first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RequestFailedException">Storage did not answer or refused.</exception>
    public async Task CreateTableIfNotExistsAsync(string tableName, CancellationToken cancellationToken = default)
    {
        using var message = _connection.Create(RequestMethod.Post, "Tables");
        message.Request.Headers.Add("Content-Type", "application/json");
        message.Request.Headers.Add("Prefer", "return-no-content");
        message.Request.Content = RequestContent.Create(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["TableName"] = tableName }));
        await _connection.Send(message, cancellationToken);
        if (message.Response.Status is not (201 or 204) && TableErrors.Read(message.Response).Code != "TableAlreadyExists")
        {
            throw TableConnection.Unexpected(message);
        }
    }

    /// <summary>Deletes the table with all its rows; nothing happens where there is none. One round trip.</summary>
    /// <exception cref="RequestFailedException">Storage did not answer or refused.</exception>
    public async Task DeleteTableAsync(string tableName, CancellationToken cancellationToken = default)
    {
        using var message = _connection.Create(RequestMethod.Delete, $"Tables('{tableName}')");
        await _connection.Send(message, cancellationToken);
        if (message.Response.Status is not (204 or 404))
        {
            throw TableConnection.Unexpected(message);
        }
    }
}

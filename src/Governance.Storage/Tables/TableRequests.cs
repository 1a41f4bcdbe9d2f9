using Azure.Core;

namespace Governance.Storage.Tables;

/// <summary>How operations look on the wire, alone and inside a transaction.</summary>
internal static class TableRequests
{
    /// <summary>A text as an OData literal.</summary>
    public static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>The path of one row, percent-encoded.</summary>
    public static string RowPath(string table, string partitionKey, string rowKey) =>
        $"{table}(PartitionKey='{Escaped(partitionKey)}',RowKey='{Escaped(rowKey)}')";

    public static string PathOf(string table, TableTransactionAction action) => action.ActionType == TableTransactionActionType.Add
        ? table
        : RowPath(table, action.Entity.PartitionKey, action.Entity.RowKey);

    public static RequestMethod MethodOf(TableTransactionActionType type) => type switch
    {
        TableTransactionActionType.Add => RequestMethod.Post,
        TableTransactionActionType.Delete => RequestMethod.Delete,
        TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpsertMerge => RequestMethod.Patch,
        _ => RequestMethod.Put,
    };

    /// <summary>What updates and deletes compare; null where nothing is compared.</summary>
    public static string? IfMatchOf(TableTransactionAction action) => action.ActionType switch
    {
        TableTransactionActionType.Delete or TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpdateReplace =>
            action.ETag.ToString("H"),
        _ => null,
    };

    private static string Escaped(string key) => Uri.EscapeDataString(key.Replace("'", "''", StringComparison.Ordinal));
}

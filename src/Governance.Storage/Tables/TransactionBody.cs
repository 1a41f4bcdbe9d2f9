using System.Text;
using Azure.Core;

namespace Governance.Storage.Tables;

/// <summary>Writes an entity-group transaction as the multipart body of a <c>$batch</c> request.</summary>
internal static class TransactionBody
{
    /// <returns>The outer boundary.</returns>
    /// <exception cref="ArgumentException">A limit is passed.</exception>
    public static string Write(PooledBuffer to, Uri endpoint, string table, IReadOnlyList<TableTransactionAction> actions)
    {
        Check(actions);
        // The bodies are JSON with no bare line break, so that no boundary can occur in them: it may be the same every time.
        const string batch = "batch_governance";
        const string changes = "changeset_governance";
        Line(to, $"--{batch}\r\nContent-Type: multipart/mixed; boundary={changes}\r\n");
        var prefix = $"{endpoint.AbsoluteUri.TrimEnd('/')}/";
        foreach (var action in actions)
        {
            Line(to, $"--{changes}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n");
            Line(to, $"{TableRequests.MethodOf(action.ActionType)} {prefix}{TableRequests.PathOf(table, action)} HTTP/1.1");
            Line(to, "Accept: application/json;odata=minimalmetadata\r\nDataServiceVersion: 3.0");
            if (TableRequests.IfMatchOf(action) is { } version)
            {
                Line(to, $"If-Match: {version}");
            }

            if (action.ActionType == TableTransactionActionType.Delete)
            {
                Line(to, string.Empty);
                continue;
            }

            Line(to, action.ActionType == TableTransactionActionType.Add
                ? "Prefer: return-no-content\r\nContent-Type: application/json\r\n"
                : "Content-Type: application/json\r\n");
            EntityJson.Write(to, action.Entity);
            Line(to, string.Empty);
        }

        Line(to, $"--{changes}--\r\n--{batch}--");
        return to.Length <= TableLimits.TransactionBytes
            ? batch
            : throw new ArgumentException($"A transaction of {to.Length} bytes on {table}, {TableLimits.TransactionBytes} are allowed.");
    }

    private static void Check(IReadOnlyList<TableTransactionAction> actions)
    {
        if (actions.Count is 0 or > TableLimits.TransactionActions)
        {
            throw new ArgumentException($"A transaction of {actions.Count} operations, 1 to {TableLimits.TransactionActions} are allowed.");
        }

        var rows = new HashSet<string>(StringComparer.Ordinal);
        foreach (var action in actions)
        {
            TableLimits.Check(action.Entity);
            if (action.Entity.PartitionKey != actions[0].Entity.PartitionKey)
            {
                throw new ArgumentException($"A transaction on partitions {actions[0].Entity.PartitionKey} and {action.Entity.PartitionKey}, one is allowed.");
            }

            if (!rows.Add(action.Entity.RowKey))
            {
                throw new ArgumentException($"A transaction with row {action.Entity.PartitionKey}/{action.Entity.RowKey} twice, once is allowed.");
            }
        }
    }

    private static void Line(PooledBuffer to, string text)
    {
        var span = to.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length) + 2);
        var written = Encoding.UTF8.GetBytes(text, span);
        span[written] = (byte)'\r';
        span[written + 1] = (byte)'\n';
        to.Advance(written + 2);
    }
}

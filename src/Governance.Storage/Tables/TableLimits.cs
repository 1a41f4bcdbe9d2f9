namespace Governance.Storage.Tables;

/// <summary>
/// What the service takes, checked before anything is sent: a request over a limit is a fault of ours, and here it can still be named.
/// Source: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
/// </summary>
public static class TableLimits
{
    /// <summary>Operations in one transaction.</summary>
    public const int TransactionActions = 100;

    /// <summary>Bytes of one transaction's body.</summary>
    public const int TransactionBytes = 4 * 1024 * 1024;

    /// <summary>Bytes of one row, counted as the service counts them.</summary>
    public const int EntityBytes = 1024 * 1024;

    /// <summary>Bytes of one binary value.</summary>
    public const int BinaryBytes = 64 * 1024;

    /// <summary>UTF-16 characters of one string value.</summary>
    public const int StringCharacters = 32 * 1024;

    /// <summary>UTF-16 characters of a key.</summary>
    public const int KeyCharacters = 512;

    /// <summary>Values of one row, keys and time stamp not counted.</summary>
    public const int Properties = 252;

    /// <summary>Throws where the service would refuse the row.</summary>
    /// <exception cref="ArgumentException">The message names the row and the limit.</exception>
    public static void Check(TableEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        CheckKey(entity.PartitionKey);
        CheckKey(entity.RowKey);
        if (entity.Count > Properties)
        {
            throw Over(entity, $"{entity.Count} values, {Properties} are allowed");
        }

        long bytes = 4 + (2L * (entity.PartitionKey.Length + entity.RowKey.Length));
        foreach (var (name, value) in entity)
        {
            bytes += 8 + (2L * name.Length) + SizeOf(entity, name, value);
        }

        if (bytes > EntityBytes)
        {
            throw Over(entity, $"{bytes} bytes, {EntityBytes} are allowed");
        }
    }

    /// <summary>Throws where the service would refuse the key.</summary>
    /// <exception cref="ArgumentException">It is too long or holds a forbidden character.</exception>
    public static void CheckKey(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length > KeyCharacters)
        {
            throw new ArgumentException($"A key has {key.Length} characters, {KeyCharacters} are allowed: {key[..40]}…");
        }

        foreach (var character in key)
        {
            // % is legal, but proxies and clients disagree on how often it is unescaped.
            if (character is '/' or '\\' or '#' or '?' or '%' || char.IsControl(character))
            {
                throw new ArgumentException($"The key '{key}' holds U+{(int)character:X4}, which keys must not.");
            }
        }
    }

    private static long SizeOf(TableEntity entity, string name, object value) => value switch
    {
        string text when text.Length > StringCharacters =>
            throw Over(entity, $"a string of {text.Length} characters in '{name}', {StringCharacters} are allowed"),
        byte[] bytes when bytes.Length > BinaryBytes =>
            throw Over(entity, $"{bytes.Length} bytes in '{name}', {BinaryBytes} are allowed"),
        string text => 4 + (2L * text.Length),
        byte[] bytes => 4 + bytes.Length,
        bool => 1,
        int => 4,
        long or double or DateTimeOffset => 8,
        Guid => 16,
        _ => throw new ArgumentException($"'{name}' of row {entity.PartitionKey}/{entity.RowKey} is a {value.GetType().Name}, which no column can hold."),
    };

    private static ArgumentException Over(TableEntity entity, string what) =>
        new($"Row {entity.PartitionKey}/{entity.RowKey} has {what}.");
}

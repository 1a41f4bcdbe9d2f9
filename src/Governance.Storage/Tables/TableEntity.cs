using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Azure;

namespace Governance.Storage.Tables;

/// <summary>
/// One row: two keys, an ETag and named values of the types string, byte[], int, long, double, bool, DateTimeOffset and Guid.
/// Named and used as Azure.Data.Tables' type of the same name. Not safe for use by several threads at once.
/// </summary>
public sealed class TableEntity : IEnumerable<KeyValuePair<string, object>>
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    /// <summary>An empty row.</summary>
    /// <param name="partitionKey">At most 512 characters, none of <c>/ \ # ?</c>, no control characters.</param>
    /// <param name="rowKey">As <paramref name="partitionKey"/>.</param>
    public TableEntity(string partitionKey, string rowKey) => (PartitionKey, RowKey) = (partitionKey, rowKey);

    /// <summary>Which rows it can share a transaction with.</summary>
    public string PartitionKey { get; }

    /// <summary>Its place in the partition; rows sort by it ordinally.</summary>
    public string RowKey { get; }

    /// <summary>The version that was read or written last; default where unknown.</summary>
    public ETag ETag { get; set; }

    /// <summary>When storage wrote it last, UTC; null before it was read.</summary>
    public DateTimeOffset? Timestamp { get; set; }

    /// <summary>How many values it has, keys and time stamp not counted.</summary>
    public int Count => _values.Count;

    /// <summary>A value; null where there is none. Setting null takes it away.</summary>
    public object? this[string name]
    {
        get => _values.GetValueOrDefault(name);
        set
        {
            if (value is null)
            {
                _values.Remove(name);
            }
            else
            {
                _values[name] = value;
            }
        }
    }

    /// <summary>Sets a value; lets a row be written as <c>new TableEntity(p, r) { { "n", 1L } }</c>.</summary>
    public void Add(string name, object? value) => this[name] = value;

    /// <summary>Whether there is such a value.</summary>
    public bool TryGetValue(string name, [NotNullWhen(true)] out object? value) => _values.TryGetValue(name, out value);

    /// <returns>Null where there is none.</returns>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public string? GetString(string name) => (string?)Get(name, typeof(string));

    /// <returns>The bytes themselves, not a copy; null where there are none.</returns>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public byte[]? GetBinary(string name) => (byte[]?)Get(name, typeof(byte[]));

    /// <returns>Null where there is none.</returns>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public int? GetInt32(string name) => (int?)Get(name, typeof(int));

    /// <returns>Null where there is none; also reads a 32-bit value.</returns>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public long? GetInt64(string name) => this[name] is int small ? small : (long?)Get(name, typeof(long));

    /// <returns>Null where there is none.</returns>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public double? GetDouble(string name) => (double?)Get(name, typeof(double));

    /// <returns>Null where there is none.</returns>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public bool? GetBoolean(string name) => (bool?)Get(name, typeof(bool));

    /// <returns>UTC, to 100 ns; null where there is none.</returns>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public DateTimeOffset? GetDateTimeOffset(string name) => (DateTimeOffset?)Get(name, typeof(DateTimeOffset));

    /// <returns>Null where there is none.</returns>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public Guid? GetGuid(string name) => (Guid?)Get(name, typeof(Guid));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private object? Get(string name, Type wanted) => this[name] switch
    {
        null => null,
        var value when value.GetType() == wanted => value,
        var value => throw new InvalidOperationException(
            $"'{name}' of row {PartitionKey}/{RowKey} is a {value.GetType().Name}, not a {wanted.Name}."),
    };
}

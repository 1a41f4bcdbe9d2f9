using System.Security.Cryptography;
using System.Text;

namespace Governance.Storage.Tables;

/// <summary>An account's name and key. Its text form shows the name only.</summary>
public sealed class TableSharedKeyCredential
{
    private readonly byte[] _key;

    /// <param name="accountName">The storage account.</param>
    /// <param name="accountKey">Base64, as the portal shows it.</param>
    /// <exception cref="FormatException">The key is not base64.</exception>
    public TableSharedKeyCredential(string accountName, string accountKey)
    {
        AccountName = accountName;
        _key = Convert.FromBase64String(accountKey);
    }

    /// <summary>The storage account.</summary>
    public string AccountName { get; }

    /// <inheritdoc/>
    public override string ToString() => $"key of {AccountName}";

    /// <summary>The Shared Key Lite signature of a table request.</summary>
    /// <param name="date">The x-ms-date header as sent.</param>
    /// <param name="path">The path as sent, percent-encoded.</param>
    internal string Sign(string date, string path)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{date}\n/{AccountName}{path}"), mac);
        return Convert.ToBase64String(mac);
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Governance.Functions.Http;

/// <summary>
/// Makes and reads continuation tokens: where a list goes on, bound to the list and its filters, so that a token of one list is refused by every other and by the same list with other filters.
/// </summary>
/// <param name="key">
/// Signs the tokens. All instances of the app need the same one. Empty, a token is still bound and checked for damage, but whoever reads the source can make one;
/// that gives nobody more than the list itself does, because access is decided on each call.
/// </param>
internal sealed class PageTokens(ReadOnlyMemory<byte> key)
{
    private const int TagLength = 16;

    /// <summary>The longest token that is read, in characters.</summary>
    public const int MaxLength = 2048;

    /// <param name="scope">Names the list and its filters.</param>
    /// <param name="cursor">Where the list goes on, in its own words; up to 1,000 bytes in UTF-8.</param>
    /// <returns>Base64url, for the client to hand back.</returns>
    public string Write(string scope, string cursor)
    {
        var bytes = new byte[TagLength + Encoding.UTF8.GetByteCount(cursor)];
        Encoding.UTF8.GetBytes(cursor, bytes.AsSpan(TagLength));
        Tag(scope, bytes.AsSpan(TagLength), bytes.AsSpan(0, TagLength));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a token that <see cref="Write"/> made for the same scope; everything else is refused.</summary>
    public bool TryRead(string scope, string token, out string cursor)
    {
        cursor = string.Empty;
        if (token.Length > MaxLength || !Base64Url.IsValid(token, out var length) || length < TagLength)
        {
            return false;
        }

        var bytes = Base64Url.DecodeFromChars(token);
        Span<byte> tag = stackalloc byte[TagLength];
        Tag(scope, bytes.AsSpan(TagLength), tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, bytes.AsSpan(0, TagLength)))
        {
            return false;
        }

        cursor = Encoding.UTF8.GetString(bytes.AsSpan(TagLength));
        return true;
    }

    private void Tag(string scope, ReadOnlySpan<byte> cursor, Span<byte> tag)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key.Span);
        var name = Encoding.UTF8.GetBytes(scope);
        mac.AppendData(BitConverter.GetBytes(name.Length));
        mac.AppendData(name);
        mac.AppendData(cursor);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        mac.GetHashAndReset(hash);
        hash[..TagLength].CopyTo(tag);
    }
}

/// <summary>Which page of a list a caller asks for.</summary>
/// <param name="Limit">How many at most, 1 to 200.</param>
/// <param name="Cursor">Where to go on, in the list's own words; null for the first page.</param>
internal sealed record Page(int Limit, string? Cursor)
{
    /// <summary>How many entries a page has where the caller does not say.</summary>
    public const int DefaultLimit = 50;

    /// <summary>The most entries a page has.</summary>
    public const int MaxLimit = 200;

    private Func<string, string>? _write;

    /// <summary>Binds the page to its list, so that it can name the next one.</summary>
    public static Page Of(int limit, string? cursor, string scope, PageTokens tokens) =>
        new(limit, cursor) { _write = next => tokens.Write(scope, next) };

    /// <summary>The token with which a client gets the next page.</summary>
    /// <param name="cursor">Where the next page begins, in the list's own words; null where this is the last.</param>
    public string? Next(string? cursor) => cursor is null || _write is null ? null : _write(cursor);
}

namespace Governance.Intune.Publishing;

/// <summary>Where content may be written for a short time. The address is a secret: whoever has it may write.</summary>
/// <param name="address">With its signature.</param>
/// <param name="expires">First instant, UTC, at which it does not hold any more; null where Graph does not say.</param>
internal sealed class UploadAddress(Uri address, DateTimeOffset? expires)
{
    /// <summary>First instant, UTC, at which it does not hold any more.</summary>
    public DateTimeOffset? Expires { get; } = expires;

    /// <param name="text">As Graph gave it.</param>
    /// <param name="expires">As Graph gave it.</param>
    /// <param name="options">Which hosts are allowed.</param>
    /// <returns>Null where there is none, or content must not be sent there.</returns>
    public static UploadAddress? Of(string? text, DateTimeOffset? expires, IntuneOptions options) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && IsAllowed(address, options) ? new(address, expires) : null;

    /// <summary>The address of one block.</summary>
    /// <param name="id">The block's id, already in base64.</param>
    public Uri Block(string id) => With($"comp=block&blockid={Uri.EscapeDataString(id)}");

    /// <summary>The address of the list that makes blocks a blob.</summary>
    public Uri BlockList() => With("comp=blocklist");

    /// <summary>Whether two addresses are the same, signature included.</summary>
    public bool IsSame(UploadAddress? other) => other is not null && address == other.With(null);

    /// <returns>A fixed word.</returns>
    public override string ToString() => "(upload address)";

    private Uri With(string? query) => query is null ? address
        : new(address.Query.Length > 1 ? $"{address.AbsoluteUri}&{query}" : $"{address.AbsoluteUri}?{query}");

    private static bool IsAllowed(Uri address, IntuneOptions options) =>
        (address.Scheme == Uri.UriSchemeHttps
            && options.UploadHosts.Any(host => host.StartsWith('.')
                ? address.Host.EndsWith(host, StringComparison.OrdinalIgnoreCase)
                : string.Equals(address.Host, host, StringComparison.OrdinalIgnoreCase)))
        || (address.Authority == options.BaseAddress.Authority && address.Scheme == options.BaseAddress.Scheme);
}

using System.Collections.Concurrent;

namespace Governance.Local.Intune;

/// <summary>One request and its answer, for assertions.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Decoded path, without query: upload addresses are secret even here.</param>
/// <param name="Kind">For uploads <c>block</c>, <c>blocklist</c> or <c>blob</c>; else empty.</param>
/// <param name="Status">Status that was, or would have been, sent.</param>
/// <param name="Dropped">Whether the connection was dropped in place of the answer.</param>
/// <param name="BodySha256">Digest of the body; null for uploads and where there was none.</param>
/// <param name="ClientRequestId">The caller's id of the request.</param>
/// <param name="RetryAttempt">The SDK's own count of repeats; null where it made none.</param>
/// <param name="HasToken">Whether it carried an Authorization header.</param>
internal sealed record JournalEntry(
    string Method, string Path, string Kind, int Status, bool Dropped, string? BodySha256, string ClientRequestId, string? RetryAttempt, bool HasToken)
{
    /// <summary>The W3C trace context that the request carried; null where it carried none.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>The newest requests.</summary>
internal sealed class Journal(int limit)
{
    private readonly ConcurrentQueue<JournalEntry> _entries = new();

    /// <summary>In order of their ends.</summary>
    public IReadOnlyList<JournalEntry> Entries => [.. _entries];

    public void Add(JournalEntry entry)
    {
        if (limit == 0)
        {
            return;
        }

        _entries.Enqueue(entry);
        while (_entries.Count > limit)
        {
            _entries.TryDequeue(out _);
        }
    }

    public void Clear() => _entries.Clear();
}

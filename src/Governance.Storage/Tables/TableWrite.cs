using Azure;

namespace Governance.Storage.Tables;

/// <summary>What became of a write: races are results here, not exceptions.</summary>
public abstract record TableWrite
{
    private TableWrite()
    {
    }

    /// <summary>Everything was written.</summary>
    /// <param name="ETags">The new version of each row in the order of the operations; default for a deleted one.</param>
    public sealed record Committed(IReadOnlyList<ETag> ETags) : TableWrite;

    /// <summary>Somebody else was there first, and nothing was written, or this very write succeeded before.</summary>
    /// <param name="Index">Which operation lost, from 0.</param>
    /// <param name="Conflict">How.</param>
    /// <param name="AfterRetry">
    /// The request had been sent before with no clear answer, so that the conflict may be its own first success: read the row and compare.
    /// </param>
    public sealed record Lost(int Index, TableConflict Conflict, bool AfterRetry) : TableWrite;
}

/// <summary>How a write lost.</summary>
public enum TableConflict
{
    /// <summary>An insert met a row (409).</summary>
    AlreadyExists,

    /// <summary>The row is of another version (412).</summary>
    Changed,

    /// <summary>The row is not there (404).</summary>
    Missing,
}

namespace Governance.Durable;

/// <summary>One page of a query.</summary>
/// <typeparam name="T">What is queried.</typeparam>
/// <param name="Values">May be empty while a token remains.</param>
/// <param name="ContinuationToken">Opaque; null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Values, string? ContinuationToken);

/// <summary>A query whose results are fetched page by page as they are enumerated.</summary>
/// <typeparam name="T">What is queried.</typeparam>
/// <param name="fetch">Gets the page after a token; null for the first.</param>
public sealed class AsyncPageable<T>(Func<string?, CancellationToken, Task<Page<T>>> fetch) : IAsyncEnumerable<T>
{
    /// <summary>The results as pages.</summary>
    /// <param name="continuationToken">Where to go on; null: from the start.</param>
    /// <param name="cancellation">Stops the enumeration.</param>
    public async IAsyncEnumerable<Page<T>> AsPages(
        string? continuationToken = null,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation = default)
    {
        do
        {
            var page = await fetch(continuationToken, cancellation).ConfigureAwait(false);
            yield return page;
            continuationToken = page.ContinuationToken;
        }
        while (continuationToken is not null);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (var page in AsPages(null, cancellationToken).ConfigureAwait(false))
        {
            foreach (var value in page.Values)
            {
                yield return value;
            }
        }
    }
}

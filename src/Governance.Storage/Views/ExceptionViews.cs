using Governance.Core;
using Governance.Core.Cab;
using Governance.Storage.Tables;

namespace Governance.Storage.Views;

/// <summary>The read models of exceptions: those that are asked for, those that hold, and all of an app. As with deployments, only the newest sequence counts.</summary>
public sealed class ExceptionViews
{
    // A check looks at the newest of an app; more at once than this is no exception any more.
    private const int MostOfApp = 500;

    private readonly TableClient _table;
    private readonly PageCache _cache;
    private readonly PageChain<ListedException> _pending;
    private readonly PageChain<ListedException> _approved;

    /// <param name="table">The table of all views.</param>
    /// <param name="clock">For the age of cached pages.</param>
    public ExceptionViews(TableClient table, TimeProvider clock)
    {
        (_table, _cache) = (table, new(clock));
        _pending = Chain("exceptions-pending");
        _approved = Chain("exceptions-approved");
    }

    /// <summary>Brings the views up to date with these changes, of any exceptions and in any order; repeats do no harm.</summary>
    /// <remarks>An app's own list is written first and tells what stands; afterwards it is read again, for what another process was told of in between.</remarks>
    /// <returns>For how many exceptions a view was changed.</returns>
    public async Task<int> Apply(IReadOnlyList<ExceptionSummary> changes, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var touched = new HashSet<string>(StringComparer.Ordinal);
        foreach (var app in changes.GroupBy(change => change.AppName, StringComparer.Ordinal))
        {
            var newest = app.GroupBy(change => change.Id).Select(group => new ListedException(group.MaxBy(change => change.Sequence)!)).ToList();
            var listed = await OfApp(app.Key).Put(newest, cancellation).ConfigureAwait(false);
            touched.UnionWith(listed.Where(each => each.Value.Changed).Select(each => each.Key));
            var standing = listed.Values.Select(each => each.Now).ToList();
            while (standing.Count > 0)
            {
                await Bring(_pending, standing, ExceptionStatus.Pending, touched, cancellation).ConfigureAwait(false);
                await Bring(_approved, standing, ExceptionStatus.Approved, touched, cancellation).ConfigureAwait(false);
                var current = await OfApp(app.Key).Find([.. standing.Select(item => ListPlace.Of(item))], cancellation).ConfigureAwait(false);
                standing = [.. standing.Where(item => current.GetValueOrDefault(item.Key)?.Sequence > item.Sequence).Select(item => current[item.Key])];
            }
        }

        return touched.Count;
    }

    /// <summary>Exceptions that wait for a decision, oldest first.</summary>
    public async Task<PageOf<ExceptionSummary>> Pending(int limit, string? cursor, CancellationToken cancellation) =>
        Summaries(await _pending.Read(newestFirst: false, limit, cursor, _ => true, cancellation).ConfigureAwait(false));

    /// <summary>Exceptions that stand, oldest first: for the sweep that ends them.</summary>
    public async Task<PageOf<ExceptionSummary>> Approved(int limit, string? cursor, CancellationToken cancellation) =>
        Summaries(await _approved.Read(newestFirst: false, limit, cursor, _ => true, cancellation).ConfigureAwait(false));

    /// <summary>The newest 500 exceptions of an app, whatever became of them.</summary>
    public async Task<IReadOnlyList<ExceptionSummary>> Of(string appName, CancellationToken cancellation)
    {
        var (found, cursor) = (new List<ExceptionSummary>(), (string?)null);
        do
        {
            var page = await OfApp(appName).Read(newestFirst: true, MostOfApp - found.Count, cursor, _ => true, cancellation).ConfigureAwait(false);
            found.AddRange(page.Items.Select(item => item.Summary));
            cursor = page.Cursor;
        }
        while (cursor is not null && found.Count < MostOfApp);

        return found;
    }

    private static async Task Bring(
        PageChain<ListedException> chain, List<ListedException> standing, ExceptionStatus status, HashSet<string> touched, CancellationToken cancellation)
    {
        var put = await chain.Put([.. standing.Where(item => item.Summary.Status == status)], cancellation).ConfigureAwait(false);
        touched.UnionWith(put.Where(each => each.Value.Changed).Select(each => each.Key));
        touched.UnionWith(await chain.Remove(
            [.. standing.Where(item => item.Summary.Status != status).Select(item => ListPlace.Of(item))], cancellation).ConfigureAwait(false));
    }

    private static PageOf<ExceptionSummary> Summaries(PageOf<ListedException> page) => new([.. page.Items.Select(item => item.Summary)], page.Cursor);

    private PageChain<ListedException> OfApp(string appName) =>
        Chain("exceptions-" + Digest.Of(System.Text.Encoding.UTF8.GetBytes(appName)));

    private PageChain<ListedException> Chain(string name) => new(_table, name, ViewsJson.Default.ExceptionPage, _cache);
}

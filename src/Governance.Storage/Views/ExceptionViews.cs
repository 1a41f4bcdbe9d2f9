using Governance.Core;
using Governance.Core.Cab;
using Governance.Storage.Tables;

namespace Governance.Storage.Views;

/// <summary>The read models of exceptions: those that are asked for, and all of an app.</summary>
public sealed class ExceptionViews
{
    // A check looks at the newest of an app; more at once than this is no exception any more.
    private const int MostOfApp = 500;

    private readonly TableClient _table;
    private readonly PageCache _cache;
    private readonly PageChain<Guid, ListedException> _pending;
    private readonly PageChain<Guid, ListedException> _approved;

    /// <param name="table">The table of all views.</param>
    /// <param name="clock">For the age of cached pages.</param>
    public ExceptionViews(TableClient table, TimeProvider clock)
    {
        (_table, _cache) = (table, new(clock));
        _pending = Chain("exceptions-pending");
        _approved = Chain("exceptions-approved");
    }

    /// <summary>Brings the views up to date with these changes, of any exceptions and in any order.</summary>
    public async Task Apply(IReadOnlyList<ExceptionSummary> changes, CancellationToken cancellation)
    {
        var newest = changes.GroupBy(change => change.Id).Select(group => new ListedException(group.MaxBy(change => change.Sequence)!)).ToList();
        await Bring(_pending, newest, ExceptionStatus.Pending, cancellation).ConfigureAwait(false);
        await Bring(_approved, newest, ExceptionStatus.Approved, cancellation).ConfigureAwait(false);
        foreach (var app in newest.GroupBy(item => item.Summary.AppName))
        {
            await OfApp(app.Key).Put([.. app], cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Exceptions that wait for a decision, oldest first.</summary>
    public async Task<PageOf<ExceptionSummary>> Pending(int limit, string? cursor, CancellationToken cancellation) =>
        Summaries(await _pending.Read(newestFirst: false, limit, cursor, _ => true, cancellation).ConfigureAwait(false));

    /// <summary>Exceptions that stand, oldest first: for the sweep that ends them.</summary>
    public async Task<PageOf<ExceptionSummary>> Approved(int limit, string? cursor, CancellationToken cancellation) =>
        Summaries(await _approved.Read(newestFirst: false, limit, cursor, _ => true, cancellation).ConfigureAwait(false));

    /// <summary>The newest exceptions of an app, whatever became of them.</summary>
    public async Task<IReadOnlyList<ExceptionSummary>> Of(string appName, CancellationToken cancellation) =>
        Summaries(await OfApp(appName).Read(newestFirst: true, MostOfApp, null, _ => true, cancellation).ConfigureAwait(false)).Items;

    private static async Task Bring(
        PageChain<Guid, ListedException> chain, List<ListedException> newest, ExceptionStatus status, CancellationToken cancellation)
    {
        await chain.Put([.. newest.Where(item => item.Summary.Status == status)], cancellation).ConfigureAwait(false);
        await chain.Remove(
            [.. newest.Where(item => item.Summary.Status != status).Select(item => (item.Key, item.ListedAt))], cancellation).ConfigureAwait(false);
    }

    private static PageOf<ExceptionSummary> Summaries(PageOf<ListedException> page) => new([.. page.Items.Select(item => item.Summary)], page.Cursor);

    private PageChain<Guid, ListedException> OfApp(string appName) =>
        Chain("exceptions-" + Digest.Of(System.Text.Encoding.UTF8.GetBytes(appName)));

    private PageChain<Guid, ListedException> Chain(string name) => new(_table, name, ViewsJson.Default.ListListedException, _cache);
}

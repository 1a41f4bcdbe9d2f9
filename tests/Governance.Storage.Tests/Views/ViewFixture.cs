using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Storage.Hosting;
using Governance.Storage.Views;
using Governance.Testing;
using Governance.Testing.Deployments;

namespace Governance.Storage.Tests.Views;

/// <summary>Views in tables of their own, and summaries that are made from one and changed.</summary>
public abstract class ViewFixture : IAsyncLifetime
{
    private static readonly DeploymentSummary First =
        DeploymentSummary.Of(null, DeploymentStories.Pending().State, 1, FakeClock.Noon, People.Alice.Acts(), ["DEPLOYMENT_CREATED"]);

    private protected ViewFixture(AzuriteFixture azurite)
    {
        Clients = new(new StorageOptions { ConnectionString = azurite.ConnectionString, Prefix = azurite.NextPrefix() });
        Layout = new(Clients);
        Views = Fresh();
        Exceptions = new(Layout.Views, Clock);
    }

    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected StorageClients Clients { get; }

    private protected StorageLayout Layout { get; }

    private protected FakeClock Clock { get; } = new();

    private protected DeploymentViews Views { get; }

    private protected ExceptionViews Exceptions { get; }

    public virtual async ValueTask InitializeAsync() => await Layout.Prepare(Stop);

    public virtual ValueTask DisposeAsync()
    {
        Clients.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Views of another process, or of this one after a restart: they remember nothing.</summary>
    private protected DeploymentViews Fresh() => new(Layout.Views, Clock);

    private protected static CorrelationId IdOf(int n) => new(new Guid(n + 1, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 0));

    /// <summary>A deployment that has just been created, the n-th, n seconds after noon.</summary>
    private protected static DeploymentSummary Created(int n, string app = "7-Zip", string version = "24.09") => First with
    {
        CorrelationId = IdOf(n),
        AppName = app,
        Version = version,
        CreatedAt = FakeClock.Noon.AddSeconds(n),
        UpdatedAt = FakeClock.Noon.AddSeconds(n),
    };

    /// <summary>The same deployment after its next change.</summary>
    private protected static DeploymentSummary Then(DeploymentSummary before, DeploymentStatus status, OpenCabRequest? cab = null) => before with
    {
        Sequence = before.Sequence + 1,
        StatusBefore = before.Status,
        Status = status,
        CabBefore = before.Cab,
        Cab = cab,
        UpdatedAt = before.UpdatedAt.AddHours(1),
        EventTypes = ["CHANGED"],
    };

    private protected static OpenCabRequest Cab(int dueMinutes, bool escalated = false) => new(
        1, Digest.Zero, 1, 0, FakeClock.Noon.AddMinutes(dueMinutes - 100), FakeClock.Noon.AddMinutes(dueMinutes), FakeClock.Noon.AddMinutes(dueMinutes + 1000), escalated);

    private protected delegate Task<PageOf<T>> Paged<T>(int limit, string? cursor);

    /// <summary>Reads a list to its end, page by page.</summary>
    private protected static async Task<List<T>> ReadAll<T>(Paged<T> list, int limit = 100)
    {
        var (all, cursor, pages) = (new List<T>(), (string?)null, 0);
        do
        {
            var page = await list(limit, cursor);
            Assert.True(page.Items.Count <= limit);
            all.AddRange(page.Items);
            cursor = page.Cursor;
            Assert.True(++pages < 1000, "the list never ends");
        }
        while (cursor is not null);

        return all;
    }

    private protected Task<List<DeploymentSummary>> Recent(DeploymentViews? views = null, int limit = 100, DeploymentStatus? status = null, string? app = null) =>
        ReadAll((count, cursor) => (views ?? Views).Recent(status, null, app, count, cursor, Stop), limit);

    private protected Task<List<DeploymentSummary>> Live() => ReadAll((count, cursor) => Views.Live(count, cursor, Stop));

    private protected Task<List<DeploymentSummary>> Pending(int limit = 100) => ReadAll((count, cursor) => Views.PendingCab(count, cursor, Stop), limit);

    private protected static IEnumerable<CorrelationId> Ids(IEnumerable<DeploymentSummary> summaries) => summaries.Select(summary => summary.CorrelationId);
}

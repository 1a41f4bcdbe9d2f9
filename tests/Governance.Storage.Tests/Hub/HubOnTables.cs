using Azure.Storage.Blobs;
using Governance.Durable.Hub;
using Governance.Durable.Tests.Hub;
using Governance.Storage.Hub;
using Governance.Storage.Tables;
using Governance.Testing;

namespace Governance.Storage.Tests.Hub;

/// <summary>The hub's behaviour over real tables and blobs.</summary>
public sealed class HubOnTables(AzuriteFixture azurite) : HubBehaviour
{
    private protected override ITaskHubStore NewStore() => NewStore(azurite);

    internal static TableTaskHubStore NewStore(AzuriteFixture azurite, string? name = null)
    {
        name ??= azurite.NextPrefix() + "hub";
        return new(new TableServiceClient(azurite.ConnectionString), new BlobServiceClient(azurite.ConnectionString), name, name);
    }
}

using Governance.Durable.Hub;
using Governance.Testing.Hub;

namespace Governance.Durable.Tests.Hub;

public sealed class HubInMemory : HubBehaviour
{
    private protected override ITaskHubStore NewStore() => new InMemoryTaskHubStore(Clock);
}

using Azure.Storage.Blobs;
using Governance.Durable.Hub;
using Governance.Storage.Hub;
using Governance.Storage.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Governance.Durable.CrashHost;

/// <summary>An embedded hub over tables, composed as an app composes it.</summary>
internal static class HostedHub
{
    public static ServiceProvider Build(string connection, string table, TaskHubOptions options, Action<DurableTaskRegistry> register) =>
        new ServiceCollection()
            .AddLogging(logging => logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Error))
            .AddDurableTasks(register)
            .AddSingleton<ITaskHubStore>(Store(connection, table))
            .AddEmbeddedTaskHub(table, options)
            .BuildServiceProvider();

    public static TableTaskHubStore Store(string connection, string table) =>
        new(new TableServiceClient(connection), new BlobServiceClient(connection), table, table);
}

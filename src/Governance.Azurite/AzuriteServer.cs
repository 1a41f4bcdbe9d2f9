using System.Net;
using System.Net.Sockets;

namespace Governance.Azurite;

/// <summary>
/// The storage emulator as a child process: installed on first use, started on free ports, ended with its owner,
/// also when that one is killed.
/// </summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    /// <summary>The emulator's one account.</summary>
    public const string AccountName = "devstoreaccount1";

    /// <summary>The emulator's published key, base64; it protects nothing.</summary>
    public const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly IReadOnlyList<EmulatorProcess> _processes;

    private AzuriteServer(IReadOnlyList<EmulatorProcess> processes)
    {
        _processes = processes;
        BlobEndpoint = Endpoint("Blob");
        QueueEndpoint = Endpoint("Queue");
        TableEndpoint = Endpoint("Table");
    }

    /// <summary>Blob service, with the account as its path and no slash at the end.</summary>
    public Uri BlobEndpoint { get; }

    /// <summary>Queue service, with the account as its path and no slash at the end.</summary>
    public Uri QueueEndpoint { get; }

    /// <summary>Table service, with the account as its path and no slash at the end.</summary>
    public Uri TableEndpoint { get; }

    /// <summary>All three services and the key, as storage clients take them.</summary>
    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={AccountName};AccountKey={AccountKey};" +
        $"BlobEndpoint={BlobEndpoint};QueueEndpoint={QueueEndpoint};TableEndpoint={TableEndpoint};";

    /// <summary>One process, or three where each service has its own: blob, queue, table.</summary>
    public IReadOnlyList<int> ProcessIds => [.. _processes.Select(process => process.Id)];

    /// <summary>Installs what is missing, starts the emulator and returns when every service listens.</summary>
    /// <exception cref="AzuriteException">Node.js is missing, the installation failed, a given port is taken, or the start took too long.</exception>
    public static async Task<AzuriteServer> Start(AzuriteOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var folder = options.PackageFolder ?? NodePackages.Find(AppContext.BaseDirectory);
        await NodePackages.EnsureInstalled(folder, options.Progress, cancellation);
        if (options.DataFolder is { } data)
        {
            Directory.CreateDirectory(data);
        }

        var started = new List<EmulatorProcess>();
        try
        {
            foreach (var (script, services, arguments) in Plan(options))
            {
                started.Add(await EmulatorProcess.Start(folder, script, services, arguments, options.StartTimeout, cancellation));
            }

            return new(started);
        }
        catch
        {
            foreach (var process in started)
            {
                await process.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Ends the emulator's processes by their ids and waits until they are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }
    }

    private static IEnumerable<(string Script, int Services, string[] Arguments)> Plan(AzuriteOptions options)
    {
        string[] data = options.DataFolder is { } folder ? ["--location", Path.GetFullPath(folder)] : ["--inMemoryPersistence"];
        string[] blob = ["--blobPort", Text(options.BlobPort)];
        string[] queue = ["--queuePort", Text(options.QueuePort)];
        // On its own the table service takes any port for 0 as the others do, but never says which.
        string[] table = ["--tablePort", Text(options is { SeparateProcesses: true, TablePort: 0 } ? LoopbackPort.Free() : options.TablePort)];
        return options.SeparateProcesses
            ? [("blob/main.js", 1, [.. blob, .. data]), ("queue/main.js", 1, [.. queue, .. data]), ("table/main.js", 1, [.. table, .. data])]
            : [("azurite.js", 3, [.. blob, .. queue, .. table, .. data])];
    }

    private static string Text(int port) => port.ToString(provider: null);

    private Uri Endpoint(string service) =>
        new($"http://127.0.0.1:{_processes.Select(process => process.PortOf(service)).First(port => port is not null)}/{AccountName}");
}

using Governance.LoadTests.Measuring;
using Governance.LoadTests.Stack;
using Governance.Storage.Hosting;

namespace Governance.LoadTests.Load;

/// <summary>What is put under load: a stack of its own, or an app that is there already.</summary>
internal sealed class LoadTarget : IAsyncDisposable
{
    private readonly ProcessStack? _stack;

    private LoadTarget(Uri address, ProcessStack? stack) => (Address, _stack) = (address, stack);

    /// <summary>The app.</summary>
    internal Uri Address { get; }

    /// <summary>Whether nobody else uses the store.</summary>
    internal bool Alone => _stack is not null;

    /// <summary>The processes whose use is measured: those of the stack, and this one.</summary>
    internal IReadOnlyList<(string Name, int Id)> Processes =>
        _stack is null ? [Users] : [("app", _stack.App.Running.Id), ("simulated tenant", _stack.Intune.Running.Id), .. Storage(_stack.Azurite.ProcessIds), Users];

    /// <summary>What the app wrote last; for finding out why something failed.</summary>
    internal IEnumerable<string> LastLines => _stack?.App.LastLines ?? [];

    private static (string Name, int Id) Users => ("virtual users", Environment.ProcessId);

    /// <summary>Starts a stack, or takes the app that is named.</summary>
    internal static async Task<LoadTarget> Start(Uri? url)
    {
        if (url is not null)
        {
            return new(url, null);
        }

        var stack = await ProcessStack.Start(new());
        return new(stack.Address, stack);
    }

    /// <summary>The storage by itself, where it is within reach.</summary>
    /// <param name="one">A deployment whose rows are the pattern.</param>
    /// <param name="callers">At once.</param>
    /// <param name="time">How long.</param>
    internal async Task<Latencies?> Bare(Guid one, int callers, TimeSpan time)
    {
        if (_stack is null)
        {
            return null;
        }

        using var clients = new StorageClients(new() { ConnectionString = _stack.Azurite.ConnectionString, Prefix = ProcessStack.Prefix });
        var storage = await BareTransactions.Like(new StorageLayout(clients).Deployments, one);
        await storage.Run(callers, TimeSpan.FromSeconds(1));
        return await storage.Run(callers, time);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stack is not null)
        {
            await _stack.DisposeAsync();
        }
    }

    internal static IEnumerable<(string Name, int Id)> Storage(IReadOnlyList<int> processes) =>
        processes.Zip(["storage: blobs", "storage: queues", "storage: tables"], (id, name) => (name, id));
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Governance.Azurite;
using Governance.Local.Stack;

namespace Governance.LoadTests.Stack;

/// <summary>How the stack of processes is started.</summary>
internal sealed record ProcessStackOptions
{
    /// <summary>Puts something between the app and its storage: gets the emulator's connection string and gives the app's.</summary>
    public Func<string, Task<string>> ConnectionString { get; init; } = Task.FromResult;

    /// <summary>Settings of the app that win over the usual ones, with <c>:</c> between section and key.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Devices in each ring's group.</summary>
    public int Devices { get; init; } = 12;

    /// <summary>Further arguments of the simulated tenant.</summary>
    public IReadOnlyList<string> TenantArguments { get; init; } = [];

    /// <summary>The program that the app runs as: a dll beside this one, or the path of an executable.</summary>
    public string App { get; init; } = "Governance.Functions.dll";

    /// <summary>That program's arguments.</summary>
    public IReadOnlyList<string> AppArguments { get; init; } = [];
}

/// <summary>App, simulated tenant and storage, each as processes of their own, so that each can be measured, stopped and killed.</summary>
internal sealed class ProcessStack : IAsyncDisposable
{
    /// <summary>In front of the names of tables and containers.</summary>
    internal const string Prefix = "load";

    /// <summary>A setting for runs that measure what a request costs, and so create faster than can be followed up.</summary>
    internal static readonly IReadOnlyDictionary<string, string?> NothingHeldBack = new Dictionary<string, string?> { ["Http:Backlog"] = "1000000" };

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder;

    private ProcessStack(AzuriteServer azurite, DirectoryInfo folder, ChildProcess intune, Uri intuneAddress, ChildProcess app, Uri address) =>
        (Azurite, _folder, Intune, IntuneAddress, App, Address) = (azurite, folder, intune, intuneAddress, app, address);

    /// <summary>The storage: a process each for blobs, queues and tables, all in memory.</summary>
    internal AzuriteServer Azurite { get; }

    /// <summary>The simulated tenant.</summary>
    internal ChildProcess Intune { get; }

    /// <summary>Where the simulated tenant answers; its control commands are below <c>/_sim</c>.</summary>
    internal Uri IntuneAddress { get; }

    /// <summary>The app.</summary>
    internal ChildProcess App { get; }

    /// <summary>Where the app answers, in all its lives.</summary>
    internal Uri Address { get; }

    /// <summary>Starts everything and waits until the app is ready.</summary>
    internal static async Task<ProcessStack> Start(ProcessStackOptions options)
    {
        var azurite = await AzuriteServer.Start(new() { SeparateProcesses = true });
        var (intunePort, port) = (LoopbackPort.Free(), LoopbackPort.Free());
        var intuneAddress = new Uri($"http://127.0.0.1:{intunePort}");
        var settings = LocalStack.AppSettings(await options.ConnectionString(azurite.ConnectionString), Prefix, port, new(intuneAddress, "v1.0"));
        var folder = Directory.CreateTempSubdirectory("governance-load-");
        settings["TaskHub:LeaseFile"] = Path.Combine(folder.FullName, "lease"); // So that a restarted app need not wait for its own old lease.
        settings["Logging:LogLevel:Default"] = "Warning";
        foreach (var (name, value) in options.Settings)
        {
            settings[name] = value;
        }

        var stack = new ProcessStack(
            azurite,
            folder,
            new("Governance.Local.dll", ["intune", "--port", Text(intunePort), "--devices", Text(options.Devices), .. options.TenantArguments], new Dictionary<string, string?>()),
            intuneAddress,
            new(options.App, options.AppArguments, settings),
            new($"http://127.0.0.1:{port}"));
        try
        {
            await stack.StartIntune();
            await stack.StartApp();
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the app, for the first time or after it was killed, and waits until it is ready.</summary>
    internal async Task StartApp()
    {
        App.Start();
        await App.UntilAnswered(new(Address, "/health/ready"), Patience);
    }

    /// <summary>Starts the simulated tenant, and waits until it answers.</summary>
    internal async Task StartIntune()
    {
        Intune.Start();
        await Intune.UntilAnswered(new(IntuneAddress, "/_sim/apps"), Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Intune.DisposeAsync();
        await Azurite.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

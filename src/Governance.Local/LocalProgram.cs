using System.Globalization;
using System.Runtime.InteropServices;
using Governance.Core;
using Governance.Local.Audit;
using Governance.Local.Demo;
using Governance.Local.Intune;
using Governance.Local.Stack;

namespace Governance.Local;

/// <summary>What the local runner can be told to do.</summary>
/// <param name="Name">The first argument.</param>
/// <param name="Use">The line of help behind the name.</param>
/// <param name="Run">Does it with the arguments behind the name; gives the exit code, or null where they are wrong.</param>
internal sealed record Verb(string Name, string Use, Func<LocalCall, Task<int?>> Run);

/// <summary>One call of the local runner.</summary>
/// <param name="Arguments">Those behind the verb.</param>
/// <param name="Output">For results and progress.</param>
/// <param name="Errors">For what is in the way.</param>
/// <param name="Stop">Ends with Ctrl-C or SIGTERM.</param>
internal sealed record LocalCall(string[] Arguments, TextWriter Output, TextWriter Errors, CancellationToken Stop);

/// <summary>The local runner.</summary>
internal static class LocalProgram
{
    private static readonly Verb[] Verbs =
    [
        new("demo", "drives a normal day through the API and shows what happens   [--port N]", Demo),
        new("demo rollout", "takes an app through five rings in about a minute   [--port N] [--seconds N] [--looks N] [--check-in-hours N]", Demo),
        new("up", "serves on port 7071 until Ctrl-C   [--port N]", Up),
        new("intune", "serves the simulated tenant alone until Ctrl-C   [--port N] [--devices N] [--state FILE]", Tenant),
        new("verify", "checks an audit bundle offline: 0 it holds, 1 it was altered, 2 it cannot be checked   FILE [--anchor FILE]", Verify),
        new("package", "writes a small but real .intunewin   FILE", Package),
        new("rebuild-views", "makes all lists anew from the logs, in the storage of local.settings.json or the environment", Rebuild),
        new("cold-start", "measures how fast the published app is ready   FOLDER", Measure),
    ];

    /// <returns>0 where all went well, 1 where something was in the way, 2 for wrong use; a verb may have more.</returns>
    internal static async Task<int> Run(string[] args, TextWriter output, TextWriter errors)
    {
        using var stop = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var verb = Verbs.FirstOrDefault(verb => verb.Name == args.FirstOrDefault());
            if (verb is not null && await verb.Run(new(args[1..], output, errors, stop.Token)) is { } code)
            {
                return code;
            }

            var asked = args is ["--help" or "-h" or "help"];
            await Help(asked ? output : errors);
            return asked ? 0 : 2;
        }
        catch (LocalStackException inTheWay)
        {
            await errors.WriteLineAsync(inTheWay.Message);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await output.WriteLineAsync("Stopped.");
            return 0;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task Help(TextWriter to)
    {
        await to.WriteLineAsync("Governance on this machine, with the storage emulator and a simulated tenant with Intune and Teams:");
        foreach (var each in Verbs)
        {
            await to.WriteLineAsync($"  {each.Name,-14}{each.Use}");
        }
    }

    // What begins with a hyphen is an option that there is not.
    private static bool IsPath(string argument) => !argument.StartsWith('-');

    private static async Task<int?> Rebuild(LocalCall call) =>
        call.Arguments is [] ? await RebuildViews.Run(RebuildViews.Settings(), call.Output, call.Errors, call.Stop) : null;

    private static async Task<int?> Measure(LocalCall call)
    {
        if (call.Arguments is not [var folder] || !IsPath(folder))
        {
            return null;
        }

        if (!File.Exists(Path.Combine(folder, "Governance.Functions")))
        {
            throw new LocalStackException($"There is no published app in {folder}.");
        }

        await using var azurite = await Azurite.AzuriteServer.Start(new() { Progress = call.Output.WriteLine }, call.Stop);
        var runs = await ColdStart.Measure(Path.GetFullPath(folder), azurite.ConnectionString, "coldstart", runs: 10, call.Stop);
        foreach (var run in runs)
        {
            await call.Output.WriteLineAsync(run.ToString());
        }

        return 0;
    }

    private static async Task<int?> Verify(LocalCall call) => call.Arguments is ([_] or [_, "--anchor", _]) && IsPath(call.Arguments[0]) && IsPath(call.Arguments[^1])
        ? await VerifyCommand.Run(call.Arguments[0], call.Arguments.ElementAtOrDefault(2), call.Output, call.Errors, call.Stop)
        : null;

    private static async Task<int?> Demo(LocalCall call)
    {
        if (call.Arguments is ["rollout", .. var rest])
        {
            return await Rollout(call, rest);
        }

        if (PortOf(call.Arguments) is not { } port)
        {
            return null;
        }

        await using var stack = await Start(call, port);
        await new DemoRun(stack, TimeProvider.System, call.Output).Run(call.Stop);
        return 0;
    }

    private static async Task<int?> Rollout(LocalCall call, string[] arguments)
    {
        if (RolloutDemoOptions.Parse(arguments) is not { } options)
        {
            return null;
        }

        await using var stack = await RolloutDemo.Start(options, call.Output, call.Stop);
        var live = call.Output == Console.Out && !Console.IsOutputRedirected;
        await new RolloutDemo(stack, options, TimeProvider.System, call.Output, live).Run(call.Stop);
        return 0;
    }

    private static async Task<int?> Up(LocalCall call)
    {
        if (PortOf(call.Arguments) is not { } port)
        {
            return null;
        }

        await using var stack = await Start(call, port);
        await call.Output.WriteLineAsync("Ctrl-C ends it. A token: POST /development/tokens {\"object_id\": \"…\", \"kind\": \"user\", \"roles\": [\"Publisher\"]}");
        await Task.Delay(Timeout.Infinite, call.Stop);
        return 0;
    }

    private static async Task<int?> Tenant(LocalCall call)
    {
        if (TenantOptions.Parse(call.Arguments) is not { } options)
        {
            return null;
        }

        LocalStack.RefuseTakenPort(options.Port);
        await using var intune = await IntuneSimulatorHost.Start(options.Tenant, TimeProvider.System, options.Port, options.State, call.Stop);
        await call.Output.WriteLineAsync($"Intune (simulated) answers at {intune.GraphAddress}");
        await Task.Delay(Timeout.Infinite, call.Stop);
        return 0;
    }

    private static async Task<int?> Package(LocalCall call)
    {
        if (call.Arguments is not [var file] || !IsPath(file))
        {
            return null;
        }

        try
        {
            await File.WriteAllBytesAsync(file, await SamplePackage.Make("Sample", "1.0.0"), call.Stop);
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            throw new LocalStackException($"{file} cannot be written: {cannot.Message}", cannot);
        }

        await call.Output.WriteLineAsync($"{file} is an .intunewin with a setup of one script.");
        return 0;
    }

    private static async Task<LocalStack> Start(LocalCall call, int port)
    {
        var stack = await LocalStack.Start(
            new()
            {
                Port = port,
                Progress = call.Output.WriteLine,
                Teams = new(),
                Intune = new()
                {
                    Groups = [.. Rings.All.Select(ring => new SimulatedGroup { Id = LocalStack.GroupOf(ring), Name = ring.WireName(), Devices = 8 << (2 * (int)ring) })],
                    Devices = new() { CheckIn = TimeSpan.FromSeconds(1), Install = TimeSpan.FromSeconds(1), ReportLag = TimeSpan.Zero },
                },
            },
            call.Stop);
        await call.Output.WriteLineAsync($"Governance serves on {stack.Address}");
        await call.Output.WriteLineAsync($"The CAB's channel (simulated Teams) is at {stack.Teams!.Root}");
        return stack;
    }

    private static int? PortOf(string[] arguments) => arguments switch
    {
        [] => 7071,
        ["--port", var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535 => port,
        _ => null,
    };
}

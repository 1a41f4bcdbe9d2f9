using System.Globalization;
using Governance.Core;
using Governance.Local.Demo;
using Governance.Local.Intune;
using Governance.Local.Stack;

namespace Governance.Local;

/// <summary>The local runner: <c>demo</c> drives a rollout and ends, <c>up</c> serves until Ctrl-C.</summary>
internal static class LocalProgram
{
    private const string Usage = """
        Governance on this machine, with the storage emulator and a simulated Intune tenant:
          demo   drives a normal day through the API and shows what happens
          up     serves on port 7071 until Ctrl-C
        Options: --port N (7071)
        """;

    /// <returns>0 where all went well, 1 where something was in the way, 2 for wrong use.</returns>
    internal static async Task<int> Run(string[] args, TextWriter output, TextWriter errors)
    {
        if (args is not ["demo" or "up", ..] || !TryReadPort(args, out var port))
        {
            await errors.WriteLineAsync(Usage);
            return 2;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        try
        {
            await using var stack = await LocalStack.Start(Options(port, output), stop.Token);
            await output.WriteLineAsync($"Governance serves on {stack.Address}");
            if (args[0] == "demo")
            {
                await new DemoRun(stack, TimeProvider.System, output).Run(stop.Token);
            }
            else
            {
                await output.WriteLineAsync("Ctrl-C ends it. A token: POST /development/tokens {\"object_id\": \"…\", \"kind\": \"user\", \"roles\": [\"Publisher\"]}");
                await Task.Delay(Timeout.Infinite, stop.Token);
            }

            return 0;
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
    }

    private static LocalStackOptions Options(int port, TextWriter output) => new()
    {
        Port = port,
        Progress = output.WriteLine,
        Intune = new()
        {
            Groups = [.. Rings.All.Select(ring => new SimulatedGroup { Id = LocalStack.GroupOf(ring), Name = ring.WireName(), Devices = 8 << (2 * (int)ring) })],
            Devices = new() { CheckIn = TimeSpan.FromSeconds(1), Install = TimeSpan.FromSeconds(1), ReportLag = TimeSpan.Zero },
        },
    };

    private static bool TryReadPort(string[] args, out int port)
    {
        port = 7071;
        return args.Length == 1
            || (args is [_, "--port", var text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 0 and <= 65535);
    }
}

using System.Diagnostics;
using System.Globalization;

namespace Governance.LoadTests.Faults;

/// <summary>Stops processes and lets them go on, as a machine does that is suspended or out of memory.</summary>
internal static class Signals
{
    /// <summary>SIGSTOP, a time, SIGCONT.</summary>
    internal static async Task Stopped(IReadOnlyList<int> processes, TimeSpan time)
    {
        await Send("-STOP", processes);
        try
        {
            await Task.Delay(time);
        }
        finally
        {
            await Send("-CONT", processes);
        }
    }

    private static async Task Send(string signal, IReadOnlyList<int> processes)
    {
        using var kill = Process.Start("kill", [signal, .. processes.Select(process => process.ToString(CultureInfo.InvariantCulture))]);
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0)
        {
            throw new InvalidOperationException($"kill {signal} ended with {kill.ExitCode}: a process is gone.");
        }
    }
}

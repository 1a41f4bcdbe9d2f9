using System.Diagnostics;

namespace Governance.LoadTests.Measuring;

/// <summary>What a process used while something was measured.</summary>
/// <param name="Name">Which.</param>
/// <param name="CpuSeconds">Processor time, all threads.</param>
/// <param name="CpuPercent">Of one core, on average.</param>
/// <param name="MemoryBefore">Resident, MB (1,000,000 bytes).</param>
/// <param name="MemoryAfter">The same at the end.</param>
/// <param name="MemoryMost">The most of what was seen.</param>
internal sealed record ProcessUse(string Name, double CpuSeconds, double CpuPercent, double MemoryBefore, double MemoryAfter, double MemoryMost);

/// <summary>Watches processes while something is measured.</summary>
internal sealed class ProcessMeter : IAsyncDisposable
{
    private readonly IReadOnlyList<Watched> _watched;
    private readonly CancellationTokenSource _ended = new();
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly Task _watching;

    /// <param name="processes">Names and ids; they must run for as long as they are watched.</param>
    internal ProcessMeter(IReadOnlyList<(string Name, int Id)> processes)
    {
        _watched = [.. processes.Select(process => new Watched(process.Name, Process.GetProcessById(process.Id)))];
        _watching = Watch();
    }

    /// <summary>Ends the watch.</summary>
    internal async Task<IReadOnlyList<ProcessUse>> End()
    {
        await _ended.CancelAsync();
        await _watching;
        var seconds = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        return [.. _watched.Select(watched => watched.Used(seconds))];
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _watching;
        _ended.Dispose();
        foreach (var watched in _watched)
        {
            watched.Dispose();
        }
    }

    /// <summary>What a process holds now, MB.</summary>
    internal static double Memory(Process process)
    {
        process.Refresh();
        return process.WorkingSet64 / 1e6;
    }

    private async Task Watch()
    {
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await second.WaitForNextTickAsync(_ended.Token))
            {
                foreach (var watched in _watched)
                {
                    watched.Look();
                }
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // Measured enough.
        }
    }

    private sealed class Watched : IDisposable
    {
        private readonly Process _process;
        private readonly TimeSpan _cpu;
        private readonly double _before;
        private double _most;

        internal Watched(string name, Process process)
        {
            (Name, _process) = (name, process);
            _cpu = process.TotalProcessorTime;
            _before = _most = Memory(process);
        }

        private string Name { get; }

        public void Dispose() => _process.Dispose();

        internal void Look()
        {
            if (!_process.HasExited)
            {
                _most = Math.Max(_most, Memory(_process));
            }
        }

        internal ProcessUse Used(double seconds)
        {
            if (_process.HasExited)
            {
                return new(Name + " (ended)", 0, 0, _before, 0, _most);
            }

            Look();
            var cpu = (_process.TotalProcessorTime - _cpu).TotalSeconds;
            return new(Name, cpu, 100 * cpu / seconds, _before, Memory(_process), _most);
        }
    }
}

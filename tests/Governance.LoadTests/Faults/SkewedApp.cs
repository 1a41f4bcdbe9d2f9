using System.Globalization;
using Governance.Functions.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.LoadTests.Faults;

/// <summary>The app as it is, but for its clock, which goes wrong as a file says. The product itself has no such setting.</summary>
internal static class SkewedApp
{
    /// <summary>The first argument that makes this program that app.</summary>
    internal const string Verb = "skewed-app";

    internal static async Task<int> Run(string file)
    {
        using var clock = new SkewedClock(file);
        await using var app = GovernanceApp.Build([], builder => builder.Services.AddSingleton<TimeProvider>(clock));
        await app.RunAsync();
        return 0;
    }
}

/// <summary>The machine's clock, so many seconds off; timers and stop watches run on.</summary>
internal sealed class SkewedClock : TimeProvider, IDisposable
{
    private static readonly TimeSpan ReadEvery = TimeSpan.FromMilliseconds(100);
    private readonly string _file;
    private readonly ITimer _reading;
    private long _off;

    internal SkewedClock(string file)
    {
        _file = file;
        Read();
        _reading = System.CreateTimer(_ => Read(), null, ReadEvery, ReadEvery);
    }

    /// <summary>Puts all clocks that read the file so far off.</summary>
    internal static void Set(string file, TimeSpan off)
    {
        // Whole or not at all: it is read all the time.
        File.WriteAllText($"{file}.new", off.Ticks.ToString(CultureInfo.InvariantCulture));
        File.Move($"{file}.new", file, overwrite: true);
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _off));

    public void Dispose() => _reading.Dispose();

    private void Read() => Interlocked.Exchange(ref _off, long.Parse(File.ReadAllText(_file), CultureInfo.InvariantCulture));
}

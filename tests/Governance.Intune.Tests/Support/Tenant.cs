using System.Collections.Concurrent;
using Governance.Core;
using Governance.Core.Evidence;
using Governance.Core.Rollout;
using Governance.Intune.IntuneWin;
using Governance.Intune.Publishing;
using Governance.Local.Intune;
using Microsoft.Extensions.Logging;

namespace Governance.Intune.Tests.Support;

/// <summary>A simulated tenant in strict mode, served over http, and connectors that talk to it with the real SDK.</summary>
internal sealed class Tenant : IAsyncDisposable
{
    public static readonly Guid Lab = new("10000000-0000-4000-8000-000000000001");
    public static readonly Guid Canary = new("10000000-0000-4000-8000-000000000002");
    public static readonly Guid Left = new("10000000-0000-4000-8000-000000000003");
    public static readonly Guid People = new("10000000-0000-4000-8000-000000000004");
    private readonly IntuneSimulatorHost _host;

    private Tenant(IntuneSimulatorHost host, JumpingClock clock) => (_host, Clock) = (host, clock);

    public JumpingClock Clock { get; }

    public IntuneSimulator Simulator => _host.Simulator;

    public Uri GraphAddress => _host.GraphAddress;

    public CapturedLogs Logs { get; } = new();

    public static async Task<Tenant> Start(Func<IntuneSimulatorOptions, IntuneSimulatorOptions>? change = null)
    {
        var clock = new JumpingClock();
        var options = new IntuneSimulatorOptions
        {
            Groups =
            [
                new() { Id = Lab, Name = "LAB", Devices = 20 },
                new() { Id = Canary, Name = "CANARY", Devices = 130, FailureRate = 0.1, OfflineRate = 0.1, NotApplicableRate = 0.05 },
                new() { Id = Left, Name = "LEFT", Devices = 5 },
                new() { Id = People, Name = "PEOPLE", Users = 12 },
            ],
        };
        return new(await IntuneSimulatorHost.Start(change?.Invoke(options) ?? options, clock), clock);
    }

    public IDevicePlane Plane(Func<IntuneOptions, IntuneOptions>? change = null, HttpMessageHandler? transport = null, int seed = 7)
    {
        var random = new Random(seed);
        var gate = new Lock();
        void Fill(Span<byte> buffer)
        {
            lock (gate)
            {
                random.NextBytes(buffer);
            }
        }

        var options = new IntuneOptions { BaseAddress = GraphAddress, SignIn = new() { Kind = IntuneSignInKind.Anonymous } };
        return IntunePlaneFactory.Create(change?.Invoke(options) ?? options, Clock, Logs, transport, Fill);
    }

    /// <summary>The one app of a deployment.</summary>
    public SimulatedApp App(CorrelationId id) => Assert.Single(Apps(id));

    public IReadOnlyList<SimulatedApp> Apps(CorrelationId id) =>
        [.. Simulator.Tenant.Apps.Where(app => app.Text("notes").Contains($"cid={id}", StringComparison.Ordinal))];

    public void Misbehave(string? method, string path, FaultEffect effect, int from = 1, int count = 1) =>
        Simulator.Faults.Add(new() { Method = method, Path = path, From = from, Count = count, Effect = effect });

    /// <summary>Requests in order, without ids, such as <c>POST mobileApps/*/assign</c>.</summary>
    public IReadOnlyList<string> Asked() =>
        [.. Simulator.Journal.Entries.Select(e => $"{e.Method} {Shape(e.Path)}{(e.Kind.Length > 0 ? $"?{e.Kind}" : string.Empty)}")];

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static string Shape(string path) => string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries)
        .Where(s => s is not ("v1.0" or "deviceAppManagement" or "graph.win32LobApp"))
        .Select(s => Guid.TryParse(s, out _) || s.EndsWith(".bin", StringComparison.Ordinal) || int.TryParse(s, out _) ? "*" : s));
}

/// <summary>Everything that was logged, as text.</summary>
internal sealed class CapturedLogs : ILoggerFactory, ILogger
{
    public ConcurrentQueue<(LogLevel Level, int Id, string Text)> Entries { get; } = new();

    public string All => string.Join('\n', Entries.Select(entry => entry.Text));

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Enqueue((logLevel, eventId.Id, $"{formatter(state, exception)} {exception}"));
}

/// <summary>A claim in memory; can be lost after so many questions.</summary>
internal sealed class MemoryFence : IPublishFence
{
    private int _asked;

    /// <summary>The question, from 1, from which on the claim is lost; 0 for never.</summary>
    public int LostFrom { get; init; }

    public PlaneIds Stored { get; private set; } = PlaneIds.None;

    public List<string> Questions { get; } = [];

    public Task<bool> Checkpoint(PlaneIds ids, CancellationToken cancellation)
    {
        var held = Ask($"checkpoint {(ids.AppId is null ? "-" : "app")} {ids.ContentVersion ?? "-"} {(ids.FileId is null ? "-" : "file")}");
        Stored = held ? ids : Stored;
        return Task.FromResult(held);
    }

    public Task<bool> EnterAssigning(CancellationToken cancellation) => Task.FromResult(Ask("assigning"));

    private bool Ask(string question)
    {
        Questions.Add(question);
        return LostFrom == 0 || ++_asked < LostFrom;
    }
}

/// <summary>Packages and requests that are valid as they come.</summary>
internal static class Given
{
    public static readonly InstallFacts Install = new()
    {
        Command = "msiexec /i \"tool.msi\" /qn",
        UninstallCommand = "msiexec /x {23170F69-40C1-2702-2409-000001000000} /qn",
        Context = InstallContext.System,
        Reboot = RebootKind.None,
        Detection = [new(DetectionType.Msi, "{23170F69-40C1-2702-2409-000001000000}", null, null, null)],
    };

    public static async Task<byte[]> Package(int seed = 1, int bytes = 20_000, string setup = "tool.msi", MsiFacts? msi = null)
    {
        var random = new Random(seed);
        var content = new byte[bytes];
        random.NextBytes(content);
        var file = new MemoryStream();
        await IntuneWinWriter.Write([IntuneWinFile.Of(setup, content), IntuneWinFile.Of("docs/read me.txt", "Hello."u8.ToArray())], setup, file, random.NextBytes, msi, default);
        return file.ToArray();
    }

    public static CorrelationId Id(int number) => new(new Guid(number, 1, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 1));

    public static PublishRequest Request(byte[] package, CorrelationId? id = null, params Guid[] groups) => new()
    {
        CorrelationId = id ?? Id(1),
        AppName = "Tool O'Matic",
        Version = "1.2.3",
        Ring = Ring.Lab,
        Artifact = new(Digest.Of(package), package.Length, "tool.intunewin", _ => Task.FromResult<Stream>(new MemoryStream(package, writable: false))),
        Install = Install,
        Publisher = "Contoso",
        Assignments = AssignmentSet.Of(groups.Length == 0 ? [Tenant.Lab] : groups, []),
        SubjectHolds = (sha, _) => sha == Digest.Of(package),
    };

    public static PlaneApp Of(PublishOutcome outcome, CorrelationId? id = null) =>
        new(id ?? Id(1), Assert.IsType<PublishOutcome.Published>(outcome).Ids);
}

using System.Text.Json.Nodes;
using Governance.LoadTests.Fuzzing;
using Governance.Testing;

namespace Governance.ReliabilityTests.Fuzzing;

/// <summary>
/// Generated bad input against the whole app: never a 5xx, always a problem with a listed code, nothing stored, memory bounded.
/// <c>dotnet run -c Release --project tests/Governance.LoadTests -- fuzz</c> does the same with other seeds and for longer.
/// </summary>
public sealed class BadInput(FuzzStage stage) : IClassFixture<FuzzStage>
{
    private const long MostManaged = 256L << 20;

    // Longer than on demand: the other tests of this assembly kill and stop things on the same cores.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Replayed => [.. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    private static string Folder => Repository.Of("tests/Governance.ReliabilityTests/Replayed");

    [Theory]
    [InlineData(20250601)]
    [InlineData(7)]
    public async Task Generated_requests_are_refused_with_problems_and_leave_nothing_behind(int seed)
    {
        var session = new FuzzSession(stage.World, seed, Longest);

        await session.Run(0, FuzzSession.BatchSize);

        AssertNone(session.Report);
        Assert.Equal(FuzzSession.BatchSize, session.Report.Cases);
        Assert.True(session.Report.Managed < MostManaged, $"{session.Report.Managed} bytes of managed memory are in use.");
    }

    [Theory]
    [MemberData(nameof(Replayed))]
    public async Task What_once_failed_does_not_fail_again(string name)
    {
        var stored = JsonNode.Parse(await File.ReadAllBytesAsync(Path.Combine(Folder, name + ".json"), TestContext.Current.CancellationToken))!.AsObject();
        var session = new FuzzSession(stage.World, name.Sum(letter => letter), Longest);

        await session.Replay(FuzzCase.Read(stored));

        AssertNone(session.Report);
        Assert.Equal(stored["status"]!.GetValue<int>(), Assert.Single(Assert.Single(session.Report.Statuses)).Status);
    }

    [Fact]
    public async Task A_case_is_the_same_whenever_it_is_made()
    {
        await stage.World.Prepare(seed: 3, batch: 0);
        var (one, other) = (new FuzzSession(stage.World, 3, Longest), new FuzzSession(stage.World, 3, Longest));

        // Tokens are signed anew each time, cards of Teams come when they come, and some bodies name the time of the day; all else is given by seed and number.
        var made = Enumerable.Range(0, 400).Select(number => (One: one.Make(number), Other: other.Make(number))).ToList();
        Assert.All(made, pair => Assert.Equal(pair.One.Generator, pair.Other.Generator));
        Assert.All(
            made.Where(pair => pair.One.Generator is "paths" or "queries" or "pages" or "forms" or "uploads"),
            pair => Assert.Equal(pair.One.Stored().ToJsonString(), pair.Other.Stored().ToJsonString()));
    }

    private static void AssertNone(FuzzReport report)
    {
        using var text = new StringWriter();
        report.Print(text);
        Assert.True(report.Failures.Count == 0, text.ToString());
    }
}

/// <summary>One app for all of it.</summary>
public sealed class FuzzStage : IAsyncLifetime
{
    private FuzzWorld? _world;

    internal FuzzWorld World => _world!;

    public async ValueTask InitializeAsync() => _world = await FuzzWorld.Start();

    public async ValueTask DisposeAsync()
    {
        if (_world is not null)
        {
            await _world.DisposeAsync();
        }
    }
}

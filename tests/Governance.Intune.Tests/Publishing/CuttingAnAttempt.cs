using Governance.Core;
using Governance.Core.Rollout;
using Governance.Intune.Tests.Support;
using Governance.Local.Intune;

namespace Governance.Intune.Tests.Publishing;

/// <summary>Every single call of a publish fails or is the last one of a killed process; the next attempt ends with one app all the same.</summary>
public sealed class CuttingAnAttempt
{
    private const int Calls = 13;

    public static TheoryData<string> Faults => ["drop before", "drop after", "slow", "503", "500", "429"];

    [Fact]
    public async Task A_clean_attempt_makes_as_many_calls_as_are_cut_here()
    {
        await using var tenant = await Tenant.Start();

        await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default);

        Assert.Equal(Calls, tenant.Asked().Count);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task An_attempt_survives_one_bad_answer_at_any_call(string fault)
    {
        await using var tenant = await Tenant.Start();
        var package = await Given.Package();
        for (var call = 1; call <= Calls; call++)
        {
            tenant.Simulator.Faults.Clear();
            tenant.Misbehave(null, ".", Effect(fault), from: call);
            var request = Given.Request(package, Given.Id(call));

            var outcome = await tenant.Plane(seed: call).Publish(request, new MemoryFence(), default);

            Assert.True(outcome is PublishOutcome.Published, $"call {call}: {outcome}");
            AssertOne(tenant, Given.Id(call));
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task An_attempt_killed_at_any_call_is_taken_up_by_the_next(bool sent, bool claimForgetsEverything)
    {
        await using var tenant = await Tenant.Start();
        var package = await Given.Package();
        for (var call = 1; call <= Calls; call++)
        {
            var fence = new MemoryFence();
            using var kill = new Kill(call, sent);
            var request = Given.Request(package, Given.Id(call));
            var startedAt = tenant.Clock.GetUtcNow();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => tenant.Plane(transport: kill, seed: call).Publish(request, fence, kill.Dead.Token));

            var again = request with { Known = claimForgetsEverything ? PlaneIds.None : fence.Stored, EarlierAttemptAt = startedAt };
            var outcome = await tenant.Plane(seed: 100 + call).Publish(again, new MemoryFence(), default);

            Assert.True(outcome is PublishOutcome.Published, $"call {call}: {outcome}");
            AssertOne(tenant, Given.Id(call));
        }
    }

    [Fact]
    public async Task A_killed_creation_whose_app_shows_late_is_not_repeated()
    {
        await using var tenant = await Tenant.Start(o => o with { NewAppHiddenFor = TimeSpan.FromSeconds(30) });
        using var kill = new Kill(2, sent: true);
        var request = Given.Request(await Given.Package());
        var startedAt = tenant.Clock.GetUtcNow();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => tenant.Plane(transport: kill).Publish(request, new MemoryFence(), kill.Dead.Token));

        var outcome = await tenant.Plane(seed: 8).Publish(request with { EarlierAttemptAt = startedAt }, new MemoryFence(), default);

        Assert.IsType<PublishOutcome.Published>(outcome);
        AssertOne(tenant, Given.Id(1));
    }

    /// <summary>Faults of every kind at random; attempts repeat, as a durable workflow repeats them, until one gets through.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Whatever_goes_wrong_in_whatever_order_there_is_one_app_in_the_end(int seed)
    {
        await using var tenant = await Tenant.Start(o => o with { Seed = seed, PendingLooks = 1 });
        var random = new Random(seed);
        string[] faults = ["drop before", "drop after", "slow", "503", "500", "429"];
        foreach (var (path, method) in ((string, string?)[])[(".", null), ("/files$", "POST"), ("mobileApps$", "POST"), ("comp=block", "PUT"), ("commit$", "POST")])
        {
            tenant.Simulator.Faults.Add(new() { Method = method, Path = path, Count = 40, Probability = 0.3, Effect = Effect(faults[random.Next(faults.Length)]) });
        }

        tenant.Simulator.Faults.Add(new() { Path = "commit$", Count = 2, Probability = 0.5, Effect = new() { End = "commitFileFailed" } });
        tenant.Simulator.Faults.Add(new() { Method = "POST", Path = "/files$", Count = 2, Probability = 0.5, Effect = new() { End = "azureStorageUriRequestFailed" } });
        var package = await Given.Package(seed);
        var (known, startedAt) = (PlaneIds.None, tenant.Clock.GetUtcNow());
        PublishOutcome? outcome = null;
        for (var attempt = 1; attempt <= 40 && outcome is not PublishOutcome.Published; attempt++)
        {
            var fence = new MemoryFence();
            var request = Given.Request(package) with { Known = known, EarlierAttemptAt = attempt == 1 ? null : startedAt };
            startedAt = tenant.Clock.GetUtcNow();
            outcome = await tenant.Plane(seed: attempt).Publish(request, fence, default);
            known = fence.Questions.Count == 0 ? known : fence.Stored;
            tenant.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.IsType<PublishOutcome.Published>(outcome);
        AssertOne(tenant, Given.Id(1));
    }

    private static FaultEffect Effect(string fault) => fault switch
    {
        "drop before" => new() { DropBefore = true },
        "drop after" => new() { DropAfter = true },
        "slow" => new() { DelayAfter = TimeSpan.FromMinutes(6) },
        "500" => new() { Answer = new(500, "InternalServerError", Body: FaultBody.Html) },
        "503" => new() { Answer = new(503, "ServiceUnavailable") },
        "429" => new() { Answer = new(429, "TooManyRequests", RetryAfter: "2") },
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, null),
    };

    private static void AssertOne(Tenant tenant, CorrelationId id)
    {
        var app = tenant.App(id);
        Assert.Equal("published", app.PublishingState);
        Assert.Single(app.Versions.SelectMany(v => v.Files), file => file.Committed);
        Assert.Equal([Tenant.Lab.ToString()], app.Assignments.Select(a => a.GroupId));
    }
}

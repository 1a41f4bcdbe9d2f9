using Governance.Functions.Health;
using Governance.Functions.Tests.Testing;
using Governance.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Functions.Tests.Health;

public sealed class AskingForHealth
{
    [Fact]
    public async Task An_app_whose_checks_all_pass_is_ready()
    {
        await using var app = await Start(new Check("storage", _ => Task.FromResult<string?>(null)));
        using var answer = await app.Get("/health/ready", roles: null);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("""{"status":"ready","checks":{"storage":"ready"}}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task One_check_that_says_no_fails_or_hangs_makes_it_not_ready()
    {
        var asked = new TaskCompletionSource();
        await using var app = await Start(
            new Check("a_no", _ => Task.FromResult<string?>("no lease")),
            new Check("b_fault", _ => throw new InvalidOperationException("inside")),
            new Check("c_well", _ => Task.FromResult<string?>(null)),
            new Check("d_hang", _ =>
            {
                asked.SetResult();
                return new TaskCompletionSource<string?>().Task;
            }));
        var call = app.Get("/health/ready", roles: null);
        await asked.Task;
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        using var answer = await call;
        Assert.Equal(503, (int)answer.StatusCode);
        Assert.Equal(
            """{"status":"not_ready","checks":{"a_no":"no lease","b_fault":"does not answer","c_well":"ready","d_hang":"does not answer in time"}}""",
            await answer.Content.ReadAsStringAsync());
        Assert.Contains(app.Log.Lines, line => line.Id.Id == 1020 && line.Text.Contains("inside", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_app_that_is_not_ready_lives()
    {
        await using var app = await Start(new Check("storage", _ => Task.FromResult<string?>("no")));
        using var answer = await app.Get("/health/live", roles: null);
        Assert.Equal("""{"status":"live","checks":{}}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task However_many_ask_each_check_is_asked_once_at_a_time_and_once_a_second()
    {
        var (asked, answer) = (0, new TaskCompletionSource<string?>());
        await using var app = await Start(new Check("storage", _ =>
        {
            Interlocked.Increment(ref asked);
            return answer.Task;
        }));
        var calls = Enumerable.Range(0, 20).Select(_ => app.Get("/health/ready", roles: null)).ToList();
        await Eventually.Holds(() => Volatile.Read(ref asked) == 1);
        answer.SetResult(null);
        Assert.All(await Task.WhenAll(calls), ready => Assert.Equal(200, (int)ready.StatusCode));
        Assert.Equal(1, asked);

        app.Clock.Advance(TimeSpan.FromSeconds(1));
        using var later = await app.Get("/health/ready", roles: null);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_check_that_is_late_counts_as_well_while_it_was_well_a_moment_ago()
    {
        var answer = Task.FromResult<string?>(null);
        await using var app = await Start(new Check("storage", _ => answer));
        Assert.Equal(200, await Ask());
        answer = new TaskCompletionSource<string?>().Task;
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, await Late());
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(503, await Late());

        answer = Task.FromResult<string?>(null);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, await Ask());
        answer = Task.FromResult<string?>("no");
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(503, await Ask());

        async Task<int> Ask()
        {
            using var answered = await app.Get("/health/ready", roles: null);
            return (int)answered.StatusCode;
        }

        async Task<int> Late()
        {
            var timers = app.Clock.PendingTimers;
            var call = Ask();
            await Eventually.Holds(() => app.Clock.PendingTimers > timers + 1);
            app.Clock.Advance(TimeSpan.FromSeconds(2));
            return await call;
        }
    }

    private static Task<TestApp> Start(params Check[] checks) => TestApp.Start([], builder =>
    {
        foreach (var check in checks)
        {
            builder.Services.AddSingleton<IReadinessCheck>(check);
        }
    });

    private sealed class Check(string name, Func<CancellationToken, Task<string?>> ask) : IReadinessCheck
    {
        public string Name => name;

        public Task<string?> Ask(CancellationToken cancellation) => ask(cancellation);
    }
}

using Governance.Functions.Health;
using Governance.Functions.Tests.Testing;
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

using System.Net;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.SignIn;
using Governance.Functions.Tests.Testing;
using Governance.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Functions.Tests.Hosting;

public sealed class ComputingApart
{
    [Fact]
    public async Task What_is_short_is_computed_at_once_by_whoever_asks()
    {
        using var heavy = new HeavyWork(1);
        var here = Environment.CurrentManagedThreadId;
        var there = heavy.Run(HeavyWork.Threshold - 1, () => Environment.CurrentManagedThreadId, CancellationToken.None);
        Assert.True(there.IsCompleted);
        Assert.Equal(here, await there);
    }

    [Fact]
    public async Task What_takes_long_never_takes_a_thread_of_the_pool_and_only_so_many_are_at_it_at_once()
    {
        using var heavy = new HeavyWork(2);
        var (running, most, pooled) = (0, 0, 0);
        using var go = new SemaphoreSlim(0);
        var all = Enumerable.Range(0, 6).Select(number => heavy.Run(
            HeavyWork.Threshold,
            () =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                pooled += Thread.CurrentThread.IsThreadPoolThread ? 1 : 0;
                go.Wait();
                Interlocked.Decrement(ref running);
                return number;
            },
            CancellationToken.None)).ToList();
        go.Release(6);
        Assert.Equal(Enumerable.Range(0, 6), await Task.WhenAll(all));
        Assert.InRange(most, 1, 2);
        Assert.Equal(0, pooled);
    }

    [Fact]
    public async Task A_fault_reaches_whoever_asked_and_leaves_the_thread_to_others()
    {
        using var heavy = new HeavyWork(1);
        await Assert.ThrowsAsync<FormatException>(() => heavy.Run<int>(HeavyWork.Threshold, () => throw new FormatException(), CancellationToken.None));
        Assert.Equal(7, await heavy.Run(HeavyWork.Threshold, () => 7, CancellationToken.None));
    }

    [Fact]
    public async Task Whoever_goes_away_waits_no_longer()
    {
        using var heavy = new HeavyWork(1);
        using var go = new SemaphoreSlim(0);
        var first = heavy.Run(HeavyWork.Threshold, () => go.Wait(TimeSpan.FromSeconds(30)), CancellationToken.None);
        using var gone = new CancellationTokenSource();
        var second = heavy.Run(HeavyWork.Threshold, () => true, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        go.Release();
        Assert.True(await first);
        Assert.True(await heavy.Run(HeavyWork.Threshold, () => true, CancellationToken.None));
    }

    [Fact]
    public async Task A_large_body_is_read_apart_while_small_ones_and_health_are_answered()
    {
        await using var app = await TestApp.Start([Function.Post(
            "Take", "take", Access.To(Roles.Publisher), input => input.Body.Any("text")?.GetString()?.Length ?? 0, (_, length) => Samples.Text($"{length}"), new HttpDocs("A sample."))]);
        var heavy = app.Services.GetRequiredService<HeavyWork>();
        using var go = new SemaphoreSlim(0);
        var held = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => heavy.Run(HeavyWork.Threshold, () => go.Wait(TimeSpan.FromSeconds(30)), CancellationToken.None)).ToList();
        var large = app.Post("/api/v1/take", $$"""{"text": "{{new string('x', HeavyWork.Threshold)}}"}""", Roles.Publisher);
        await Eventually.Holds(() => app.Services.GetRequiredService<Gates>().Of(FunctionGroup.Writes).Inside == 1);
        using var small = await app.Post("/api/v1/take", """{"text": "x"}""", Roles.Publisher);
        using var health = await app.Get("/health/ready", roles: null);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (small.StatusCode, health.StatusCode));
        Assert.False(large.IsCompleted);

        go.Release(held.Count);
        Assert.DoesNotContain(false, await Task.WhenAll(held));
        using var answer = await large;
        Assert.Equal($"{HeavyWork.Threshold}", await answer.Content.ReadAsStringAsync());
    }
}

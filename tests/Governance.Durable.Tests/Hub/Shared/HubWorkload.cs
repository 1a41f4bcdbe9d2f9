using System.Globalization;
using Governance.Durable.Client;

namespace Governance.Durable.Tests.Hub;

/// <summary>
/// Orchestrations that use everything a hub does, with results that follow from their inputs alone, whatever is cut, repeated or reordered.
/// </summary>
internal static class HubWorkload
{
    /// <summary>The kinds of instances; a number's kind is its remainder.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["FanOut", "Timers", "Events", "Retries", "Children", "Generations", "PingPong"];

    public static string Kind(int number) => Kinds[number % Kinds.Count];

    public static string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"{Kind(number)}-{number}");

    /// <summary>What instance <paramref name="number"/> must return.</summary>
    public static string Expected(int number) => Kind(number) switch
    {
        "FanOut" => string.Join('+', Enumerable.Range(0, 5).Select(n => (number + n) * (number + n))),
        "Timers" => $"timers {number}",
        "Events" => $"first {number} second {number}",
        "Retries" => $"third time {number}",
        "Children" => string.Join(',', Enumerable.Range(0, 3).Select(n => $"child {number + n}")),
        "Generations" => string.Create(CultureInfo.InvariantCulture, $"sum {number * 4}"),
        _ => $"pong {number}",
    };

    /// <summary>Registers all of them.</summary>
    /// <param name="pause">The length of every timer.</param>
    /// <param name="failures">Counts a call and says how often this activity has run for this key; its first two runs fail.</param>
    public static void Register(DurableTaskRegistry tasks, TimeSpan pause, Func<string, int> failures) => tasks
        .AddOrchestratorFunc<int, string>("FanOut", async (context, number) => string.Join(
            '+', await Task.WhenAll(Enumerable.Range(0, 5).Select(n => context.CallActivityAsync<int>("Square", number + n)))))
        .AddOrchestratorFunc<int, string>("Timers", async (context, number) =>
        {
            await context.CreateTimer(pause, CancellationToken.None);
            await Task.WhenAll(context.CreateTimer(pause, CancellationToken.None), context.CreateTimer(pause * 2, CancellationToken.None));
            return $"timers {number}";
        })
        .AddOrchestratorFunc<int, string>("Events", async (context, number) =>
        {
            context.SetCustomStatus("waiting");
            var first = await context.WaitForExternalEvent<string>("First");
            var second = await context.WaitForExternalEvent<string>("Second");
            return $"{first} {second}";
        })
        .AddOrchestratorFunc<int, string>("Retries", (context, number) => context.CallActivityAsync<string>(
            "Flaky", number, TaskOptions.FromRetryPolicy(new RetryPolicy(5, pause))))
        .AddOrchestratorFunc<int, string>("Children", async (context, number) => string.Join(
            ',', await Task.WhenAll(Enumerable.Range(0, 3).Select(n => context.CallSubOrchestratorAsync<string>("Child", number + n)))))
        .AddOrchestratorFunc<int, string>("Child", async (context, number) =>
        {
            await context.CreateTimer(pause, CancellationToken.None);
            return await context.CallActivityAsync<string>("Name", number);
        })
        .AddOrchestratorFunc<Generation, string>("Generations", async (context, at) =>
        {
            var sum = at.Sum + await context.CallActivityAsync<int>("Echo", at.Number);
            if (at.Left == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"sum {sum}");
            }

            context.ContinueAsNew(at with { Sum = sum, Left = at.Left - 1 });
            return "";
        })
        .AddOrchestratorFunc<int, string>("PingPong", async (context, number) =>
        {
            var partner = context.CallSubOrchestratorAsync<string>("Partner", context.InstanceId);
            var ready = await context.WaitForExternalEvent<string>("Ready");
            context.SendEvent(ready, "Ping", number);
            return await partner;
        })
        .AddOrchestratorFunc<string, string>("Partner", async (context, parent) =>
        {
            context.SendEvent(parent, "Ready", context.InstanceId);
            return $"pong {await context.WaitForExternalEvent<int>("Ping")}";
        })
        .AddActivityFunc<int, int>("Square", (_, n) => Task.FromResult(n * n))
        .AddActivityFunc<int, int>("Echo", (_, n) => Task.FromResult(n))
        .AddActivityFunc<int, string>("Name", (_, n) => Task.FromResult($"child {n}"))
        .AddActivityFunc<int, string>("Flaky", (context, n) => failures(context.InstanceId) < 3
            ? throw new TimeoutException("not yet")
            : Task.FromResult($"third time {n}"));

    /// <summary>Starts an instance and sends it what it waits for. Safe to repeat after a crash.</summary>
    public static async Task Begin(DurableTaskClient client, int number)
    {
        object input = Kind(number) == "Generations" ? new Generation(number, 0, 3) : number;
        if (await client.GetInstanceAsync(Id(number)) is null)
        {
            try
            {
                await client.ScheduleNewOrchestrationInstanceAsync(Kind(number), input, new StartOrchestrationOptions(Id(number)));
            }
            catch (OrchestrationInstanceException exists) when (exists.Problem == InstanceProblem.AlreadyExists)
            {
                // An attempt before the crash got through.
            }
        }

        if (Kind(number) == "Events")
        {
            await Raise(client, number, "First", $"first {number}");
            await Raise(client, number, "Second", $"second {number}");
        }
    }

    private static async Task Raise(DurableTaskClient client, int number, string name, string payload)
    {
        try
        {
            await client.RaiseEventAsync(Id(number), name, payload);
        }
        catch (OrchestrationInstanceException ended) when (ended.Problem == InstanceProblem.NotRunning)
        {
            // The one raised before the crash was enough.
        }
    }

    /// <summary>Where the continuing orchestration stands.</summary>
    internal sealed record Generation(int Number, int Sum, int Left);
}

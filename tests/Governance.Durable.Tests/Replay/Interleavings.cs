using FsCheck;
using FsCheck.Fluent;
using Governance.Durable.Protocol;
using static Governance.Durable.Tests.Replay.Events;

namespace Governance.Durable.Tests.Replay;

/// <summary>
/// Generated orchestrations against a generated host: in which order results come back, how they are split over turns,
/// and what is delivered twice must not matter.
/// </summary>
public sealed class Interleavings
{
    private const int Depth = 3;

    private static readonly Config Seeded = Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(20300101UL, 7UL);

    private static readonly Arbitrary<(Plan Plan, int Schedule)> Cases = Arb.From(
        from plan in Plans(Depth)
        from schedule in Gen.Choose(0, int.MaxValue - 1)
        select (plan, schedule));

    [Fact]
    public void Every_order_of_results_ends_in_the_same_result_and_calls() => Prop
        .ForAll(Cases, @case =>
        {
            var once = new Run(@case.Plan, new Random(@case.Schedule)).ToEnd();
            var otherwise = new Run(@case.Plan, new Random(@case.Schedule + 1)).ToEnd();
            Assert.Equal($"DONE({Json(@case.Plan.Result)})", once.End);
            Assert.Equal(once.End, otherwise.End);
            Assert.Equal(once.Calls.Order(StringComparer.Ordinal), otherwise.Calls.Order(StringComparer.Ordinal));
        })
        .Check(Seeded);

    [Fact]
    public void Every_split_of_the_same_events_over_turns_asks_for_the_same_actions() => Prop
        .ForAll(Cases, @case =>
        {
            var recorded = new Run(@case.Plan, new Random(@case.Schedule)).ToEnd();
            var split = new Random(@case.Schedule);

            // Confirmations stand where the host put them, so turns are joined from the left: their events stay in order.
            var host = ReplayHost.For(@case.Plan.Execute);
            var actions = new List<string>();
            for (var at = 0; at < recorded.Delivered.Count;)
            {
                var take = AsManyAsAskedFor(recorded.Delivered, at, host.Past, split);
                host.Turn(at, [.. recorded.Delivered.Skip(at).Take(take)]);
                actions.AddRange(host.Last!.Actions.Select(Notation.Of));
                at += take;
            }

            Assert.Equal(recorded.Actions, actions);
        })
        .Check(Seeded);

    [Fact]
    public void Results_that_are_delivered_twice_change_nothing() => Prop
        .ForAll(Cases, @case =>
        {
            var run = new Run(@case.Plan, new Random(@case.Schedule)) { Twice = true }.ToEnd();
            Assert.Equal($"DONE({Json(@case.Plan.Result)})", run.End);
        })
        .Check(Seeded);

    [Fact]
    public void Being_suspended_now_and_then_changes_no_result() => Prop
        .ForAll(Cases, @case =>
        {
            var run = new Run(@case.Plan, new Random(@case.Schedule)) { Suspends = true }.ToEnd();
            Assert.Equal($"DONE({Json(@case.Plan.Result)})", run.End);
        })
        .Check(Seeded);

    private static Gen<Plan> Plans(int depth)
    {
        var leaf = Gen.OneOf(
            from id in Gen.Choose(0, 99) select (Plan)new Call(id),
            from id in Gen.Choose(0, 99) select (Plan)new Child(id),
            from seconds in Gen.Choose(0, 250_000) select (Plan)new Delay(seconds),
            from id in Gen.Choose(0, 99) select (Plan)new Raised(id));
        if (depth == 0)
        {
            return leaf;
        }

        var several = from count in Gen.Choose(0, 3) from parts in Plans(depth - 1).ListOf(count) select parts.ToList();
        return Gen.OneOf(leaf, from parts in several select (Plan)new Sequence(parts), from parts in several select (Plan)new Together(parts));
    }

    // At most up to the first event that answers an action not yet asked for.
    private static int AsManyAsAskedFor(IReadOnlyList<HistoryEvent> events, int at, IReadOnlyList<HistoryEvent> past, Random random)
    {
        var asked = past.Where(e => e.EventId >= 0).Select(e => e.EventId).ToHashSet();
        var most = events.Skip(at).TakeWhile(e => Answered(e) is not { } id || asked.Contains(id)).Count();
        return random.Next(1, Math.Max(1, most) + 1);
    }

    private static int? Answered(HistoryEvent happened) => happened.EventTypeCase switch
    {
        HistoryEvent.EventTypeOneofCase.TaskCompleted => happened.TaskCompleted.TaskScheduledId,
        HistoryEvent.EventTypeOneofCase.SubOrchestrationInstanceCompleted => happened.SubOrchestrationInstanceCompleted.TaskScheduledId,
        HistoryEvent.EventTypeOneofCase.TimerFired => happened.TimerFired.TimerId,
        _ => null,
    };

    private static string Json(string text) => System.Text.Json.JsonSerializer.Serialize(text, System.Text.Json.JsonSerializerOptions.Web);

    /// <summary>A host that answers open actions in a random order, some at a time, until the orchestration ends.</summary>
    private sealed class Run(Plan plan, Random random)
    {
        private readonly ReplayHost _host = ReplayHost.For(plan.Execute);
        private readonly List<HistoryEvent> _open = [ES(), .. plan.Names.Select(name => ER(name, $"\"{name}\""))];
        private bool _started;

        public bool Twice { get; init; }

        public bool Suspends { get; init; }

        public string End { get; private set; } = "";

        public List<string> Calls { get; } = [];

        public List<string> Actions { get; } = [];

        public List<HistoryEvent> Delivered { get; } = [];

        public Run ToEnd()
        {
            for (var turn = 0; End.Length == 0; turn++)
            {
                Assert.True(turn < 1_000, "The orchestration does not end.");
                _host.Turn(turn, [.. Next()]);
                foreach (var action in _host.Last!.Actions)
                {
                    Take(action);
                }
            }

            return this;
        }

        private IEnumerable<HistoryEvent> Next()
        {
            var count = _started ? random.Next(1, _open.Count + 1) : 1;
            var suspended = Suspends && random.Next(3) == 0;
            if (suspended)
            {
                yield return SUSP();
            }

            for (var taken = 0; taken < count && _open.Count > 0; taken++)
            {
                var at = _started ? random.Next(_open.Count) : 0; // the start comes first
                _started = true;
                var happened = _open[at];
                _open.RemoveAt(at);
                Delivered.Add(happened);
                yield return happened;
                if (Twice && Answered(happened) is not null)
                {
                    yield return happened.Clone();
                }
            }

            if (suspended)
            {
                yield return RES();
            }
        }

        private void Take(OrchestratorAction action)
        {
            Actions.Add(Notation.Of(action));
            if (action.ScheduleTask is { } call)
            {
                Calls.Add($"A({call.Name},{call.Input})");
                _open.Add(TC(action.Id, call.Input));
            }
            else if (action.CreateSubOrchestration is { } child)
            {
                Calls.Add($"S({child.Name},{child.Input})");
                _open.Add(SC(action.Id, child.Input));
            }
            else if (action.CreateTimer is not null)
            {
                Calls.Add("T");
                _open.Add(FIRED(action.Id));
            }
            else
            {
                End = action.CompleteOrchestration is { OrchestrationStatus: OrchestrationStatus.Completed } done
                    ? $"DONE({done.Result})"
                    : Notation.Of(action);
            }
        }
    }

    /// <summary>A generated orchestration without races: its result does not depend on who answers first.</summary>
    private abstract record Plan
    {
        public abstract string Result { get; }

        public virtual IEnumerable<string> Names => [];

        public abstract Task<string> Execute(TaskOrchestrationContext context);
    }

    private sealed record Call(int Id) : Plan
    {
        public override string Result => $"a{Id}";

        public override Task<string> Execute(TaskOrchestrationContext context) => context.CallActivityAsync<string>("Act", Result);
    }

    private sealed record Child(int Id) : Plan
    {
        public override string Result => $"s{Id}";

        public override Task<string> Execute(TaskOrchestrationContext context) => context.CallSubOrchestratorAsync<string>(
            "Sub", Result, new SubOrchestrationOptions(instanceId: $"child{Id}"));
    }

    private sealed record Delay(int Seconds) : Plan
    {
        // Below three days: longer waits are made of more timers the earlier they begin.
        public override string Result => "t";

        public override async Task<string> Execute(TaskOrchestrationContext context)
        {
            await context.CreateTimer(T.AddSeconds(Seconds), CancellationToken.None);
            return Result;
        }
    }

    private sealed record Raised(int Id) : Plan
    {
        public override string Result => $"e{Id}";

        public override IEnumerable<string> Names => [Result];

        public override Task<string> Execute(TaskOrchestrationContext context) => context.WaitForExternalEvent<string>(Result);
    }

    private sealed record Sequence(IReadOnlyList<Plan> Parts) : Plan
    {
        public override string Result => $"({string.Join(";", Parts.Select(part => part.Result))})";

        public override IEnumerable<string> Names => Parts.SelectMany(part => part.Names);

        public override async Task<string> Execute(TaskOrchestrationContext context)
        {
            var results = new List<string>();
            foreach (var part in Parts)
            {
                results.Add(await part.Execute(context));
            }

            return $"({string.Join(";", results)})";
        }
    }

    private sealed record Together(IReadOnlyList<Plan> Parts) : Plan
    {
        public override string Result => $"[{string.Join("|", Parts.Select(part => part.Result))}]";

        public override IEnumerable<string> Names => Parts.SelectMany(part => part.Names);

        public override async Task<string> Execute(TaskOrchestrationContext context) =>
            $"[{string.Join("|", await Task.WhenAll(Parts.Select(part => part.Execute(context))))}]";
    }
}

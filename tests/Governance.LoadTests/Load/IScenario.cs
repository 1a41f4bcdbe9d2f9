namespace Governance.LoadTests.Load;

/// <summary>Who does what, how often.</summary>
internal interface IScenario
{
    /// <summary>1 to 4.</summary>
    int Number { get; }

    /// <summary>In a few words.</summary>
    string Title { get; }

    /// <summary>How many people.</summary>
    int Users { get; }

    /// <summary>How long each of them thinks between an answer and the next request.</summary>
    ThinkTime Think { get; }

    /// <summary>How many are there already while the app warms up; the others come all at once when measuring begins.</summary>
    int EarlyUsers { get; }

    /// <summary>What p50 and p99 of what was served must stay below, milliseconds; a null has no target.</summary>
    (double? P50, double? P99) Targets { get; }

    /// <summary>Makes what has to be there first; not measured.</summary>
    Task Prepare(LoadBench bench);

    /// <summary>Keeps up what users consume, until cancelled.</summary>
    Task Supply(LoadBench bench, CancellationToken cancellation);

    /// <summary>What this user asks now.</summary>
    Request Next(LoadBench bench, User user);
}

/// <summary>One request with what must be true of its answer.</summary>
/// <param name="Kind">Under which name it is counted.</param>
/// <param name="Call">What is sent.</param>
/// <param name="Check">What is wrong with an answer; null where nothing is. Called once, with the answer that was served.</param>
internal sealed record Request(string Kind, Call Call, Func<Answer, bool, string?> Check);

/// <summary>One virtual user.</summary>
/// <param name="Number">0, 1, 2….</param>
/// <param name="Publisher">A token that may publish.</param>
/// <param name="Approver">A token of another person, who may approve; empty where the scenario has none.</param>
/// <param name="Random">The user's own, seeded.</param>
internal sealed record User(int Number, string Publisher, string Approver, Random Random)
{
    private readonly Queue<string> _deck = new();

    /// <summary>Draws from a shuffled deck, so that the mix is exact over each round of it.</summary>
    internal string Draw(params string[] deck)
    {
        if (_deck.Count == 0)
        {
            string[] shuffled = [.. deck];
            Random.Shuffle(shuffled);
            foreach (var card in shuffled)
            {
                _deck.Enqueue(card);
            }
        }

        return _deck.Dequeue();
    }
}

/// <summary>How long people think.</summary>
/// <param name="Least">Seconds.</param>
/// <param name="Most">Seconds.</param>
internal readonly record struct ThinkTime(double Least, double Most)
{
    /// <summary>Seconds on average.</summary>
    internal double Mean => (Least + Most) / 2;

    internal TimeSpan Draw(Random random) => TimeSpan.FromSeconds(Least + (random.NextDouble() * (Most - Least)));

    /// <summary>Where in their first round a user begins.</summary>
    internal TimeSpan DrawFirst(Random random) => TimeSpan.FromSeconds(random.NextDouble() * Most);
}

using System.Text.RegularExpressions;

namespace Governance.Local.Intune;

/// <summary>One way in which the tenant misbehaves, on requests that match.</summary>
internal sealed record FaultRule
{
    /// <summary>HTTP method; null for any.</summary>
    public string? Method { get; init; }

    /// <summary>Regular expression on the decoded path, and for uploads the path with <c>?comp=block</c> or <c>?comp=blocklist</c>.</summary>
    public string Path { get; init; } = ".";

    /// <summary>The first matching request that is hit, from 1.</summary>
    public int From { get; init; } = 1;

    /// <summary>How many are hit from then on.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Of those, the share that is hit, 0 to 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>What happens.</summary>
    public required FaultEffect Effect { get; init; }
}

/// <summary>What a fault does. Everything but <see cref="Answer"/> and <see cref="DropBefore"/> lets the request be carried out.</summary>
internal sealed record FaultEffect
{
    /// <summary>Answers this in place of carrying the request out.</summary>
    public FaultAnswer? Answer { get; init; }

    /// <summary>Drops the connection before anything is done.</summary>
    public bool DropBefore { get; init; }

    /// <summary>Carries the request out and drops the connection.</summary>
    public bool DropAfter { get; init; }

    /// <summary>Waits before carrying it out.</summary>
    public TimeSpan DelayBefore { get; init; }

    /// <summary>Carries it out and waits before answering.</summary>
    public TimeSpan DelayAfter { get; init; }

    /// <summary>The state in which what this request begins ends, such as <c>commitFileFailed</c>; <c>pending</c> for never.</summary>
    public string? End { get; init; }

    /// <summary>One byte of an uploaded block is altered.</summary>
    public bool Corrupt { get; init; }
}

/// <summary>An answer in place of the real one.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Graph's code.</param>
/// <param name="Message">Graph's message.</param>
/// <param name="RetryAfter">The header's text, whatever it is; null for none.</param>
/// <param name="Body">How the body looks.</param>
internal sealed record FaultAnswer(
    int Status, string Code = "UnknownError", string Message = "Injected.", string? RetryAfter = null, FaultBody Body = FaultBody.Graph);

/// <summary>How the body of an injected answer looks.</summary>
internal enum FaultBody
{
    /// <summary>As Graph's own errors.</summary>
    Graph,

    /// <summary>As Intune's errors behind the gateway.</summary>
    Intune,

    /// <summary>A proxy's page.</summary>
    Html,

    /// <summary>Nothing.</summary>
    Empty,
}

/// <summary>The rules in force, and how often each has matched.</summary>
internal sealed class FaultBook(SimulatorDice dice)
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    public void Add(FaultRule rule)
    {
        lock (_gate)
        {
            _entries.Add(new(rule, new Regex(rule.Path, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))));
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
        }
    }

    /// <returns>The first rule's effect that hits; null for none. Every rule that matches counts.</returns>
    public FaultEffect? Hit(string method, string path)
    {
        FaultEffect? effect = null;
        lock (_gate)
        {
            foreach (var entry in _entries.Where(e => (e.Rule.Method is null || e.Rule.Method == method) && e.Path.IsMatch(path)))
            {
                entry.Matches++;
                var hits = entry.Matches >= entry.Rule.From && entry.Matches - entry.Rule.From < entry.Rule.Count
                    && (entry.Rule.Probability >= 1 || dice.Chance() < entry.Rule.Probability);
                effect ??= hits ? entry.Rule.Effect : null;
            }
        }

        return effect;
    }

    private sealed class Entry(FaultRule rule, Regex path)
    {
        public FaultRule Rule => rule;

        public Regex Path => path;

        public int Matches { get; set; }
    }
}

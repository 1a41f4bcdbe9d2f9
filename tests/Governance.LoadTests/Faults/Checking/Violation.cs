namespace Governance.LoadTests.Faults.Checking;

/// <summary>What must hold of an installation once everything has come to rest, whatever was done to it before.</summary>
internal enum Invariant
{
    /// <summary>Every log is gapless and chained.</summary>
    Log,

    /// <summary>Every head's state is the fold of its log.</summary>
    State,

    /// <summary>Every list shows what the logs say, no more and no less.</summary>
    Views,

    /// <summary>One app for each deployment that was published, one assignment for each group of its rings, and nothing else.</summary>
    Plane,

    /// <summary>Every orchestration has ended or waits for something that can come, and what needs one has one.</summary>
    Orchestrations,

    /// <summary>No follow-up work is left.</summary>
    Outbox,

    /// <summary>What a client was told has happened is in the log, once.</summary>
    Promises,

    /// <summary>Every deployment came to an end that its story allows.</summary>
    Ends,
}

/// <summary>Something that does not hold.</summary>
/// <param name="Broken">What it breaks.</param>
/// <param name="Sentence">What was found, with ids.</param>
internal sealed record Violation(Invariant Broken, string Sentence)
{
    public override string ToString() => $"{Broken}: {Sentence}";
}

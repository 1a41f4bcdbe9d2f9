namespace Governance.Functions.Health;

/// <summary>Something the app cannot serve without. Whoever owns it registers one; all run at once when /health/ready is called, each at most once a second.</summary>
internal interface IReadinessCheck
{
    /// <summary>snake_case; stands in the answer.</summary>
    string Name { get; }

    /// <summary>Asks once, cheaply. A fault means "not ready"; so does taking longer than two seconds, unless all was well within the last six.</summary>
    /// <returns>Null where all is well; else why not, in words that anybody may read.</returns>
    Task<string?> Ask(CancellationToken cancellation);
}

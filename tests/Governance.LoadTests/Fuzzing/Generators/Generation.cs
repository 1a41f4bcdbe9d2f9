namespace Governance.LoadTests.Fuzzing.Generators;

/// <summary>All generators.</summary>
internal static class Generation
{
    internal static readonly IReadOnlyList<IGenerator> All =
    [
        new Bodies(), new Paths(), new Queries(), new OddHeaders(), new Tokens(), new EvidenceParts(), new Forms(), new Uploads(), new Packages(), new Callbacks(), new Webhooks(), new Pages(), new WireBreaks(),
    ];

    private static readonly IReadOnlyList<IGenerator> Shares = [.. All.SelectMany(generator => Enumerable.Repeat(generator, generator.Weight))];

    /// <summary>The generator that the dice give.</summary>
    internal static IGenerator Pick(Dice dice) => dice.Pick(Shares);
}

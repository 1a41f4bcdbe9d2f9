using System.Collections.Immutable;
using Governance.Core.Evidence;

namespace Governance.Core.Policy.Factors;

/// <summary>Which data the app reaches.</summary>
internal sealed class DataReach : Rubric<DataReach.Reading>
{
    /// <inheritdoc/>
    public override string Name => "data_access";

    /// <inheritdoc/>
    public override ImmutableArray<string> Conditions { get; } = ["own", "documents", "profile", "credentials", "wide"];

    /// <inheritdoc/>
    protected override ImmutableArray<Change<Reading>> Options { get; } =
    [
        new(
            Paths.DataAccess,
            (r, _) => r.Access is null ? "state that it reaches its own data only" : "reach its own data only",
            _ => new(DataAccess.Own)),
    ];

    /// <inheritdoc/>
    protected override Reading Read(PolicyInputs inputs) => new(inputs.Evidence?.Behaviour?.DataAccess);

    /// <inheritdoc/>
    protected override Judged Judge(Reading reading, FactorRules rules) => reading.Access is { } access
        ? new((int)access, Paths.DataAccess)
        : Judged.NotStated(Paths.DataAccess, "behaviour.data_access is not stated, so the worst value counts");

    /// <summary>What the factor looks at.</summary>
    internal readonly record struct Reading(DataAccess? Access);
}

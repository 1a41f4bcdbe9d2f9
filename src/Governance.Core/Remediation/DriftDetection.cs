using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Core.Rollout;

namespace Governance.Core.Remediation;

/// <summary>What the log says the plane should hold for one deployment.</summary>
public sealed record ExpectedApp
{
    /// <summary>The version.</summary>
    public required string Version { get; init; }

    /// <summary>The package's digest.</summary>
    public required Digest ArtifactSha256 { get; init; }

    /// <summary>The rings that have the app and are still this deployment's, in order; empty where others took them all.</summary>
    public required EquatableArray<RingScope> Rings { get; init; }

    /// <summary>What devices of rings that have passed a gate report; rings without it are not judged.</summary>
    public EquatableArray<PassedRing> Passed { get; init; } = [];
}

/// <summary>A ring that has passed its gate, with what its devices report now.</summary>
/// <param name="Ring">Which ring.</param>
/// <param name="Measured">What was measured.</param>
public sealed record PassedRing(Ring Ring, RingMeasurement Measured);

/// <summary>Finds drift. Pure; what could not be read is no drift.</summary>
public static class DriftDetection
{
    private const int ShownGroups = 5;

    /// <summary>Compares what should be with what is.</summary>
    /// <returns>In the order app, version, assignments ring by ring, scope, compliance ring by ring; empty where nothing differs.</returns>
    public static EquatableArray<Drift> Find(ExpectedApp expected, PlaneActual actual, PromotionGates gates, DateTimeOffset now)
    {
        if (expected.Rings.Count == 0)
        {
            return [];
        }

        if (!actual.AppPresent)
        {
            return [Of(DriftKind.AppGone, null, "the app does not exist in the plane any more")];
        }

        var drifts = new List<Drift>();
        if (VersionDifference(expected, actual) is { } difference)
        {
            // One app serves all rings, so the furthest one says how much is at stake.
            drifts.Add(Of(DriftKind.VersionMismatch, expected.Rings[^1].Ring, difference));
        }

        Assignments(expected, actual, drifts);
        drifts.AddRange(expected.Passed.Select(passed => Compliance(passed, gates, now)).OfType<Drift>());
        return [.. drifts];
    }

    private static string? VersionDifference(ExpectedApp expected, PlaneActual actual) => actual switch
    {
        { Published: false } => "the app's content is not published, so no device can get it",
        _ when actual.Version != expected.Version => $"the app says version {Told(actual.Version)}, {expected.Version} expected",
        _ when actual.ArtifactSha256 != expected.ArtifactSha256 => $"the app says package {Told(actual.ArtifactSha256?.ToString())}, {expected.ArtifactSha256} expected",
        _ => null,
    };

    private static void Assignments(ExpectedApp expected, PlaneActual actual, List<Drift> drifts)
    {
        var (should, does) = (AssignmentSet.Union(expected.Rings), actual.Required);
        foreach (var ring in expected.Rings)
        {
            var missing = AssignmentSet.Of(ring).Include.Where(group => should.Include.Contains(group) && !does.Include.Contains(group)).ToArray();
            if (missing.Length > 0)
            {
                drifts.Add(Of(DriftKind.MissingAssignment, ring.Ring, $"not assigned: {Groups(missing)}"));
            }
        }

        var differences = new List<string>();
        Add(differences, "assigned beyond the scope", does.Include.Except(should.Include));
        Add(differences, "excluded beyond the scope", does.Exclude.Except(should.Exclude));
        Add(differences, "not excluded", should.Exclude.Except(does.Exclude));
        var foreign = actual.Assignments.Count(assignment =>
            assignment.Intent != AssignmentIntent.Required || assignment.Target is not (AssignmentTarget.Group or AssignmentTarget.ExcludedGroup));
        if (foreign > 0)
        {
            differences.Add($"{foreign} assignments of another kind");
        }

        if (differences.Count > 0)
        {
            drifts.Add(Of(DriftKind.ScopeMismatch, null, string.Join("; ", differences)));
        }
    }

    private static Drift? Compliance(PassedRing passed, PromotionGates gates, DateTimeOffset now) =>
        SuccessRate.Below(gates, passed.Ring, passed.Measured, now) is { } reason ? Of(DriftKind.ComplianceDrift, passed.Ring, reason) : null;

    private static Drift Of(DriftKind kind, Ring? ring, string difference) => new(kind, DriftRules.SeverityOf(kind), ring, difference);

    private static void Add(List<string> differences, string what, IEnumerable<Guid> groups)
    {
        var found = groups.ToArray();
        if (found.Length > 0)
        {
            differences.Add($"{what}: {Groups(found)}");
        }
    }

    private static string Groups(Guid[] groups) => groups.Length <= ShownGroups
        ? string.Join(", ", groups)
        : $"{string.Join(", ", groups.Take(ShownGroups))} and {groups.Length - ShownGroups} more";

    private static string Told(string? text) => text is null ? "nothing" : Shown.Text(text, 100);
}

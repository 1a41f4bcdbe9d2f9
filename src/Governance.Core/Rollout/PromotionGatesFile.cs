using System.Collections.Immutable;

namespace Governance.Core.Rollout;

/// <summary>Reads and validates the gates' file.</summary>
internal static class PromotionGatesFile
{
    private static readonly Dictionary<string, Ring> RingNames = Rings.All.ToDictionary(ring => ring.WireName());

    // In the order of Connectivity.
    private static readonly string[] Connectivities = ["online", "intermittent", "air_gapped"];
    private static readonly Dictionary<string, string> Incidents =
        new[] { "minor", "moderate", "major", "security" }.ToDictionary(name => name);

    /// <inheritdoc cref="PromotionGates.Load"/>
    public static Loaded<PromotionGates> Read(ReadOnlyMemory<byte> json) => DataFile.Read<PromotionGates>(json, (root, identity) =>
    {
        root.Only("version", "rows", "compliance_hours", "coverage", "failing_incidents", "looks", "breach");
        return new(identity, json, Rows(root), Compliance(root.Object("compliance_hours")), Figures(root), speed: 1);
    });

    private static ImmutableArray<GateRow> Rows(DataNode root)
    {
        var rows = new GateRow?[Rings.All.Count];
        foreach (var node in root.Objects("rows"))
        {
            node.Only("leaving", "success_percent", "observe_hours", "complete_evidence_for", "rollback_plan_validated");
            var ring = node.Word("leaving", RingNames);
            if (rows[(int)ring] is not null)
            {
                node.Problem($"{ring.WireName()} stands here twice.");
            }

            rows[(int)ring] = new(
                node.Integer("success_percent", 1, 100) * 100,
                TimeSpan.FromHours(node.Integer("observe_hours", 1, 2160)),
                node.Has("complete_evidence_for") ? node.Word("complete_evidence_for", RingNames) : null,
                node.Flag("rollback_plan_validated", absent: true));
        }

        foreach (var ring in Rings.All.Where(ring => rows[(int)ring] is null))
        {
            root.Problem($"the row for leaving {ring.WireName()} is missing.");
        }

        return [.. rows.OfType<GateRow>()];
    }

    private static ImmutableArray<TimeSpan> Compliance(DataNode node)
    {
        node.Only(Connectivities);
        return [.. Connectivities.Select(name => TimeSpan.FromHours(node.Integer(name, 1, 2160)))];
    }

    private static GateFigureRules Figures(DataNode root)
    {
        var (coverage, looks, breach) = (root.Object("coverage"), root.Object("looks"), root.Object("breach"));
        coverage.Only("percent", "all_below_devices");
        looks.Only("per_observation", "min_interval_minutes", "retry_minutes", "alert_after_minutes", "ask_cab_after_looks");
        breach.Only("min_devices", "points_below");
        return new(
            coverage.Integer("percent", 1, 100),
            coverage.Integer("all_below_devices", 0, 1_000_000),
            [.. root.Items("failing_incidents").Select(item => item.Word(Incidents))],
            looks.Integer("per_observation", 1, 1000),
            TimeSpan.FromMinutes(looks.Integer("min_interval_minutes", 1, 1440)),
            TimeSpan.FromMinutes(looks.Integer("retry_minutes", 1, 1440)),
            TimeSpan.FromMinutes(looks.Integer("alert_after_minutes", 1, 10080)),
            looks.Integer("ask_cab_after_looks", 1, 1000),
            breach.Integer("min_devices", 1, 1_000_000),
            breach.Integer("points_below", 0, 100) * 100);
    }
}

using System.Collections.Immutable;
using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Core.Policy;

namespace Governance.Core.Tests.Policy;

public sealed class WaysDown
{
    // Every change of the evidence that could lower the score, one by one.
    private static readonly ImmutableArray<Func<CheckedEvidence, CheckedEvidence>> Changes =
    [
        e => e with { Install = Of(e) with { KernelDriver = false } },
        e => e with { Install = Of(e) with { Service = false } },
        e => e with { Install = Of(e) with { Context = InstallContext.User } },
        e => e with { Install = Of(e) with { Elevation = Elevation.None } },
        e => e with { Signature = (e.Signature ?? new(null, null, null, null)) with { Status = SignatureStatus.Valid, KnownVendor = true } },
        e => e with { Provenance = new(ProvenanceVerdict.Verified, e.Provenance?.BuilderId) },
        e => e with { Behaviour = Does(e) with { Listener = ListenerKind.None } },
        e => e with { Behaviour = Does(e) with { Scripting = false } },
        e => e with { Behaviour = Does(e) with { DataAccess = DataAccess.Own } },
        e => e with { Sbom = e.Sbom ?? new("plain", 0, []) },
        e => e with { Scan = new(new(0, 0, 0, 0), [], e.Scan?.ScannedAt ?? Pack.Noon, true) },
        e => e with { Install = Of(e) with { OfflineImport = false } },
        e => e with { Install = Of(e) with { Sequenced = false } },
        e => e with { Install = Of(e) with { Reboot = RebootKind.None } },
        e => e with { Install = Of(e) with { Minutes = 0 } },
    ];

    [Fact]
    public void Among_single_changes_the_one_that_takes_most_off_wins()
    {
        // 20 + 13.5 + 2 + 1 + 0 + 10 + 1 + 5 = 52.5; signing would take 9 off.
        var facts = Pack.Harmless with
        {
            Install = Pack.Install with { Context = InstallContext.System },
            Signature = new(SignatureStatus.None, null, null, null),
            Provenance = null,
        };

        var assessment = RiskModel.V1.Score(Pack.Inputs(facts, Ring.Global));

        Assert.Equal(53, assessment.Score);
        Assert.Equal(
            new WayDown(50, true, 37, 1, [new("privilege_impact", "run as the user: −16", 1600, ["$.install.context"])]),
            assessment.WayDown);
    }

    [Fact]
    public void Signing_takes_nine_points_off()
    {
        // The same 52.5, and no single change helps a service with a kernel driver.
        var facts = Pack.Harmless with
        {
            Install = Pack.Install with { Elevation = Elevation.Optional, Service = true, KernelDriver = true },
            Signature = new(SignatureStatus.None, null, null, null),
            Provenance = null,
        };

        var assessment = RiskModel.V1.Score(Pack.Inputs(facts, Ring.Global));

        Assert.Equal(53, assessment.Score);
        Assert.Equal(
            new WayDown(50, true, 44, 1, [new("supply_chain_trust", "sign the artifact: −9", 900, ["$.signature"])]),
            assessment.WayDown);
    }

    [Fact]
    public void The_fewest_changes_win_and_then_the_largest_reduction()
    {
        var assessment = RiskModel.V1.Score(Pack.Inputs(null, Ring.Lab));

        // 84.5 points: 34.01 must go. Each step stands for as many changes as it names paths.
        var way = assessment.WayDown;
        Assert.NotNull(way);
        Assert.True(way.Reachable);
        Assert.Equal(way.Changes, way.Steps.Sum(step => step.EvidencePaths.Count));
        Assert.Equal(
            [
                new WayDownStep("sbom_vulnerability", "store an SBOM, store a scan report without findings: −15", 1500, ["$.sbom", "$.scan_results"]),
                new WayDownStep("supply_chain_trust", "sign the artifact, add provenance that verifies: −12", 1200, ["$.signature", "$.provenance"]),
                new WayDownStep("data_access", "state that it reaches its own data only: −9", 900, ["$.behaviour.data_access"]),
            ],
            way.Steps);
        Assert.Equal((5, 49), (way.Changes, way.ScoreAfter));
    }

    [Fact]
    public void What_the_submitter_cannot_change_is_left_out_and_an_unreachable_limit_is_said()
    {
        // Nothing left to improve but 3 points of provenance: history and ring weigh 20, the device's offline import 10.
        var model = RiskModel.V1;
        var request = Pack.Request(Pack.Harmless with { Install = Pack.Install with { KernelDriver = true }, Provenance = null }, Ring.Global) with
        {
            Connectivity = Connectivity.AirGapped,
            History = new(0, 9, new(0, 0, 0, 1), Pack.Noon),
        };
        var strict = RiskModel.Load(System.Text.Encoding.UTF8.GetBytes(
            System.Text.Encoding.UTF8.GetString(model.Source.Span).Replace("\"automated_max_score\": 50", "\"automated_max_score\": 30", StringComparison.Ordinal))).OrThrow("the test's model");

        var assessment = strict.Score(PolicyCheck.Read(request, PolicySet.V1));

        Assert.Equal(
            new WayDown(
                30,
                false,
                39,
                2,
                [
                    new("privilege_impact", "install no kernel driver: −16", 1600, ["$.install.kernel_driver"]),
                    new("supply_chain_trust", "add provenance that verifies: −3", 300, ["$.provenance"]),
                ]),
            assessment.WayDown);
        Assert.DoesNotContain(assessment.WayDown!.Steps, step => step.Factor is "history" or "blast_radius" or "operational_complexity");
    }

    [Fact]
    public void The_way_down_is_the_best_of_all_sets_of_changes() => Generated.Check(
        request =>
        {
            var inputs = PolicyCheck.Read(request, PolicySet.V1);
            var assessment = RiskModel.V1.Score(inputs);
            if (assessment.Score <= 50)
            {
                Assert.Null(assessment.WayDown);
                return;
            }

            var best = BestOfAll(inputs);
            var way = assessment.WayDown;
            Assert.NotNull(way);
            Assert.Equal(best, (way.Reachable, way.Changes, Total(assessment) - way.Steps.Sum(step => step.Reduction)));
            Assert.Equal((best.Total + 50) / 100, way.ScoreAfter);
        },
        runs: 5);

    // The plainest search: score every subset; fewest changes that reach the limit, then the lowest total.
    private static (bool Reachable, int Changes, int Total) BestOfAll(PolicyInputs inputs)
    {
        var evidence = inputs.Evidence ?? new() { PackId = Pack.Harmless.PackId, PackDigest = Pack.Harmless.PackDigest, StoredAt = Pack.Noon };
        var lowest = new int[Changes.Length + 1];
        Array.Fill(lowest, int.MaxValue);
        for (var mask = 0; mask < 1 << Changes.Length; mask++)
        {
            var changed = evidence;
            for (var i = 0; i < Changes.Length; i++)
            {
                changed = (mask & (1 << i)) != 0 ? Changes[i](changed) : changed;
            }

            var count = System.Numerics.BitOperations.PopCount((uint)mask);
            lowest[count] = Math.Min(lowest[count], Total(RiskModel.V1.Score(inputs with { Evidence = changed })));
        }

        var reached = Array.FindIndex(lowest, total => (total + 50) / 100 <= 50);
        return reached >= 0 ? (true, reached, lowest[reached]) : (false, Array.IndexOf(lowest, lowest.Min()), lowest.Min());
    }

    private static int Total(RiskAssessment assessment) => assessment.Factors.Sum(factor => factor.Contribution);

    private static CheckedInstall Of(CheckedEvidence evidence) => evidence.Install ?? new();

    private static BehaviourFacts Does(CheckedEvidence evidence) => evidence.Behaviour ?? new(null, null, null, null);
}

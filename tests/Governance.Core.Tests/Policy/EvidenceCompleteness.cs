using Governance.Core.Policy;
using static Governance.Core.Policy.EvidenceState;

namespace Governance.Core.Tests.Policy;

public sealed class EvidenceCompleteness
{
    [Fact]
    public void Without_any_evidence_every_item_is_missing_and_named_with_its_ring() => Assert.Equal(
        [
            new CompletenessItem("artifact", Ring.Lab, Missing, "no artifact is named", "$.artifact"),
            new CompletenessItem("install", Ring.Lab, Missing, "no install command is stated", "$.install"),
            new CompletenessItem("sbom", Ring.Canary, Missing, "no SBOM is stored", "$.sbom"),
            new CompletenessItem("scan", Ring.Canary, Missing, "no scan is stored", "$.scan_results"),
            new CompletenessItem("uninstall", Ring.Canary, Missing, "no uninstall command is stated", "$.install.uninstall_command"),
            new CompletenessItem("detection", Ring.Canary, Missing, "no detection rule is stated", "$.install.detection"),
            new CompletenessItem("rollout_plan", Ring.Pilot, Missing, "no rollout plan is stored", "$.rollout_plan"),
            new CompletenessItem("rollback_plan", Ring.Pilot, Missing, "no rollback plan is stored", "$.rollback_plan"),
            new CompletenessItem("test_evidence", Ring.Pilot, Missing, "no results of a test run are stored", "$.tests"),
        ],
        Of(null).Items);

    [Fact]
    public void A_complete_pack_has_everything() => Assert.All(Of(Pack.Harmless).Items, item => Assert.Equal(Present, item.State));

    [Theory]
    [InlineData(Ring.Lab, true)]
    [InlineData(Ring.Canary, false)]
    [InlineData(Ring.Pilot, false)]
    public void A_pack_without_an_SBOM_is_complete_up_to_LAB(Ring ring, bool complete) =>
        Assert.Equal(complete, Of(Pack.Harmless with { Sbom = null }).IsCompleteFor(ring));

    [Theory]
    [InlineData(29, Present)]
    [InlineData(30, Present)]
    [InlineData(31, Stale)]
    public void A_scan_goes_stale_after_30_days(int days, EvidenceState state) =>
        Assert.Equal(state, Of(Pack.Harmless with { Scan = Pack.Scan(new(0, 0, 0, 0), Pack.Noon.AddDays(-days)) }).Items.Single(item => item.Item == "scan").State);

    [Fact]
    public void A_rollback_plan_that_was_not_tried_is_not_validated_and_what_is_missing_is_listed()
    {
        var completeness = Of(Pack.Harmless with { RollbackPlan = new("1.2.2", null, null, "passed"), Tests = new(3, 0, 0, 3), HasRolloutPlan = false });

        Assert.True(completeness.IsCompleteFor(Ring.Canary));
        Assert.Equal(
            [
                new CompletenessItem("rollout_plan", Ring.Pilot, Missing, "no rollout plan is stored", "$.rollout_plan"),
                new CompletenessItem("rollback_plan", Ring.Pilot, NotValidated, "the rollback plan was not tried with success", "$.rollback_plan"),
                new CompletenessItem("test_evidence", Ring.Pilot, Missing, "no results of a test run are stored", "$.tests"),
            ],
            completeness.MissingFor(Ring.Global));
    }

    [Fact]
    public void Commands_of_blanks_are_no_commands()
    {
        var completeness = Of(Pack.Harmless with { Install = Pack.Install with { Command = " ", UninstallCommand = "", Detection = [] } });

        Assert.Equal(["install", "uninstall", "detection"], completeness.MissingFor(Ring.Global).Select(item => item.Item));
    }

    private static Completeness Of(Governance.Core.Evidence.EvidenceFacts? facts) => PolicySet.V1.CompletenessOf(Pack.Inputs(facts));
}

using System.Text;
using System.Text.Json.Nodes;
using Governance.Core.Evidence;
using Governance.Core.Policy;

namespace Governance.Core.Tests.Policy;

public sealed class RiskScores
{
    [Fact]
    public void The_worked_example_of_the_policy_comes_to_39()
    {
        int[] values = [100, 10, 60, 20, 0, 40, 30, 20];

        var assessment = ModelWith(values).Score(Pack.Inputs(Pack.Harmless));

        Assert.Equal([2000, 150, 600, 200, 0, 400, 300, 200], assessment.Factors.Select(factor => factor.Contribution));
        Assert.Equal(39, assessment.Score);
    }

    [Theory]
    [InlineData(49, 3)]
    [InlineData(50, 4)]
    [InlineData(51, 4)]
    public void Half_a_point_is_rounded_up(int hundredths, int score)
    {
        // Three points from one factor, and hundredths of a point from a factor of weight 1.
        var model = Load(node =>
        {
            Set(node, [0, 0, 30, 0, 0, 0, 0, hundredths]);
            Factor(node, "privilege_impact")["weight"] = 29;
            Factor(node, "history")["weight"] = 1;
        });

        Assert.Equal(score, model.Score(Pack.Inputs(Pack.Harmless)).Score);
    }

    [Fact]
    public void A_harmless_app_in_the_lab_scores_16_and_needs_nobody()
    {
        var assessment = RiskModel.V1.Score(Pack.Inputs(Pack.Harmless));

        Assert.Equal((16, RiskOutcome.AutomatedAllowed, "score 16 is at most 50"), (assessment.Score, assessment.Outcome, assessment.OutcomeReason));
        Assert.Null(assessment.WayDown);
    }

    [Fact]
    public void Without_any_evidence_every_factor_of_the_evidence_takes_its_worst_value_and_says_so()
    {
        var factors = RiskModel.V1.Score(Pack.Inputs(null, Ring.Global)).Factors;

        Assert.Equal([100, 90, 100, 100, 100, 100, 100, 50], factors.Select(factor => factor.Value));
        Assert.Equal(
            [
                "install.kernel_driver is not stated, so the worst value counts",
                "signature.status is not stated, so the worst value counts",
                "behaviour.listener is not stated, so the worst value counts",
                "behaviour.data_access is not stated, so the worst value counts",
                "no SBOM and no scan, so the worst value counts",
                "GLOBAL, no device count stated",
                "install.offline_import is not stated, so the worst value counts",
                "no history: nothing completed or failed and no incident",
            ],
            factors.Select(factor => factor.Reason));
    }

    [Fact]
    public void An_empty_pack_scores_as_no_pack()
    {
        var (none, empty) = (RiskModel.V1.Score(Pack.Inputs(null)), RiskModel.V1.Score(Pack.Inputs(Pack.Empty)));

        Assert.Equal(none, empty);
        Assert.Equal(85, none.Score);
    }

    [Theory]
    [InlineData(50, RiskOutcome.AutomatedAllowed)]
    [InlineData(51, RiskOutcome.CabRequired)]
    [InlineData(52, RiskOutcome.CabRequired)]
    public void The_score_alone_is_allowed_up_to_fifty(int score, RiskOutcome outcome) =>
        Assert.Equal(outcome, ModelWith([.. Enumerable.Repeat(score, 8)]).Score(Pack.Inputs(Pack.Harmless)).Outcome);

    [Theory]
    [InlineData(74, 1)]
    [InlineData(75, 1)]
    [InlineData(76, 2)]
    public void Above_75_two_people_approve(int score, int quorum) => Assert.Equal(quorum, RiskModel.V1.QuorumFor(score));

    [Theory]
    [InlineData(ToolCategory.Security, "a security tool needs the CAB whatever the score, which is 16")]
    [InlineData(ToolCategory.Administration, "a administration tool needs the CAB whatever the score, which is 16")]
    public void Security_and_administration_tools_need_the_CAB_whatever_the_score(ToolCategory category, string reason)
    {
        var assessment = RiskModel.V1.Score(Pack.Inputs(Pack.Harmless with { Behaviour = Pack.Quiet with { ToolCategory = category } }));

        Assert.Equal((RiskOutcome.CabRequired, reason, 16), (assessment.Outcome, assessment.OutcomeReason, assessment.Score));
    }

    [Fact]
    public void Every_score_is_the_plain_sum_rounded_half_up() => Generated.Check(request =>
    {
        var assessment = RiskModel.V1.Score(PolicyCheck.Read(request, PolicySet.V1));

        var sum = assessment.Factors.Sum(factor => (decimal)factor.Weight * factor.Value) / 100m;
        Assert.Equal((int)Math.Clamp(Math.Floor(sum + 0.5m), 0, 100), assessment.Score);
        Assert.All(assessment.Factors, factor => Assert.Equal(factor.Weight * factor.Value, factor.Contribution));
        Assert.All(assessment.Factors, factor => Assert.InRange(factor.Value, 0, 100));
    });

    [Fact]
    public void The_same_inputs_give_the_same_assessment_a_hundred_times() => Generated.Check(request =>
    {
        var inputs = PolicyCheck.Read(request, PolicySet.V1);
        var first = RiskModel.V1.Score(inputs);

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(first, RiskModel.V1.Score(inputs));
        }
    }, runs: 20);

    private static RiskModel ModelWith(int[] values) => Load(node => Set(node, values));

    private static RiskModel Load(Action<JsonNode> change)
    {
        var node = JsonNode.Parse(RiskModel.V1.Source.Span)!;
        change(node);
        return RiskModel.Load(Encoding.UTF8.GetBytes(node.ToJsonString())).OrThrow("the test's model");
    }

    private static void Set(JsonNode model, int[] values)
    {
        foreach (var (factor, value) in model["factors"]!.AsArray().Zip(values))
        {
            SetValue(factor!, value);
        }
    }

    private static JsonNode Factor(JsonNode model, string name) => model["factors"]!.AsArray().Single(factor => (string?)factor!["name"] == name)!;

    private static void SetValue(JsonNode factor, int value)
    {
        foreach (var condition in factor["conditions"]!.AsArray())
        {
            condition!["value"] = value / 100m;
        }
    }
}

using System.Text;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Policy;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Cab;

public sealed class SubjectDigests
{
    private static readonly DeploymentState State = AwaitingCab().State;

    [Fact]
    public void It_is_the_sha256_of_the_canonical_form_that_the_architecture_names()
    {
        var state = Pending(Sample.Request(Ring.Lab, Ring.Lab)).Checked(PolicyVerdict.CabRequired).State;
        var expected =
            $$"""
            {"app_name":"7-Zip","artifact_sha256":"{{state.Evidence!.Artifact!.Sha256}}","connector":"INTUNE","correlation_id":"{{Sample.Id}}","pack_digest":"{{state.Evidence.PackDigest}}","policy_set":{"sha256":"{{state.Check!.PolicySet.Sha256}}","version":"1.0"},"revision":1,"risk_model":{"sha256":"{{state.Check.Model.Sha256}}","version":"1.0"},"risk_score":60,"scope":{"business_unit":null,"criticality":"standard","rings":[{"connectivity":"online","device_count":null,"excluded_group_ids":[],"group_ids":["{{Sample.GroupOf(Ring.Lab)}}"],"ring":"LAB"}]},"start_ring":"LAB","target_ring":"LAB","version":"24.09"}
            """;

        Assert.Equal(Digest.Of(Encoding.UTF8.GetBytes(expected)), SubjectDigest.Of(state));
    }

    public static TheoryData<string, DeploymentState> Changes => new()
    {
        { "correlation id", State with { Id = Sample.OtherId } },
        { "revision", State with { Revision = 2 } },
        { "app", State with { Request = State.Request with { AppName = "8-Zip" } } },
        { "version", State with { Request = State.Request with { Version = "24.10" } } },
        { "connector", State with { Request = State.Request with { Connector = "OTHER" } } },
        { "start ring", State with { Request = State.Request with { StartRing = Ring.Canary } } },
        { "target ring", State with { Request = State.Request with { TargetRing = Ring.Global } } },
        { "pack", State with { Evidence = State.Evidence! with { PackDigest = Digest.Zero } } },
        { "artifact", State with { Evidence = State.Evidence! with { Artifact = State.Evidence.Artifact! with { Sha256 = Digest.Zero } } } },
        { "no artifact", State with { Evidence = State.Evidence! with { Artifact = null } } },
        { "scope", State with { Request = State.Request with { Scope = State.Request.Scope with { Rings = [] } } } },
        { "criticality", State with { Request = State.Request with { Scope = State.Request.Scope with { Criticality = Criticality.Critical } } } },
        { "policy set's version", State with { Check = State.Check! with { PolicySet = State.Check.PolicySet with { Version = "1.1" } } } },
        { "policy set's bytes", State with { Check = State.Check! with { PolicySet = State.Check.PolicySet with { Sha256 = Digest.Zero } } } },
        { "model's version", State with { Check = State.Check! with { Model = State.Check.Model with { Version = "1.1" } } } },
        { "model's bytes", State with { Check = State.Check! with { Model = State.Check.Model with { Sha256 = Digest.Zero } } } },
        { "score", State with { Check = State.Check! with { Score = 61 } } },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Another_of_any_of_its_parts_is_another_subject(string part, DeploymentState changed) =>
        Assert.True(SubjectDigest.Of(State) != SubjectDigest.Of(changed), part);

    [Fact]
    public void What_approvers_are_not_asked_about_makes_no_difference() => Assert.Equal(
        SubjectDigest.Of(State),
        SubjectDigest.Of(State with { Status = DeploymentStatus.Active, Holds = [WaitReason.Operator], Incidents = new(1, 0, 0, 0) }));

    [Fact]
    public void What_is_about_to_be_published_has_the_digest_of_what_was_approved_only_if_it_is_the_same()
    {
        var scope = State.Request.Scope;
        var artifact = State.Evidence!.Artifact!.Sha256;

        Assert.Equal(SubjectDigest.Of(State), SubjectDigest.Of(State, 1, artifact, scope));
        Assert.NotEqual(SubjectDigest.Of(State), SubjectDigest.Of(State, 1, Digest.Zero, scope));
        Assert.NotEqual(SubjectDigest.Of(State), SubjectDigest.Of(State, 1, artifact, scope with { Rings = [.. scope.Rings.Take(1)] }));
    }

    [Fact]
    public void There_is_no_subject_before_a_check() => Assert.Throws<InvalidOperationException>(() => SubjectDigest.Of(Pending().State));
}

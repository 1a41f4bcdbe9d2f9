using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Deployments;

public sealed class LinkingEvidence
{
    private static readonly EvidenceLink Other = Sample.Link(Sample.OtherPack);

    [Fact]
    public void An_intent_is_accepted_with_the_pack_it_names() =>
        DeploymentDecider.Create(Sample.Id, Sample.Request(), Sample.Link(), Sample.About)
            .Then(new DeploymentCreated(Sample.Id, Sample.Request(), Sample.Link()));

    [Fact]
    public void An_intent_is_accepted_before_its_pack() =>
        DeploymentDecider.Create(Sample.Id, Sample.Request(), null).Then(new DeploymentCreated(Sample.Id, Sample.Request(), null));

    [Theory]
    [InlineData("8-Zip", "24.09")]
    [InlineData("7-Zip", "24.10")]
    [InlineData("7-zip", "24.09")]
    public void An_intent_whose_pack_is_about_something_else_is_refused(string app, string version) =>
        DeploymentDecider.Create(Sample.Id, Sample.Request(), Sample.Link(), (app, version)).ThenRefused(new EvidenceMismatch("7-Zip", "24.09"));

    [Fact]
    public void The_awaited_pack_is_linked_when_its_submitter_stores_it() =>
        Pending(awaitsEvidence: true)
            .When(state => DeploymentDecider.LinkEvidence(state, Sample.Link(), Sample.About, By(People.Alice), PublishStage.None))
            .Then(new EvidenceLinked(Sample.Link(), 1));

    [Fact]
    public void The_system_links_the_awaited_pack_that_the_submitter_stored() =>
        Pending(awaitsEvidence: true)
            .When(state => DeploymentDecider.LinkEvidence(state, Sample.Link(), Sample.About, By(null), PublishStage.None))
            .Then(new EvidenceLinked(Sample.Link(), 1));

    [Fact]
    public void The_awaited_pack_of_another_publisher_does_not_link_by_itself() =>
        Pending(awaitsEvidence: true)
            .When(state => DeploymentDecider.LinkEvidence(state, Sample.Link() with { StoredBy = People.Dave }, Sample.About, By(null), PublishStage.None))
            .ThenRefused(new OnlyTheSubmitter());

    [Fact]
    public void The_awaited_pack_of_another_publisher_is_linked_by_the_submitter_and_involves_its_uploader()
    {
        var linked = Pending(awaitsEvidence: true).Does(People.Alice.Acts(), at => DeploymentDecider.LinkEvidence(
            at.State, Sample.Link() with { StoredBy = People.Dave }, Sample.About, By(People.Alice), PublishStage.None));

        Assert.Equal([People.Alice, People.Dave], linked.State.Involved);
    }

    [Fact]
    public void Nothing_but_the_awaited_pack_is_linked_to_an_intent_that_waits() =>
        Pending(awaitsEvidence: true)
            .When(state => DeploymentDecider.LinkEvidence(state, Other, Sample.About, By(People.Alice), PublishStage.None))
            .ThenRefused(new NotInThisStatus("Linking evidence", DeploymentStatus.Pending));

    [Theory]
    [InlineData(DeploymentStatus.Blocked)]
    [InlineData(DeploymentStatus.AwaitingCab)]
    [InlineData(DeploymentStatus.Approved)]
    public void Another_pack_begins_a_new_revision(DeploymentStatus status) =>
        In(status)
            .When(state => DeploymentDecider.LinkEvidence(state, Other, Sample.About, By(People.Alice), PublishStage.Claimed))
            .Then(new EvidenceLinked(Other, 2));

    [Fact]
    public void Another_pack_voids_votes_approval_and_failed_attempts()
    {
        var linked = Approved().FailsToPublish(ErrorClass.Transient).Does(
            People.Alice.Acts(), at => DeploymentDecider.LinkEvidence(at.State, Other, Sample.About, By(People.Alice), PublishStage.None)).State;

        Assert.Equal(DeploymentStatus.Pending, linked.Status);
        Assert.Equal(2, linked.Revision);
        Assert.Equal(Other, linked.Evidence);
        Assert.Equal((null, null), (linked.Cab, linked.Approval));
        Assert.Equal((0, null, null), (linked.PublishAttempts, linked.PublishFailure, linked.PublishRetry));
    }

    [Fact]
    public void What_a_person_holds_stays_held_over_another_pack()
    {
        var linked = Approved()
            .Does(People.Alice.Acts(), at => RolloutDecider.Hold(at.State, "Wait.", By(People.Alice)))
            .Does(Actor.System, at => RolloutDecider.AwaitTenantApproval(at.State, Ring.Lab, "code"))
            .Does(People.Alice.Acts(), at => DeploymentDecider.LinkEvidence(at.State, Other, Sample.About, By(People.Alice), PublishStage.None));

        Assert.Equal([WaitReason.Operator], linked.State.Holds);
    }

    [Fact]
    public void A_wait_for_approval_does_not_outlive_the_revision_it_was_for()
    {
        var allowed = Approved().Revokes(PublishStage.Assigning)
            .Does(People.Alice.Acts(), at => DeploymentDecider.LinkEvidence(at.State, Other, Sample.About, By(People.Alice), PublishStage.None))
            .Checked(PolicyVerdict.Allowed);

        Assert.Equal(DeploymentStatus.Approved, allowed.State.Status);
        Assert.Empty(allowed.State.Holds);
    }

    [Fact]
    public void The_same_pack_again_changes_nothing() =>
        Approved().When(state => DeploymentDecider.LinkEvidence(state, Sample.Link(), Sample.About, By(People.Alice), PublishStage.Assigning)).ThenNothing();

    [Fact]
    public void A_pack_about_something_else_is_not_linked() =>
        Blocked()
            .When(state => DeploymentDecider.LinkEvidence(state, Other, ("7-Zip", "24.10"), By(People.Alice), PublishStage.None))
            .ThenRefused(new EvidenceMismatch("7-Zip", "24.09"));

    [Fact]
    public void Nobody_but_the_submitter_links() =>
        Blocked().When(state => DeploymentDecider.LinkEvidence(state, Other, Sample.About, Admin, PublishStage.None)).ThenRefused(new OnlyTheSubmitter());

    [Fact]
    public void Nothing_is_linked_while_groups_are_being_assigned() =>
        Approved()
            .When(state => DeploymentDecider.LinkEvidence(state, Other, Sample.About, By(People.Alice), PublishStage.Assigning))
            .ThenRefused(new PublishInProgress());
}

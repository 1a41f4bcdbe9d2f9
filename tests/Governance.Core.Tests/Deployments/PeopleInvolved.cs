using Governance.Core.Deployments;
using Governance.Core.Policy;
using Governance.Testing.Cab;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Deployments;

public sealed class PeopleInvolved
{
    [Fact]
    public void Submitter_owners_uploader_requester_and_askers_of_exceptions_are_involved()
    {
        var request = Sample.Request() with { Submitter = People.Pipeline.Acts(), Owners = [People.Bob] };
        var link = Sample.Link() with { StoredBy = People.Dave, RequestedBy = People.Carol };
        var story = Pending(request, link).Checked(PolicyVerdict.CabRequired, 1, new Reliance(ExceptionStories.Id, People.Sam));

        Assert.Equal([People.Bob, People.Carol, People.Dave, People.Sam, People.Pipeline], story.State.Involved);
    }

    [Fact]
    public void Nobody_is_involved_twice() => Assert.Equal([People.Alice], Pending().State.Involved);

    [Fact]
    public void The_uploader_of_a_pack_that_was_replaced_is_not_involved_any_more()
    {
        var relinked = Pending(link: Sample.Link() with { StoredBy = People.Dave }).Checked(PolicyVerdict.Blocked).Does(
            People.Alice.Acts(),
            at => DeploymentDecider.LinkEvidence(at.State, Sample.Link(Sample.OtherPack), Sample.About, By(People.Alice), Core.Rollout.PublishStage.None));

        Assert.Equal([People.Alice], relinked.State.Involved);
    }

    [Fact]
    public void A_user_who_submits_is_a_known_human() => Assert.True(InvolvedPeople.HumanKnown(Sample.Request(), null));

    [Fact]
    public void An_application_alone_is_no_known_human() =>
        Assert.False(InvolvedPeople.HumanKnown(Sample.Request() with { Submitter = People.Pipeline.Acts() }, Sample.Link()));

    [Fact]
    public void An_applications_owner_is_a_known_human() =>
        Assert.True(InvolvedPeople.HumanKnown(Sample.Request() with { Submitter = People.Pipeline.Acts(), Owners = [People.Dave] }, null));

    [Fact]
    public void Whoever_the_build_names_is_a_known_human() =>
        Assert.True(InvolvedPeople.HumanKnown(Sample.Request() with { Submitter = People.Pipeline.Acts() }, Sample.Link() with { RequestedBy = People.Dave }));
}

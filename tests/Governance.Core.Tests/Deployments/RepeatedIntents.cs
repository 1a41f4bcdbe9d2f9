using Governance.Core.Deployments;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Deployments;

public sealed class RepeatedIntents
{
    private static readonly Digest OtherBody = Digest.Of("another request"u8);
    private static readonly DeploymentRequest Plain = Sample.Request();
    private static readonly DeploymentRequest Keyed = Plain with { IdempotencyKey = "key-1" };
    private static readonly DeploymentRequest Chosen = Plain with { NaturalKey = false };

    [Fact]
    public void The_same_key_and_body_is_the_live_deployment() => Same(Pending(Keyed).State, Keyed);

    [Fact]
    public void The_same_key_and_body_is_the_ended_deployment_too() => Same(Ended(Keyed), Keyed);

    [Fact]
    public void The_same_key_with_another_body_is_refused_while_it_lives() =>
        Refused(Pending(Keyed).State, Keyed with { RequestDigest = OtherBody }, new IdempotencyKeyReused());

    [Fact]
    public void The_same_key_with_another_body_is_refused_after_its_end() =>
        Refused(Ended(Keyed), Keyed with { RequestDigest = OtherBody }, new IdempotencyKeyReused());

    [Fact]
    public void A_key_is_compared_within_its_caller_only() =>
        Refused(Pending(Keyed).State, Keyed with { Submitter = People.Dave.Acts() }, new DeploymentExists(Sample.Id));

    [Fact]
    public void A_repeat_without_a_key_is_the_live_deployment_whatever_its_words() =>
        Same(Pending(Plain).State, Plain with { RequestDigest = OtherBody, Justification = "Again." });

    [Fact]
    public void A_new_key_is_the_live_deployment() => Same(Pending(Keyed).State, Keyed with { IdempotencyKey = "key-2" });

    [Fact]
    public void A_live_deployment_of_another_submitter_is_in_the_way() =>
        Refused(Pending(Plain).State, Plain with { Submitter = People.Dave.Acts() }, new DeploymentExists(Sample.Id));

    [Fact]
    public void A_live_deployment_of_another_scope_is_in_the_way() =>
        Refused(Pending(Plain).State, Plain with { Scope = Plain.Scope with { Criticality = Criticality.Critical } }, new DeploymentExists(Sample.Id));

    [Fact]
    public void A_live_deployment_of_another_connector_is_in_the_way() =>
        Refused(Pending(Plain).State, Plain with { Connector = "OTHER" }, new DeploymentExists(Sample.Id));

    [Fact]
    public void An_ended_deployment_is_tried_again_under_a_new_key() =>
        Assert.Equal(new IntentAnswer.TryAgain(4), IntentConflict.Decide(Sample.Id, Ended(Keyed with { Attempt = 3 }), Keyed with { IdempotencyKey = "key-2" }));

    [Fact]
    public void An_ended_deployment_is_tried_again_by_another_submitter_under_their_key() =>
        Assert.Equal(new IntentAnswer.TryAgain(2), IntentConflict.Decide(Sample.Id, Ended(Keyed), Keyed with { Submitter = People.Dave.Acts() }));

    [Fact]
    public void An_ended_deployment_is_what_a_caller_without_a_key_gets() => Same(Ended(Plain), Plain);

    [Fact]
    public void A_chosen_id_repeats_with_the_same_body_and_submitter() => Same(Pending(Chosen).State, Chosen);

    [Fact]
    public void A_chosen_id_is_taken_for_another_body() =>
        Refused(Pending(Chosen).State, Chosen with { RequestDigest = OtherBody }, new DeploymentExists(Sample.Id));

    [Fact]
    public void A_chosen_id_is_taken_for_another_submitter() =>
        Refused(Pending(Chosen).State, Chosen with { Submitter = People.Dave.Acts() }, new DeploymentExists(Sample.Id));

    [Fact]
    public void A_chosen_id_is_never_tried_again() =>
        Refused(Ended(Chosen), Chosen with { IdempotencyKey = "key-2", RequestDigest = OtherBody }, new DeploymentExists(Sample.Id));

    [Theory]
    [InlineData(DeploymentStatus.Pending, false)]
    [InlineData(DeploymentStatus.Blocked, false)]
    [InlineData(DeploymentStatus.AwaitingCab, false)]
    [InlineData(DeploymentStatus.Approved, false)]
    [InlineData(DeploymentStatus.Active, false)]
    [InlineData(DeploymentStatus.Completed, true)]
    [InlineData(DeploymentStatus.Rejected, true)]
    [InlineData(DeploymentStatus.Expired, true)]
    [InlineData(DeploymentStatus.Cancelled, true)]
    [InlineData(DeploymentStatus.Failed, true)]
    [InlineData(DeploymentStatus.RolledBack, true)]
    public void What_has_ended_may_be_tried_again(DeploymentStatus status, bool again) => Assert.Equal(
        again ? new IntentAnswer.TryAgain(2) : new IntentAnswer.Same(),
        IntentConflict.Decide(Sample.Id, In(status).State, Keyed));

    private static DeploymentState Ended(DeploymentRequest request) => Pending(request).State with { Status = DeploymentStatus.Cancelled };

    private static void Same(DeploymentState existing, DeploymentRequest asked) =>
        Assert.Equal(new IntentAnswer.Same(), IntentConflict.Decide(Sample.Id, existing, asked));

    private static void Refused(DeploymentState existing, DeploymentRequest asked, Refusal reason) =>
        Assert.Equal(new IntentAnswer.Refused(reason), IntentConflict.Decide(Sample.Id, existing, asked));
}

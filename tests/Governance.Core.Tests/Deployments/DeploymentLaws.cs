using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Policy;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Testing;
using Governance.Testing.Deployments;

namespace Governance.Core.Tests.Deployments;

/// <summary>What holds after any sequence of commands, sensible or not, with a publisher whose claim obeys the storage's rules.</summary>
public sealed class DeploymentLaws
{
    private static readonly DeploymentCodec Codec = new();
    private static readonly PersonId[] Everybody = [People.Alice, People.Bob, People.Carol, People.Dave, People.Erin];
    private static readonly Guid[] Exceptions = [new("c0000000-0000-4000-8000-00000000000a"), new("c0000000-0000-4000-8000-00000000000b")];
    private static readonly EvidenceLink[] Links =
        [Sample.Link(), Sample.Link(Sample.OtherPack), Sample.Link(Sample.OtherPack) with { StoredBy = People.Dave, PackId = new(new Guid("e0000000-0000-4000-8000-000000000003")) }];

    [Fact]
    public void Any_sequence_of_commands_keeps_the_invariants()
    {
        var reached = new HashSet<DeploymentStatus>();
        var seen = new HashSet<string>();
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20260305UL, 13UL),
            Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
            {
                var end = Run(new Seeded(seed));
                reached.UnionWith(end.Statuses);
                seen.UnionWith(end.Story.Types);
            }));

        // The sequences are worth something only if they get everywhere.
        Assert.Equal(Enum.GetValues<DeploymentStatus>(), reached.Order());
        Assert.Equal(DeploymentCodec.EventTypes, seen.Order(StringComparer.Ordinal));
    }

    private static (Story<DeploymentState, DeploymentEvent> Story, HashSet<DeploymentStatus> Statuses) Run(Seeded random)
    {
        var start = random.Pick([Ring.Lab, Ring.Canary]);
        var story = DeploymentStories.Pending(Sample.Request(start, random.Pick([start, Ring.Canary, Ring.Pilot])), awaitsEvidence: random.Next(0, 3) == 0);
        var stage = PublishStage.None;
        var statuses = new HashSet<DeploymentStatus> { story.State.Status };
        for (var step = 0; step < 60; step++)
        {
            story = story.After(TimeSpan.FromHours(random.Pick([0, 0, 0, 1, 5, 30, 100])));
            stage = Publisher(story.State, stage, random);
            var (by, decide) = Command(random, story, stage);
            if (decide(story.State) is not Outcome<DeploymentEvent>.Accepted { Events: var events })
            {
                continue;
            }

            var next = story.Happened(by, events);
            Holds(story, next, events, stage);
            if (events is not [IncidentReported] && decide(next.State) is Outcome<DeploymentEvent>.Accepted again)
            {
                Assert.Empty(again.Events);
            }

            stage = StageAfter(next.State, events, stage);
            statuses.Add(next.State.Status);
            story = next;
        }

        return (story, statuses);
    }

    // Claims only what may be claimed; assigning begins only while the claim still stands.
    private static PublishStage Publisher(DeploymentState state, PublishStage stage, Seeded random)
    {
        var may = state.NextRing is { } ring && RolloutDecider.MayClaim(state, ring) is Outcome<DeploymentEvent>.Accepted;
        return (stage, random.Next(0, 2)) switch
        {
            (PublishStage.None, 0) when may => PublishStage.Claimed,
            (PublishStage.Claimed, 0) when may => PublishStage.Assigning,
            (PublishStage.Claimed, _) when !may => PublishStage.None,
            _ => stage,
        };
    }

    private static PublishStage StageAfter(DeploymentState state, IReadOnlyList<DeploymentEvent> events, PublishStage stage) =>
        events.Any(each => each is DeploymentPublished or RingPromoted or DeploymentPublishFailed) || state.Status.HasEnded() ? PublishStage.None : stage;

    private static (Actor By, Func<DeploymentState, Outcome<DeploymentEvent>> Decide) Command(Seeded random, Story<DeploymentState, DeploymentEvent> story, PublishStage stage)
    {
        var now = story.Now;
        var person = random.Pick(Everybody);
        var requester = new Requester(person.Acts(), IsAdmin: person == People.Erin);
        var system = new Requester(Actor.System, IsAdmin: false);
        var derived = DeploymentIds.Remediation(Sample.Id, story.NextSequence);
        var revision = random.Pick([story.State.Revision, story.State.Revision, 1]);
        var exception = random.Pick(Exceptions);
        var ring = random.Pick([story.State.NextRing ?? Ring.Lab, story.State.NextRing ?? Ring.Lab, random.Pick(Rings.All)]);
        var gate = Sample.Gate(story.State.NextStep, random.Pick([GateResult.Pass, GateResult.Pass, GateResult.Fail]), random.Pick([GateCondition.SuccessRate, GateCondition.Incident]));
        var link = random.Pick(Links);
        switch (random.Next(0, 32))
        {
            case 0: return (person.Acts(), state => DeploymentDecider.LinkEvidence(state, link, Sample.About, requester, stage));
            case 1: return (person.Acts(), state => DeploymentDecider.Recheck(state, RecheckCause.Requested, "Again.", requester, stage));
            case 2 when random.Next(0, 3) == 0: return (person.Acts(), state => DeploymentDecider.Cancel(state, "No.", requester, stage));
            case 2: return (Actor.System, state => DeploymentDecider.CancelStale(state, now));
            case 3 or 4 or 5:
                var verdict = random.Pick([PolicyVerdict.Allowed, PolicyVerdict.CabRequired, PolicyVerdict.CabRequired, PolicyVerdict.Blocked]);
                var quorum = random.Next(1, 3);
                Reliance[] reliances = random.Next(0, 2) == 0 ? [new(exception, People.Dave)] : [];
                return (Actor.System, state => PolicyDecider.RecordCheck(state, revision, Sample.Check(verdict, quorum, [.. reliances.Select(used => used.ExceptionId)]), [.. reliances], now));
            case 6 or 7 or 8 or 9:
                CabCondition[] conditions = random.Next(0, 3) == 0 ? [new() { Kind = CabConditionKind.MaxRing, Ring = random.Pick(Rings.All) }] : [];
                var vote = Sample.Vote(person, random.Next(0, 6) == 0 ? Ballot.Reject : Ballot.Approve, conditions) with { At = now };
                return (person.Acts(), state => CabDecider.Vote(state, vote));
            case 10: return (Actor.System, state => CabDecider.Escalate(state, revision, now));
            case 11: return (Actor.System, state => CabDecider.Expire(state, revision, now));
            case 12: return (person.Acts(), state => CabDecider.ApproveInEmergency(state, "INC-1", "Now.", person.Acts(), now));
            case 13:
                var outcome = random.Pick(Enum.GetValues<ReviewOutcome>());
                return (person.Acts(), state => CabDecider.Review(state, outcome, "Seen.", person.Acts()));
            case 14: return (person.Acts(), state => CabDecider.Revoke(state, "New facts.", person.Acts(), stage, now));
            case 15: return (Actor.System, state => RolloutDecider.RecordGate(state, gate));
            case 16 or 17 or 18: return (Actor.System, state => RolloutDecider.RecordPublished(state, ring, gate, new("app-1", "1", Digest.Zero), stage));
            case 19:
                var failed = (story.State.PublishAttempts + 1, Sample.Failure(random.Pick([ErrorClass.Transient, ErrorClass.Transient, ErrorClass.Permanent])));
                return (Actor.System, state => RemediationDecider.RecordPublishFailed(state, ring, failed.Item1, failed.Item2, derived, now));
            case 20: return (Actor.System, state => RolloutDecider.Complete(state, story.State.CurrentRing ?? ring, gate));
            case 21: return (person.Acts(), state => RolloutDecider.Hold(state, "Wait.", requester));
            case 22: return (person.Acts(), state => RolloutDecider.Resume(state, "Go on.", requester));
            case 23: return (Actor.System, random.Next(0, 2) == 0 ? state => RolloutDecider.AwaitTenantApproval(state, ring, "code") : state => RolloutDecider.TenantDecided(state, "Done."));
            case 24: return (Actor.System, state => RolloutDecider.ExceptionEnded(state, exception, null, stage));
            case 25:
                EquatableArray<Reliance>? replaced = random.Next(0, 2) == 0 ? [new(exception, People.Dave)] : null;
                var matters = random.Next(0, 2) == 0;
                return (Actor.System, state => RolloutDecider.ExceptionApproved(state, exception, matters, replaced, stage));
            case 26:
                var drift = new DriftDetected(random.Pick(["missing_assignment", "app_gone"]), "high", random.Pick([Ring.Lab, (Ring?)null]), "Differs.");
                return (Actor.System, random.Next(0, 3) == 0 ? state => RemediationDecider.RecordDriftGone(state, derived) : state => RemediationDecider.RecordDrift(state, drift));
            case 27 or 28 or 29:
                var open = story.State.Remediation;
                var action = random.Pick(Enum.GetValues<RemediationAction>());
                return (open is null ? 0 : random.Next(0, 3)) switch
                {
                    0 => (person.Acts(), state => RemediationDecider.Start(state, derived, RemediationCause.Requested, action, "Broken.", requester, now)),
                    1 => (Actor.System, state => RemediationDecider.Succeeded(state, open?.Id ?? derived, "Mended.")),
                    _ => (Actor.System, state => RemediationDecider.AttemptFailed(state, open?.Id ?? derived, open?.Attempt ?? 1, Sample.Failure(), now)),
                };
            case 30:
                return random.Next(0, 4) switch
                {
                    0 => (person.Acts(), state => RemediationDecider.StartRollback(state, "requested", "Broken.", [], requester)),
                    1 => (Actor.System, state => RemediationDecider.StartRollback(state, "breach", "91 of 98.", [], system)),
                    2 => (Actor.System, state => RemediationDecider.RolledBack(state, ["Done."])),
                    _ => (Actor.System, state => RemediationDecider.RollbackFailed(state, "No.")),
                };
            default:
                return random.Next(0, 3) switch
                {
                    0 => (Actor.System, state => RolloutDecider.Supersede(state, ring, Sample.OtherId)),
                    1 => (Actor.System, state => RolloutDecider.Restore(state, ring, Sample.OtherId)),
                    _ => (person.Acts(), _ => DeploymentDecider.ReportIncident(derived, IncidentSeverity.Minor, "Odd.", false)),
                };
        }
    }

    private static void Holds(
        Story<DeploymentState, DeploymentEvent> before, Story<DeploymentState, DeploymentEvent> after, IReadOnlyList<DeploymentEvent> events, PublishStage stage)
    {
        var (was, now) = (before.State, after.State);

        // Nothing is published but what was approved when its groups began to be assigned.
        if (events.Any(each => each is DeploymentPublished or RingPromoted))
        {
            Assert.Equal(PublishStage.Assigning, stage);
            Assert.Equal(was.NextRing, now.CurrentRing);
        }

        if (events.Any(each => each is RingPromoted or DeploymentCompleted))
        {
            Assert.Equal(DeploymentStatus.Active, was.Status);
        }

        if (RolloutDecider.MayClaim(now, now.NextRing ?? Ring.Lab) is Outcome<DeploymentEvent>.Accepted)
        {
            Assert.True(now.ApprovalStands);
            Assert.Empty(now.Holds);
            Assert.Empty(now.EndedExceptions);
        }

        // One vote a person, nobody involved, and an approval only with its quorum.
        var votes = now.Cab?.Votes ?? [];
        Assert.Equal(votes.Count, votes.Select(vote => vote.Voter).Distinct().Count());
        if (events.Any(each => each is CabApproved))
        {
            Assert.True(votes.Count(vote => vote.Ballot == Ballot.Approve && !was.Involved.Contains(vote.Voter)) >= now.Cab!.Needed);
            Assert.Equal(was.OpenCab!.SubjectDigest, now.Approval!.SubjectDigest);
            Assert.Equal(SubjectDigest.Of(now), now.Approval.SubjectDigest);
        }

        if (now.OpenCab is { } open)
        {
            Assert.True(open.Votes.Count(vote => !now.Involved.Contains(vote.Voter)) < open.Needed);
        }

        // A revision never falls, and grows by one where the subject of decision is new.
        Assert.InRange(now.Revision, was.Revision, was.Revision + 1);
        Assert.Equal(now.Revision > was.Revision, events.Any(each => each is RecheckRequested or ApprovalRevoked || (each is EvidenceLinked && was.Evidence is not null)));
        Assert.True(now.Revision == was.Revision || !now.ApprovalStands);

        // Waits are a sorted set, and what has ended waits for nothing and goes nowhere.
        Assert.Equal(now.Holds.Distinct().Order(), now.Holds);
        Assert.Equal(now.IsHeldFor(WaitReason.Exception), now.EndedExceptions.Count > 0);
        if (now.Status > DeploymentStatus.Completed)
        {
            Assert.Empty(now.Holds);
            Assert.Null(now.RunningRemediation);
            Assert.Null(now.OpenCab);
        }

        if (was.Status > DeploymentStatus.Completed)
        {
            Assert.Equal(was.Status, now.Status);
            Assert.All(events, each => Assert.True(each is IncidentReported or EmergencyReviewed, each.EventType));
        }

        Assert.True(now.Rings.Select(each => each.Ring).SequenceEqual(Rings.All.SkipWhile(each => each < now.Request.StartRing).Take(now.Rings.Count)));
        Written(was, after, events);
    }

    // What is stored says the same: events, the state, and the state folded from stored events.
    private static void Written(DeploymentState was, Story<DeploymentState, DeploymentEvent> after, IReadOnlyList<DeploymentEvent> events)
    {
        var folded = was;
        foreach (var recorded in after.Log.TakeLast(events.Count))
        {
            var data = Codec.WriteEvent(recorded.Event);
            using var json = JsonDocument.Parse(data);
            Assert.Null(CanonicalJson.FirstInexactNumber(json.RootElement));
            folded = Codec.Evolve(Codec.ReadState(Codec.WriteState(folded)), recorded with { Event = Codec.ReadEvent(Codec.TypeOf(recorded.Event), data) });
        }

        Assert.Equal(after.State, folded);
    }
}

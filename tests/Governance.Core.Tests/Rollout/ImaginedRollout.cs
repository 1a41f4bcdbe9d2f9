using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Evidence;
using Governance.Core.Policy;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Testing;
using Governance.Testing.Deployments;

namespace Governance.Core.Tests.Rollout;

/// <summary>A rollout in an imagined world: devices, people and clocks do as the dice say, and what the app would do with its deciders is held against a plain reading of the policy.</summary>
internal sealed class ImaginedRollout(Seeded dice)
{
    private static readonly Requester Admin = DeploymentStories.Admin;
    private static readonly Guid Relied = new("c0000000-0000-4000-8000-00000000000a");
    private static readonly Guid Override = new("c0000000-0000-4000-8000-00000000000c");
    private static readonly (int Percent, int Hours)[] Figures = [(98, 24), (97, 48), (99, 72), (99, 168), (99, 168)];

    private readonly HashSet<string> _seen = [];
    private Story<DeploymentState, DeploymentEvent> _story = Begin(dice);
    private DateTimeOffset _clock = Sample.Noon;
    private LookMemory _memory = LookMemory.None;
    private RingResults? _devices;
    private bool _frozen;
    private bool _blocked;
    private bool _planValidated = true;
    private bool _evidenceComplete = true;
    private bool _overridden;
    private Claim? _claim;

    private DeploymentState State => _story.State;

    private DateTimeOffset Now => _clock;

    /// <summary>So many things happen.</summary>
    /// <returns>Types of events that happened, and what else was seen.</returns>
    internal IReadOnlySet<string> Run(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            switch (dice.Next(0, 4))
            {
                case 0:
                    World();
                    break;
                case 1:
                    People();
                    break;
                case 2:
                    Look();
                    break;
                default:
                    Publisher();
                    break;
            }
        }

        Assert.Equal(_story.Log.Select(each => each.At).Order(), _story.Log.Select(each => each.At));
        _seen.UnionWith(_story.Types);
        return _seen;
    }

    private static Story<DeploymentState, DeploymentEvent> Begin(Seeded dice)
    {
        CabCondition[] conditions =
        [
            .. dice.Next(0, 4) == 0 ? [Gate.MaxRing(dice.Pick(Rings.All))] : Array.Empty<CabCondition>(),
            .. dice.Next(0, 4) == 0 ? [Gate.MinRate(9_950)] : Array.Empty<CabCondition>(),
            .. dice.Next(0, 4) == 0 ? [Gate.Observe(100)] : Array.Empty<CabCondition>(),
            .. dice.Next(0, 4) == 0 ? [Gate.NotBefore(Sample.Noon.AddHours(40))] : Array.Empty<CabCondition>(),
            .. dice.Next(0, 4) == 0 ? [Gate.NotAfter(Sample.Noon.AddDays(12))] : Array.Empty<CabCondition>(),
        ];
        return DeploymentStories.Pending(Sample.Request(Ring.Lab, dice.Pick([Ring.Canary, Ring.Pilot, Ring.Global])))
            .Checked(PolicyVerdict.CabRequired, 1, new Reliance(Relied, Governance.Testing.Deployments.People.Dave))
            .Votes(Sample.Vote(Governance.Testing.Deployments.People.Bob, Ballot.Approve, conditions));
    }

    private void World()
    {
        switch (dice.Next(0, 8))
        {
            case 0 or 1 or 2:
                _clock += TimeSpan.FromHours(dice.Pick([1, 10, 24, 50, 170]));
                break;
            case 3 when dice.Next(0, 3) == 0:
                _clock -= TimeSpan.FromHours(dice.Pick([1, 24, 200]));
                _seen.Add("the clock went back");
                break;
            case 4 or 5:
                var targeted = dice.Pick([0, 5, 100, 1_000]);
                var succeeded = targeted * dice.Pick([50, 92, 97, 98, 99, 100, 100, 100]) / 100;
                var rest = targeted - succeeded;
                _devices = dice.Next(0, 6) == 0 ? null
                    : dice.Next(0, 2) == 0 ? new(targeted, succeeded, rest, 0, 0)
                    : new(targeted, succeeded, 0, dice.Next(0, rest + 1), 0);
                break;
            case 6:
                (_frozen, _blocked) = (dice.Next(0, 4) == 0, dice.Next(0, 8) == 0);
                break;
            default:
                (_planValidated, _evidenceComplete, _overridden) = (dice.Next(0, 8) > 0, dice.Next(0, 8) > 0, dice.Next(0, 5) == 0);
                break;
        }
    }

    private void People()
    {
        var bob = Governance.Testing.Deployments.People.Bob;
        switch (dice.Next(0, 9))
        {
            case 0 when dice.Next(0, 3) == 0:
                Change(bob.Acts(), (state, at) => CabDecider.Revoke(state, "New facts.", bob.Acts(), Stage, at));
                break;
            case 1 or 2 or 3:
                Change(bob.Acts(), (state, at) => CabDecider.Vote(state, Sample.Vote(bob) with { At = at }));
                break;
            case 4 when dice.Next(0, 2) == 0:
                Change(Admin.Actor, (state, _) => RolloutDecider.Hold(state, "Wait.", Admin));
                break;
            case 5 or 6:
                Change(Admin.Actor, (state, _) => RolloutDecider.Resume(state, "Go on.", Admin));
                break;
            case 7 when dice.Next(0, 4) == 0:
                var security = dice.Next(0, 3) == 0;
                Change(Admin.Actor, (_, _) => DeploymentDecider.ReportIncident(Override, IncidentSeverity.Minor, "Odd.", security));
                break;
            case 8 when dice.Next(0, 4) == 0:
                Change(Actor.System, (state, _) => RolloutDecider.ExceptionEnded(state, Relied, null, Stage));
                break;
            default:
                Change(Actor.System, (state, _) => RolloutDecider.ExceptionApproved(state, Relied, false, [new(Relied, Governance.Testing.Deployments.People.Dave)], Stage));
                break;
        }
    }

    private PublishStage Stage => _claim?.Stage ?? PublishStage.None;

    // As the activity that looks does it.
    private void Look()
    {
        if (State.Status is not (DeploymentStatus.Approved or DeploymentStatus.Active) || State.IsHeldFor(WaitReason.Rollback) || (State.Rings.Count == 0 && State.Holds.Count > 0))
        {
            return;
        }

        var found = Find();
        var decision = RolloutLook.Decide(State, found, _memory, Gate.V1);
        _memory = decision.Memory;
        if (decision.AskCab)
        {
            _seen.Add("the CAB was asked");
        }

        switch (decision.Do)
        {
            case LookAction.Publish when RolloutDecider.MayClaim(State, decision.Ring!.Value) is Outcome<DeploymentEvent>.Accepted && Stage != PublishStage.Assigning:
                Assert.True(Plainly(found.Verdict.OverrideId is not null), $"{found.Verdict.Reason} at {Now}, rings {State.Rings.Count}, {_devices}");
                _claim = new(decision.Ring.Value, found.Verdict, State.Revision, State.Incidents, PublishStage.Claimed);
                break;
            case LookAction.Complete:
                Change(Actor.System, (state, _) => RolloutDecider.Complete(state, decision.Ring!.Value, found.Verdict));
                break;
            case LookAction.RollBack:
                Assert.True(_devices is { } bad && bad.Succeeded * 100 < (bad.Succeeded + bad.Failed + bad.Pending) * (Figures[(int)State.CurrentRing!.Value].Percent - 5));
                Change(Actor.System, (state, _) => RemediationDecider.StartRollback(state, "breach", found.Breach.Reason, RollbackPlan.Of(state, [], canUninstall: true), new(Actor.System, false)));
                break;
            default:
                if (decision.Gate is { } gate)
                {
                    Change(Actor.System, (state, _) => RolloutDecider.RecordGate(state, gate));
                }

                break;
        }
    }

    // As the activity that publishes does it: each step is refused where the claim no longer holds.
    private void Publisher()
    {
        if (_claim is not { } claim)
        {
            return;
        }

        if (claim.Stage == PublishStage.Assigning)
        {
            Change(Actor.System, (state, _) => RolloutDecider.RecordPublished(state, claim.Ring, claim.Gate, Sample.Publication(state), PublishStage.Assigning));
            _claim = null;
            return;
        }

        var holds = claim.Revision == State.Revision && claim.Incidents == State.Incidents
            && RolloutDecider.MayClaim(State, claim.Ring) is Outcome<DeploymentEvent>.Accepted
            && ((Now - claim.Gate.JudgedAt).Duration() <= TimeSpan.FromMinutes(15) || Find().Verdict.Promotes);
        if (!holds)
        {
            _seen.Add("refused at assigning");
            _claim = null;
            return;
        }

        // From here on groups are assigned: whatever is asked for, it must stand now.
        Assert.True(State.Approval is { } approval && approval.Revision == State.Revision);
        Assert.Empty(State.Holds);
        Assert.Empty(State.EndedExceptions);
        Assert.Equal(0, State.Incidents.Security);
        if (claim.Gate.Verdict != GateResult.Pass)
        {
            _seen.Add("promoted by an override");
        }

        _claim = claim with { Stage = PublishStage.Assigning };
    }

    private LookFindings Find()
    {
        var measured = State.CurrentRing is null ? null : new RingMeasurement(State.Rings[^1].PublishedAt, Connectivity.Online, _devices, _devices is null ? "silence" : null);
        return new()
        {
            Verdict = Gate.Judge(new()
            {
                Now = Now,
                Step = State.NextStep,
                Measured = measured,
                Incidents = State.Incidents,
                Conditions = State.Approval?.Conditions ?? [],
                ApprovalStands = State.ApprovalStands,
                EndedExceptions = State.EndedExceptions,
                NewBlocks = _blocked ? [new("b", "Blocked", "max_findings", RuleEffect.Block, RuleOutcome.Fail, "found", "$", [])] : [],
                Freeze = _frozen ? new("f", "Frozen", Now.AddHours(30)) : null,
                RollbackPlanValidated = _planValidated,
                Completeness = _evidenceComplete ? new([]) : null,
                OverrideId = _overridden ? Override : null,
            }),
            Breach = State.CurrentRing is { } ring ? Breach.Judge(Gate.V1, ring, measured, Now) : Breach.Nothing,
        };
    }

    // The policy, read without any of the code that enforces it.
    private bool Plainly(bool overridden)
    {
        var asked = State.Approval!.Conditions;
        var next = State.CurrentRing is { } current ? current + 1 : Ring.Lab;
        var standing = State.Approval.Revision == State.Revision && State.Holds.Count == 0 && State.EndedExceptions.Count == 0 && State.Incidents.Security == 0
            && !_frozen && !_blocked
            && asked.All(each => each.Kind switch
            {
                CabConditionKind.MaxRing => next <= each.Ring || next == Ring.Lab,
                CabConditionKind.NotBefore => Now >= each.At,
                CabConditionKind.NotAfter => Now <= each.At,
                _ => true,
            });
        if (State.CurrentRing is not { } ring)
        {
            return standing;
        }

        var (percent, hours) = Figures[(int)ring];
        var observe = asked.Where(each => each.Kind == CabConditionKind.ObserveHours).Select(each => each.Hours!.Value).Append(hours).Max();
        var rate = asked.Where(each => each.Kind == CabConditionKind.MinSuccessRate).Select(each => each.BasisPoints!.Value).Append(percent * 100).Max();
        var heard = _devices is { } all ? all.Succeeded + all.Failed + all.Pending : 0;
        var since = Now - State.Rings[^1].PublishedAt;
        var measured = _devices is { } devices && heard > 0
            && since >= TimeSpan.FromHours(observe)
            && (devices.Targeted < 10 ? heard >= devices.Targeted : heard * 100 >= devices.Targeted * 80)
            && devices.Succeeded * 10_000 >= heard * rate;
        return standing && (ring == Ring.Lab ? _evidenceComplete : _planValidated) && (measured || (overridden && _devices is not null));
    }

    private void Change(Actor by, Func<DeploymentState, DateTimeOffset, Outcome<DeploymentEvent>> decide)
    {
        var at = Chronology.Next(_clock, _story.Log[^1].At);
        if (decide(State, at) is Outcome<DeploymentEvent>.Accepted { Events: { Length: > 0 } events })
        {
            // What people decide voids a claim that has not begun to assign, as their transactions do.
            if (_claim is { Stage: PublishStage.Claimed } && events.Any(each => each is ApprovalRevoked or RolloutHeld or RelianceExpired))
            {
                _claim = null;
            }

            _story = _story.After(at - _story.Now).Happened(by, events);
        }
    }

    private sealed record Claim(Ring Ring, GateVerdict Gate, int Revision, IncidentCounts Incidents, PublishStage Stage);
}

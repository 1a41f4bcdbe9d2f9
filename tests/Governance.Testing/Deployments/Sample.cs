using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Core.Policy;
using Governance.Core.Rollout;

namespace Governance.Testing.Deployments;

/// <summary>Valid values of everything that deployments are made of; a test changes what it is about with <c>with</c>.</summary>
public static class Sample
{
    /// <summary>When stories begin: a Monday, UTC.</summary>
    public static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The id of the sample deployment.</summary>
    public static readonly CorrelationId Id = new(new Guid("d0000000-0000-4000-8000-000000000001"));

    /// <summary>Another deployment's id.</summary>
    public static readonly CorrelationId OtherId = new(new Guid("d0000000-0000-4000-8000-000000000002"));

    /// <summary>The pack that the sample names.</summary>
    public static readonly EvidencePackId Pack = new(new Guid("e0000000-0000-4000-8000-000000000001"));

    /// <summary>Another pack.</summary>
    public static readonly EvidencePackId OtherPack = new(new Guid("e0000000-0000-4000-8000-000000000002"));

    /// <summary>Alice's request for her pack, from <paramref name="start"/> to <paramref name="target"/>.</summary>
    public static DeploymentRequest Request(Ring start = Ring.Lab, Ring target = Ring.Pilot) => new()
    {
        AppName = "7-Zip",
        Version = "24.09",
        StartRing = start,
        TargetRing = target,
        EvidencePackId = Pack,
        Connector = "INTUNE",
        Scope = Scope(start, target),
        Submitter = People.Alice.Acts(),
        RequestDigest = Digest.Of("request"u8),
    };

    /// <summary>One group for each ring.</summary>
    public static DeploymentScope Scope(Ring start, Ring target) => new()
    {
        Rings = [.. Rings.All.Where(ring => ring >= start && ring <= target).Select(ring => new RingScope { Ring = ring, GroupIds = [GroupOf(ring)] })],
    };

    /// <summary>The group that stands for a ring.</summary>
    public static Guid GroupOf(Ring ring) => new($"90000000-0000-4000-8000-00000000000{(int)ring}");

    /// <summary>The link to a pack with an artifact that Alice stored.</summary>
    public static EvidenceLink Link(EvidencePackId? pack = null) => new()
    {
        PackId = pack ?? Pack,
        PackDigest = Digest.Of((pack ?? Pack).Value.ToByteArray()),
        Artifact = new(Digest.Of("artifact"u8), 1_000, "7zip.intunewin"),
        StoredBy = People.Alice,
    };

    /// <summary>What the sample's packs are about.</summary>
    public static (string AppName, string Version) About => ("7-Zip", "24.09");

    /// <summary>A finished check; scores 40 where allowed, 60 with one approval needed and 80 with two.</summary>
    public static PolicyCheckResult Check(PolicyVerdict verdict, int quorum = 1, params Guid[] exceptions)
    {
        var score = verdict == PolicyVerdict.Allowed ? 40 : quorum == 1 ? 60 : 80;
        return new()
        {
            Verdict = verdict,
            Reasons = [$"The score is {score}."],
            Score = score,
            RiskOutcome = verdict == PolicyVerdict.Allowed ? RiskOutcome.AutomatedAllowed : RiskOutcome.CabRequired,
            Quorum = quorum,
            Model = new("1.0", Digest.Of("model"u8)),
            PolicySet = new("1.0", Digest.Of("policies"u8)),
            Factors = [new("privilege_impact", 70, 20, 1_400, "Admin to install, runs as user.", "$.install.elevation")],
            Rules = [new("no-critical", "No critical finding", "max_findings", RuleEffect.Block, verdict == PolicyVerdict.Blocked ? RuleOutcome.Fail : RuleOutcome.Pass, "Counted.", "$.scan_results", [.. exceptions])],
            Completeness = new([]),
            ExceptionIds = [.. exceptions],
            Inputs = new() { At = Noon, TargetRing = Ring.Pilot, SubmittedBy = People.Alice.Acts(), History = AppHistory.None(Noon) },
        };
    }

    /// <summary>A gate's verdict about a step, with one condition that decides it.</summary>
    public static GateVerdict Gate(GateStep step, GateResult result = GateResult.Pass, GateCondition cause = GateCondition.SuccessRate) => new()
    {
        Step = step,
        Verdict = result,
        Promotes = result == GateResult.Pass,
        Reason = result == GateResult.Pass ? "98 of 98 devices succeeded." : $"{cause}: 90 of 98 devices succeeded, 97 needed.",
        Checks = [new(cause, result, "Counted.")],
        JudgedAt = Noon,
        PastPeriod = true,
        Gates = new("1.0", Digest.Of("gates"u8)),
    };

    /// <summary>What the plane made of this ring's publish.</summary>
    public static Publication Publication(DeploymentState state) => new("app-1", "1", state.Approval?.SubjectDigest ?? SubjectDigest.Of(state));

    /// <summary>What the plane said no with.</summary>
    public static PlaneFailure Failure(ErrorClass errorClass = ErrorClass.Transient) =>
        new() { Class = errorClass, Code = errorClass == ErrorClass.Transient ? "THROTTLED" : "REFUSED", Message = "The plane said no." };

    /// <summary>An approver's vote that says only what it must.</summary>
    public static CastVote Vote(PersonId voter, Ballot ballot = Ballot.Approve, params CabCondition[] conditions) =>
        new(voter.Acts(), ballot, null, ballot == Ballot.Approve ? "Seen and agreed." : "Not like this.", [.. conditions], Noon);
}

using System.Text.Json.Serialization;
using Governance.Core.Deployments;

namespace Governance.Core.Rollout;

/// <summary>Who owns which ring of one app in one plane. Immutable; operational data beside the logs, never their judge.</summary>
/// <param name="Rings">In order; a ring that nobody ever took is missing.</param>
public sealed record RingOwnership(EquatableArray<OwnedRing> Rings)
{
    // Further back nobody rolls back to; the logs keep everything.
    private const int MostEarlier = 10;

    /// <summary>Nobody has taken a ring yet.</summary>
    public static RingOwnership None { get; } = new([]);

    /// <summary>Rings whose groups are on their way from one deployment to another.</summary>
    [JsonIgnore]
    public IEnumerable<OwnedRing> Unsettled => Rings.Where(ring => ring.Loser is not null || ring.GivenBackBy is not null);

    /// <summary>The ring's row; null where nobody took it yet.</summary>
    public OwnedRing? Of(Ring ring) => Rings.FirstOrDefault(known => known.Ring == ring);

    /// <summary>A deployment takes a ring; it has been judged to be free.</summary>
    /// <param name="ring">Which ring.</param>
    /// <param name="by">Who takes it.</param>
    /// <param name="ownerHasIt">Whether the owner before has its app on the ring's devices: then it loses the groups later, and may get the ring back.</param>
    public RingOwnership Take(Ring ring, CorrelationId by, bool ownerHasIt)
    {
        var known = Of(ring) ?? new OwnedRing(ring, null);
        if (known.Owner == by)
        {
            return this;
        }

        // Who owned it without ever getting it leaves no trace: what it was about to take over is what is taken now.
        return With(known with
        {
            Owner = by,
            Earlier = ownerHasIt && known.Owner is { } owner ? [owner, .. known.Earlier.Where(each => each != owner && each != by).Take(MostEarlier - 1)] : known.Earlier,
            Loser = ownerHasIt ? known.Owner : known.Loser,
            Waiting = [.. known.Waiting.Where(each => each != by)],
        });
    }

    /// <summary>A deployment that is rolled back gives a ring back, or to nobody.</summary>
    /// <param name="ring">Which ring.</param>
    /// <param name="by">Who gives it back.</param>
    /// <param name="to">Who gets it; null for nobody.</param>
    /// <returns>The same where it owns the ring no more.</returns>
    public RingOwnership GiveBack(Ring ring, CorrelationId by, CorrelationId? to) => Of(ring) is { } known && known.Owner == by
        ? With(known with
        {
            Owner = to,
            Earlier = [.. known.Earlier.SkipWhile(each => each != to).Where(each => each != to)],
            Loser = null,
            GivenBackBy = to is null ? null : by,
        })
        : this;

    /// <summary>The groups have arrived where the ring belongs.</summary>
    public RingOwnership Settle(Ring ring, CorrelationId owner) =>
        Of(ring) is { } known && known.Owner == owner ? With(known with { Loser = null, GivenBackBy = null }) : this;

    /// <summary>A rollout waits for the ring.</summary>
    public RingOwnership Await(Ring ring, CorrelationId who) => Of(ring) is { } known && !known.Waiting.Contains(who)
        ? With(known with { Waiting = [.. known.Waiting, who] })
        : this;

    /// <summary>Nobody waits any more; they have been woken.</summary>
    public RingOwnership Woken() => new([.. Rings.Select(ring => ring with { Waiting = [] })]);

    private RingOwnership With(OwnedRing changed) => new([.. Rings.Where(ring => ring.Ring != changed.Ring).Append(changed).OrderBy(ring => ring.Ring)]);
}

/// <summary>One ring of an app.</summary>
/// <param name="Ring">Which ring.</param>
/// <param name="Owner">Whose app its groups get; null for nobody's.</param>
public sealed record OwnedRing(Ring Ring, CorrelationId? Owner)
{
    /// <summary>Who owned it before and had its app on the devices, newest first, at most 10.</summary>
    public EquatableArray<CorrelationId> Earlier { get; init; } = [];

    /// <summary>Whose app still has to lose the ring's groups; null once it has, or where there was none.</summary>
    public CorrelationId? Loser { get; init; }

    /// <summary>Who is being rolled back and gave the ring to the owner, whose app does not surely have the groups yet; null otherwise.</summary>
    public CorrelationId? GivenBackBy { get; init; }

    /// <summary>Rollouts to wake once the owner's has ended.</summary>
    public EquatableArray<CorrelationId> Waiting { get; init; } = [];

    /// <summary>Whether another deployment has to wait: the owner's rollout is live, or the ring is just being given back.</summary>
    /// <param name="by">Who would take it.</param>
    /// <param name="owner">The owner as it stands; null where there is none.</param>
    public bool IsHeldFrom(CorrelationId by, DeploymentState? owner) => Owner != by && owner is not null && owner.Id == Owner && (GivenBackBy is not null || owner switch
    {
        // It may be assigning at this moment.
        { Status: DeploymentStatus.Approved or DeploymentStatus.Active } => true,
        { Status: DeploymentStatus.Completed } => owner.IsHeldFor(WaitReason.Rollback),
        _ => false,
    });
}

/// <summary>How ring ownership is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RingOwnership))]
[JsonSerializable(typeof(OwnedRing))]
[JsonSerializable(typeof(CorrelationId))]
public sealed partial class RingOwnershipJson : JsonSerializerContext;

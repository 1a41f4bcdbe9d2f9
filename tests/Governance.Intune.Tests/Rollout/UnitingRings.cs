using FsCheck;
using FsCheck.Fluent;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Rollout;

namespace Governance.Intune.Tests.Rollout;

public sealed class UnitingRings
{
    private static readonly Guid A = new(1, 0, 0, new byte[8]), B = new(2, 0, 0, new byte[8]), C = new(3, 0, 0, new byte[8]);

    [Fact]
    public void An_exclusion_wins_within_a_ring() =>
        Assert.Equal(AssignmentSet.Of([B], [A]), AssignmentSet.Of(Scope(Ring.Lab, [A, B], [A])));

    [Fact]
    public void A_group_that_a_later_ring_includes_by_name_is_included() =>
        Assert.Equal(AssignmentSet.Of([A, B], []), AssignmentSet.Union([Scope(Ring.Lab, [A], [B]), Scope(Ring.Canary, [B], [])]));

    [Fact]
    public void A_group_that_no_ring_includes_stays_out() =>
        Assert.Equal(AssignmentSet.Of([A, B], [C]), AssignmentSet.Union([Scope(Ring.Lab, [A], [C]), Scope(Ring.Canary, [B], [])]));

    [Fact]
    public void Sets_compare_by_value_whatever_the_order_and_repeats() =>
        Assert.Equal(AssignmentSet.Of([B, A, B], [C]), AssignmentSet.Of([A, B], [C, C]));

    [Fact]
    public void A_set_without_inclusions_reaches_nobody()
    {
        Assert.True(AssignmentSet.Empty.IsEmpty);
        Assert.True(AssignmentSet.Of([], [A]).IsEmpty);
        Assert.False(AssignmentSet.Of([A], []).IsEmpty);
    }

    [Fact]
    public void No_union_has_a_group_on_both_sides_or_loses_one() => Prop.ForAll<byte[][]>(generated =>
    {
        static EquatableArray<Guid> Ids(byte[] bytes) => [.. bytes.Select(x => new Guid(x % 8, 0, 0, new byte[8]))];
        byte[] At(int i) => generated.Length > i ? generated[i] : [];
        RingScope[] rings = [Scope(Ring.Lab, Ids(At(0)), Ids(At(1))), Scope(Ring.Canary, Ids(At(2)), Ids(At(3)))];
        var union = AssignmentSet.Union(rings);

        Assert.Empty(union.Include.Intersect(union.Exclude));
        Assert.Equal(union.Include.Order(), union.Include);
        Assert.Equal(
            rings.SelectMany(r => r.GroupIds.Concat(r.ExcludedGroupIds)).Distinct().Order(), union.Include.Concat(union.Exclude).Order());
    }).Check(Config.QuickThrowOnFailure.WithReplay(3, 5));

    private static RingScope Scope(Ring ring, EquatableArray<Guid> include, EquatableArray<Guid> exclude) =>
        new() { Ring = ring, GroupIds = include, ExcludedGroupIds = exclude };
}

using System.Text.Json;
using Governance.Core.Audit;
using Governance.Testing;

namespace Governance.Core.Tests.Audit;

public sealed class Anchors
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly Seeded _seeded = new(11);

    [Fact]
    public void Leaves_are_sorted_and_give_the_root_whatever_order_they_came_in()
    {
        var leaves = Leaves(40);

        var one = AnchorRules.Next(null, leaves, [], Now).Anchor;
        var other = AnchorRules.Next(null, leaves.Reverse(), [], Now).Anchor;

        Assert.Equal(one, other);
        Assert.Equal(one.Leaves!.Value.OrderBy(leaf => leaf.CorrelationId.ToString(), StringComparer.Ordinal), one.Leaves!.Value);
        Assert.Null(AnchorRules.FlawOf(one, one.Leaves!.Value));
    }

    [Fact]
    public void An_anchor_is_read_back_as_it_was_written_and_its_bytes_are_canonical()
    {
        var (anchor, _) = AnchorRules.Next(null, Leaves(3), [], Now);
        var bytes = anchor.Write();

        Assert.Equal(anchor, Anchor.Read(bytes));
        Assert.Equal(bytes, Anchor.Read(bytes).Write());
        Assert.Equal(Governance.Core.Events.CanonicalJson.Canonicalize(bytes), bytes);
    }

    [Fact]
    public void Each_anchor_names_the_bytes_of_the_one_before_it_and_counts_on()
    {
        var (first, leaves) = (Leaves(5), Leaves(4));
        var one = AnchorRules.Next(null, first, first.Select(leaf => leaf.CorrelationId), Now).Anchor;
        var two = AnchorRules.Next((one, Digest.Of(one.Write())), leaves, leaves.Take(2).Select(leaf => leaf.CorrelationId), Now.AddHours(1)).Anchor;

        Assert.Equal((1, 5, 2, 7), (one.Number, one.CreatedTotal, two.Number, two.CreatedTotal));
        Assert.Null(AnchorRules.LinkFlawOf(one, null));
        Assert.Null(AnchorRules.LinkFlawOf(two, (one, Digest.Of(one.Write()))));
        Assert.NotNull(AnchorRules.LinkFlawOf(two, null));
        Assert.NotNull(AnchorRules.LinkFlawOf(two, (one with { Created = [] }, Digest.Of((one with { Created = [] }).Write()))));
        Assert.NotNull(AnchorRules.LinkFlawOf(two with { CreatedTotal = 8 }, (one, Digest.Of(one.Write()))));
        Assert.NotNull(AnchorRules.LinkFlawOf(two with { Number = 3 }, (one, Digest.Of(one.Write()))));
        Assert.NotNull(AnchorRules.LinkFlawOf(two with { At = Now.AddHours(-1) }, (one, Digest.Of(one.Write()))));
        Assert.NotNull(AnchorRules.LinkFlawOf(one with { PreviousSha256 = Digest.Of([1]) }, null));
    }

    [Fact]
    public void A_clock_that_goes_back_makes_no_anchor_older_than_the_one_before_it()
    {
        var one = AnchorRules.Next(null, Leaves(1), [], Now).Anchor;

        Assert.Equal(Now, AnchorRules.Next((one, Digest.Zero), Leaves(1), [], Now.AddHours(-3)).Anchor.At);
    }

    [Fact]
    public void More_leaves_than_an_anchor_lists_lie_apart_under_their_digest()
    {
        var leaves = Leaves(Anchor.MostListed + 1);

        var (anchor, apart) = AnchorRules.Next(null, leaves, [], Now);

        Assert.Null(anchor.Leaves);
        Assert.Equal(Digest.Of(apart!.Write()), anchor.LeavesSha256);
        Assert.Equal(apart, LeafList.Read(apart.Write()));
        Assert.Null(AnchorRules.FlawOf(anchor, apart.Leaves));
    }

    [Fact]
    public void Whatever_is_changed_in_an_anchor_is_found()
    {
        var leaves = Leaves(6);
        var anchor = AnchorRules.Next(null, leaves, leaves.Take(1).Select(leaf => leaf.CorrelationId), Now).Anchor;
        var listed = anchor.Leaves!.Value;

        Assert.NotNull(AnchorRules.FlawOf(anchor with { Root = Digest.Zero }, listed));
        Assert.NotNull(AnchorRules.FlawOf(anchor with { TreeSize = 7 }, listed));
        Assert.NotNull(AnchorRules.FlawOf(anchor, [.. listed.Skip(1)]));
        Assert.NotNull(AnchorRules.FlawOf(anchor, [.. listed.Reverse()]));
        Assert.NotNull(AnchorRules.FlawOf(anchor, [listed[0] with { Sequence = 99 }, .. listed.Skip(1)]));
        Assert.NotNull(AnchorRules.FlawOf(anchor with { Created = [_seeded.NextCorrelationId()] }, listed));
    }

    [Fact]
    public void Every_leaf_is_proved_and_nothing_else_is()
    {
        var anchor = AnchorRules.Next(null, Leaves(37), [], Now).Anchor;
        foreach (var leaf in anchor.Leaves!.Value)
        {
            var proof = AnchorRules.Prove(anchor, Digest.Of(anchor.Write()), anchor.Leaves!.Value, leaf.CorrelationId, leaf.Sequence)!;

            Assert.True(proof.LeadsTo(anchor.Root));
            Assert.False((proof with { Leaf = leaf with { Sequence = leaf.Sequence + 1 } }).LeadsTo(anchor.Root));
            Assert.False((proof with { Leaf = leaf with { HeadHash = Digest.Of([7]) } }).LeadsTo(anchor.Root));
            Assert.Null(AnchorRules.Prove(anchor, Digest.Zero, anchor.Leaves!.Value, leaf.CorrelationId, leaf.Sequence + 1));
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"format":"governance-anchor/2","number":1,"at":"2026-03-01T12:00:00Z","previous_sha256":"","root":"","tree_size":1,"created_total":0}""")]
    [InlineData("""{"format":"governance-anchor/1","number":1}""")]
    public void What_is_no_anchor_is_refused(string json) =>
        Assert.ThrowsAny<JsonException>(() => Anchor.Read(System.Text.Encoding.UTF8.GetBytes(json)));

    private AnchorLeaf[] Leaves(int count) =>
        [.. Enumerable.Range(0, count).Select(number => new AnchorLeaf(_seeded.NextCorrelationId(), 1 + (number % 9), Digest.Of(BitConverter.GetBytes(number))))];
}
